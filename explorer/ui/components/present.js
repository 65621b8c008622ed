// On the wall: one key takes the controls away, a figure alone fills the screen, a lecture is walked through.
const KEPT = "resnet-explorer-lecture";
const PAGE_ZOOM = 1.4; // as present.css has it
const root = document.documentElement;
const now = { title: "", present: "", slide: null, slides: [], isFull: false };

export default function ({ data, parentElement, setTriggerValue }) {
  const [bar, nav] = ["footer", "nav"].map(part => parentElement.querySelector(part));
  Object.assign(now, data, { send: setTriggerValue, bar, nav });
  keep(data.lecture, data.asks);
  show(data.present);
  const many = data.slides.length > 1;
  bar.querySelector("strong").textContent = data.slides[data.slide - 1] ?? data.title;
  bar.querySelector("span").textContent = data.slide ? `${data.slide} / ${data.slides.length}` : "";
  const [back, on, code, leaves] = bar.querySelectorAll("button");
  back.hidden = on.hidden = !many;
  back.disabled = data.slide <= 1;
  on.disabled = data.slide >= data.slides.length;
  back.onclick = () => step(-1);
  on.onclick = () => step(1);
  code.onclick = () => document.dispatchEvent(new CustomEvent("ask-link-code", { detail: code }));
  leaves.onclick = leave;
  tools(nav);
}

// --- what is presented ---

function show(what) {
  now.present = what;
  now.bar.hidden = !what;
  if (what) now.nav.hidden = true;
  clearInterval(now.watch);
  if (what) now.watch = setInterval(fit, 200); // what is shown may be drawn anew, the window turned
  fit();
}

// the name of the figure that is presented: where a picture walks, a page is that walk
const shown = () => (now.present === "1" && document.querySelector(".st-key-walk") ? "walk" : now.present);

// a browser allows it after a click or a key only
function fill() {
  if (!document.fullscreenElement) root.requestFullscreen?.().then(() => { now.isFull = true; }, () => {});
}

function present(what) {
  const lecture = document.querySelector(".st-key-lecture_start a");
  if (lecture) return lecture.click(); // on its own page a lecture begins at its first view
  fill();
  show(what);
  now.send("present", what);
}

function leave() {
  if (now.isFull && document.fullscreenElement) document.exitFullscreen();
  now.isFull = false;
  show("");
  now.send("present", "");
}

function step(by) {
  const slide = now.slide + by;
  if (!now.slide || slide < 1 || slide > now.slides.length) return;
  now.slide = slide;
  now.send("slide", slide);
}

function fit() {
  const name = shown();
  if (name) root.dataset.present = name === "1" ? "page" : "figure";
  else delete root.dataset.present;
  const alone = root.dataset.present === "figure" ? figures().find(one => nameOf(one) === name) : null;
  if (alone) enlarge(alone);
  for (const one of document.querySelectorAll("[data-alone]")) {
    if (one === alone) continue;
    one.removeAttribute("data-alone");
    one.style.cssText = one.look = "";
  }
  for (const chart of document.querySelectorAll(".js-plotly-plot")) {
    if (root.dataset.present === "page") words(chart, PAGE_ZOOM);
    else if (alone?.contains(chart)) words(chart, Math.max(1, Math.min(2.2, innerHeight / alone.onPage, innerWidth / 600)));
    else words(chart, 1);
  }
}

// as large as the screen allows: a chart or a walk is drawn anew at that size, anything else is scaled
function enlarge(alone) {
  if (!alone.hasAttribute("data-alone")) alone.onPage = alone.offsetHeight;
  alone.setAttribute("data-alone", "");
  const [width, height] = [innerWidth - 32, innerHeight - 64];
  const ground = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
  let look = `background: ${ground}; box-shadow: 0 0 0 100vmax ${ground}; `;
  if (alone.querySelector(".js-plotly-plot") || nameOf(alone) === "walk") {
    look += `width: ${width}px; height: ${height}px; transform: translate(-50%, -50%);`;
  } else {
    const component = alone.querySelector("[data-testid='stBidiComponentIsolated']");
    const small = alone.querySelector("img") ?? component?.shadowRoot?.querySelector(".alone svg");
    const natural = small ? small.clientWidth : Math.min(width, 1100);
    const scale = Math.min(width / natural, height / Math.max(1, alone.offsetHeight));
    look += `width: ${natural}px; transform: translate(-50%, -50%) scale(${scale});`;
  }
  if (alone.look !== look) alone.style.cssText = alone.look = look;
}

