// The list of chapters. What was read and answered is kept in this browser, how far a chapter was scrolled in this tab.
const KEPT = "resnet-explorer-learn";
const PLACES = "resnet-explorer-learn-places";
const LOOK_MS = 400;
const READING_MS = 3000;
const SETTLE_MS = 1500;

// a browser may forbid either store, or it may be full
const stored = (where, key) => { try { return JSON.parse(window[where].getItem(key)) ?? {}; } catch { return {}; } };
const store = (where, key, value) => { try { window[where].setItem(key, JSON.stringify(value)); } catch { return; } };
const main = () => document.querySelector('[data-testid="stMain"]');
const parts = text => document.querySelectorAll(`[class*="st-key-${text}"]`);

// one for the whole tab: whether the page that is shown was come back to, and who answers a click on a link to a chapter
const tab = (window.resnetExplorerLearn ??= begin());

function begin() {
  const reloaded = performance.getEntriesByType("navigation")[0]?.type !== "navigate";
  const tab = { back: reloaded, open: null };
  window.addEventListener("popstate", () => { tab.back = true; });
  document.addEventListener("click", event => {
    const link = event.target.closest?.('a[href^="/learn?"]');
    const name = link && new URL(link.href).searchParams.get("chapter");
    if (!name || !tab.open || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    tab.open(name);
  }, true);
  return tab;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".guide");
  const moved = root.current !== data.current;
  const first = root.current === undefined;
  root.current = data.current;
  tab.open = name => setTriggerValue("opened", name);
  draw(root, data);
  if (moved && !(first && !tab.back && !main()?.scrollTop)) scroll(root, tab.back ? stored("sessionStorage", PLACES)[data.current] ?? 0 : 0);
  if (moved) {
    tab.back = false;
    root.since = performance.now();
    bringIntoSight(root);
  }
  clearInterval(root.looks);
  root.looks = setInterval(() => (root.isConnected ? look(root, data) : clearInterval(root.looks)), LOOK_MS);
  return () => clearInterval(root.looks);
}

// the chapter that is shown, within the list; the page itself stays where it is
function bringIntoSight(root) {
  const side = root.getRootNode().host.closest('[data-testid="stColumn"]');
  const link = root.querySelector("[aria-current]")?.getBoundingClientRect();
  if (!side || !link) return;
  const seen = side.getBoundingClientRect();
  const covered = side.querySelector(".st-key-learn_gathered")?.offsetHeight ?? 0;
  const below = link.bottom + link.height - Math.min(seen.bottom, window.innerHeight);
  side.scrollTop += below > 0 ? below : Math.min(0, link.top - link.height - seen.top - covered);
}

// to the top, or to a place that is only there when the figures are; a reader who moves is left alone
function scroll(root, place) {
  clearInterval(root.scrolls);
  root.scrolls = null;
  const go = () => main()?.scrollTo({ top: place, behavior: "instant" });
  go();
  if (!place) return;
  const until = performance.now() + SETTLE_MS;
  const moves = ["wheel", "touchstart", "pointerdown", "keydown"];
  const stop = () => {
    clearInterval(root.scrolls);
    root.scrolls = null;
    moves.forEach(kind => window.removeEventListener(kind, stop));
  };
  moves.forEach(kind => window.addEventListener(kind, stop, { passive: true }));
  const settled = () => performance.now() > until && document.querySelector('[data-test-script-state="notRunning"]');
  root.scrolls = setInterval(() => {
    go();
    if (!root.isConnected || settled()) stop();
  }, 100);
}

// what the page shows now: how far it is scrolled, whether its end is seen, which questions are answered
function look(root, data) {
  if (!root.scrolls && data.current) {
    store("sessionStorage", PLACES, { ...stored("sessionStorage", PLACES), [data.current]: main().scrollTop });
  }
  const kept = { read: {}, answers: {}, ...stored("localStorage", KEPT) };
  const before = JSON.stringify(kept);
  if (data.current && data.current !== data.groups[0].chapters[0].name) kept.last = data.current;
  const end = document.querySelector(".st-key-learn_end")?.getBoundingClientRect();
  const seen = end && end.height && end.top < main().getBoundingClientRect().bottom;
  if (seen && data.current && performance.now() - root.since > READING_MS) kept.read[data.current] = true;
  for (const verdict of parts("learn_verdict_")) {
    const [, name, right] = verdict.className.match(/st-key-learn_verdict_([a-z0-9-]+)-\d+_(right|wrong)/) ?? [];
    if (name) kept.answers[name] = right === "right" || kept.answers[name] === true;
  }
  if (JSON.stringify(kept) === before) return;
  store("localStorage", KEPT, kept);
  draw(root, data);
}

function draw(root, { groups, current, words }) {
  const { read = {}, answers = {}, last } = stored("localStorage", KEPT);
  const all = groups.flatMap(group => group.chapters);
  const questions = [...new Set(all.flatMap(chapter => chapter.questions))];
  const counts = {
    read: all.filter(chapter => read[chapter.name]).length,
    chapters: all.length,
    right: questions.filter(name => answers[name]).length,
    questions: questions.length,
  };
  const drawn = JSON.stringify([groups, current, words, counts, read, answers, last]);
  if (root.drawn === drawn) return;
  const focused = root.getRootNode().activeElement?.dataset?.name;
  root.drawn = drawn;
  root.setAttribute("aria-label", words.chapters);

  const progress = made("p", { class: "progress" }, words.progress.replace(/\{(\w+)\}/g, (_, name) => counts[name]));
  const bar = made("div", { class: "bar" }, made("span", { style: `width: ${(100 * counts.read) / counts.chapters}%` }));
  const select = made("select", { "data-name": "choose" });
  const list = made("div", { class: "list" });
  for (const { title, chapters } of groups) {
    const items = chapters.map(chapter => {
      const right = chapter.questions.filter(name => answers[name]).length;
      const tried = chapter.questions.some(name => name in answers);
      const marks = [tried ? `${right}/${chapter.questions.length}` : "", read[chapter.name] ? "✓" : ""].filter(Boolean).join(" ");
      const mark = made("span", { class: "mark" }, marks);
      if (read[chapter.name]) mark.title = words.read_mark;
      const link = linkTo(chapter, made("span", {}, chapter.title), mark);
      if (chapter.name === current) link.setAttribute("aria-current", "page");
      return made("li", {}, link);
    });
    list.append(made("h3", {}, title), made("ol", {}, ...items));
    const options = chapters.map(chapter => {
      const option = made("option", { value: chapter.name }, `${chapter.title}${read[chapter.name] ? " ✓" : ""}`);
      option.selected = chapter.name === current;
      return option;
    });
    select.append(made("optgroup", { label: title }, ...options));
  }
  if (!current) select.prepend(made("option", { selected: "", disabled: "" }, words.choose_chapter));
  select.onchange = () => tab.open(select.value);
  const goes = current === all[0].name && all.find(chapter => chapter.name === last);
  const goesOn = goes ? [linkTo(goes, words.go_on.replace("{title}", goes.title))] : [];
  root.replaceChildren(made("label", {}, words.choose_chapter, select), progress, bar, ...goesOn, list);
  if (focused) root.querySelector(`[data-name="${focused}"]`)?.focus({ preventScroll: true });
}

function linkTo(chapter, ...content) {
  const link = made("a", { href: chapter.address, "data-name": chapter.name }, ...content);
  link.onclick = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    tab.open(chapter.name);
  };
  return link;
}

function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
}