// the words and margins of a chart, so many times as large as on the page
function words(chart, times) {
  const isLarge = chart.large && chart.layout.font?.size === chart.large.size; // it may have been drawn anew
  if (isLarge ? chart.large.times === times : times === 1) return;
  if (isLarge) Plotly.relayout(chart, chart.large.before);
  delete chart.large;
  if (times === 1) return;
  const { _fullLayout: full, layout } = chart;
  const sizes = { "font.size": full.font.size };
  for (const side of "lrtb") sizes[`margin.${side}`] = full.margin[side];
  for (const axis of Object.keys(full).filter(name => /^[xy]axis\d*$/.test(name))) {
    sizes[`${axis}.tickfont.size`] = full[axis].tickfont?.size;
    sizes[`${axis}.title.font.size`] = full[axis].title?.font?.size;
  }
  full.annotations?.forEach((note, place) => { sizes[`annotations[${place}].font.size`] = note.font.size; });
  const known = Object.entries(sizes).filter(([, size]) => size !== undefined);
  const own = path => path.split(/[.[\]]+/).filter(Boolean).reduce((inside, name) => inside?.[name], layout) ?? null;
  chart.large = {
    times,
    size: times * full.font.size,
    before: Object.fromEntries(known.map(([path]) => [path, own(path)])),
  };
  Plotly.relayout(chart, Object.fromEntries(known.map(([path, size]) => [path, times * size])));
}

const FIGURES = ".js-plotly-plot, [data-testid='stImage'] img, [data-testid='stBidiComponentIsolated'], [data-testid='stDataFrame']";
const nameOf = figure => /st-key-([\w-]+)/.exec(figure.className)[1];

// the parts of the page that can stand alone: the nearest thing with a name around what is drawn
function figures() {
  const main = document.querySelector('[data-testid="stMainBlockContainer"]');
  const drawn = [...main.querySelectorAll(FIGURES)].filter(one => one.offsetHeight > 60 && !one.closest(".st-key-navigation"));
  return [...new Set(drawn.map(one => one.closest('[class*="st-key-"]')).filter(Boolean))];
}

// --- keys ---

const TYPES = "input, textarea, select, [contenteditable], [role=combobox], [role=slider], [role=radio]";
const STEPS = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

addEventListener("keydown", event => {
  const typing = event.composedPath()[0].closest?.(TYPES);
  if (event.defaultPrevented || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "p" || event.key === "P") now.present && document.fullscreenElement ? leave() : present(now.present || "1");
  else if (now.present && event.key === "Escape") leave();
  else if (now.present && now.slide && STEPS[event.key]) step(STEPS[event.key]);
  else return;
  event.preventDefault();
});
// Escape ends the full screen without a key that the page hears
document.addEventListener("fullscreenchange", () => {
  if (now.isFull && !document.fullscreenElement) leave();
});
addEventListener("click", event => {
  if (event.target.closest?.(".st-key-present_page button")) present("1");
  if (event.target.closest?.(".st-key-lecture_start a")) fill();
}, true);

// --- the tools of a figure: beside it or in its corner while the pointer is over it, never over a control or words ---

const UNCOVERED = "a, button, input, select, textarea, label, summary, [role=button], [role=slider], [role=separator], [data-id], .opened, .st-key-walk_details";

// what lies at a point, also inside components; a shadow tree also names what is around it
function* at(x, y, tree = document) {
  for (const one of tree.elementsFromPoint(x, y)) {
    if (one.getRootNode() !== tree) continue;
    if (one.shadowRoot) yield* at(x, y, one.shadowRoot);
    yield one;
  }
}

function hasWordsAt(element, x, y) {
  const range = document.createRange();
  return [...element.childNodes].some(node => {
    if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) return false;
    range.selectNodeContents(node);
    return [...range.getClientRects()].some(box => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom);
  });
}

function isFree(left, top, width, height, nav) {
  for (const x of [0, 0.2, 0.4, 0.6, 0.8, 1]) for (const y of [0.05, 0.5, 0.95]) {
    const [across, down] = [left + x * width, top + y * height];
    for (const one of at(across, down)) {
      if (nav.contains(one) || one === nav.getRootNode().host) continue;
      if (one.closest(UNCOVERED) || hasWordsAt(one, across, down)) return false;
    }
  }
  return true;
}

// the first free place: above the figure, below it, then down its edge
function placeFor(figure, nav) {
  const { offsetWidth: width, offsetHeight: height } = nav;
  const box = figure.getBoundingClientRect();
  const tops = [box.top - height, box.bottom];
  for (let top = Math.max(0, box.top); top + height <= Math.min(box.bottom, innerHeight); top += height) tops.push(top);
  for (const left of [Math.min(box.right, innerWidth - 20) - width, Math.max(0, box.left)]) {
    for (const top of tops) {
      if (left >= 0 && top >= 0 && top + height <= innerHeight && isFree(left, top, width, height, nav)) return { left, top };
    }
  }
  return null;
}

function tools(nav) {
  const [alone, adds, png, svg, pdf] = nav.querySelectorAll("button");
  const put = () => {
    const place = placeFor(now.figure, nav);
    nav.style.visibility = place ? "" : "hidden";
    if (place) Object.assign(nav.style, { left: `${place.left}px`, top: `${place.top}px` });
  };
  document.onpointerover = event => {
    if (nav.contains(event.composedPath()[0])) return;
    const figure = now.present ? null : figures().find(one => one.contains(event.target));
    nav.hidden = !figure;
    if (!figure) return;
    now.figure = figure;
    const chart = figure.querySelector(".js-plotly-plot");
    png.hidden = svg.hidden = pdf.hidden = !chart;
    put();
  };
  clearInterval(now.placed);
  now.placed = setInterval(() => nav.hidden || put(), 200); // the page may have moved under it, or grown
  alone.onclick = () => present(nameOf(now.figure));
  adds.onclick = () => now.send("add", { figure: nameOf(now.figure), kept: stored() });
  png.onclick = () => saved(now.figure, "png", 3);
  svg.onclick = () => saved(now.figure, "svg", 1);
  pdf.onclick = () => saved(now.figure, "pdf", 4);
}

// Plotly itself writes the file, on the page's ground
async function saved(figure, format, scale) {
  const chart = figure.querySelector(".js-plotly-plot");
  const ground = getComputedStyle(document.body).backgroundColor;
  const { width, height } = chart.getBoundingClientRect();
  const drawn = { data: chart.data, layout: { ...chart.layout, paper_bgcolor: ground }, config: { staticPlot: true } };
  let url = await Plotly.toImage(drawn, { format: format === "pdf" ? "jpeg" : format, scale, width, height });
  if (format === "pdf") {
    const jpeg = new Uint8Array(await (await fetch(url)).arrayBuffer());
    const { width: across, height: down } = await createImageBitmap(new Blob([jpeg]));
    url = URL.createObjectURL(pdfOf(jpeg, across, down, width, height));
  }
  Object.assign(document.createElement("a"), { href: url, download: `${nameOf(figure)}.${format}` }).click();
  if (format === "pdf") URL.revokeObjectURL(url);
}

// --- the lecture outlives the session in the browser; the server is told only when it asks, for that is a run ---

function keep(lecture, asks) {
  if (lecture === null) {
    if (asks) now.send("kept", stored());
    return;
  }
  try {
    localStorage.setItem(KEPT, lecture);
  } catch {
    // a browser may forbid it; the address and the file hold a lecture as well
  }
}

function stored() {
  try {
    return localStorage.getItem(KEPT) ?? "none";
  } catch {
    return "none";
  }
}
