// Copies the address, or asks for its QR code, which is made only then.
const SECONDS = 4;
const THEME = ["--st-font", "--st-text-color", "--st-background-color", "--st-border-color"];
const code = { host: null, opener: null, made: null };

export default function ({ data, parentElement, setTriggerValue }) {
  const said = parentElement.querySelector("output");
  const say = sentence => {
    said.textContent = sentence;
    clearTimeout(said.until);
    said.until = setTimeout(() => { said.textContent = ""; }, SECONDS * 1000);
  };
  const [copies, shows] = parentElement.querySelectorAll(".link button");
  copies.onclick = async () => {
    const copied = await copy(location.href).catch(() => false);
    say(copied ? data.copied : "This browser does not let a page copy; take the address from its address bar.");
  };
  code.ask = opener => {
    if (code.host) return close();
    code.opener = opener;
    if (code.made?.of === location.href) open(code.made, parentElement);
    else setTriggerValue("asked", location.href);
  };
  shows.onclick = () => code.ask(shows);
  if (data.code?.of === location.href) open(code.made = data.code, parentElement);
  else close();
}

// only a page of this machine, or one with https, has a clipboard; others may copy what is selected
async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return true;
  }
  const field = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}

function open({ html, said, address, style }, parent) {
  code.host?.remove();
  const host = code.host = Object.assign(document.createElement("div"), { id: "link_code" });
  const colours = getComputedStyle(parent.querySelector(".link"));
  for (const name of THEME) host.style.setProperty(name, colours.getPropertyValue(name));
  const root = host.attachShadow({ mode: "open" });
  root.append(Object.assign(document.createElement("style"), { textContent: style }));
  root.append(parent.querySelector("template").content.cloneNode(true));
  const [section, button] = ["section", "button"].map(name => root.querySelector(name));
  section.classList.toggle("wall", Boolean(document.documentElement.dataset.present));
  root.querySelector(".image").innerHTML = html;
  root.querySelector(".said").textContent = said;
  root.querySelector(".address").textContent = address;
  button.onclick = close;
  document.body.append(host);
  button.focus({ preventScroll: true });
}

function close() {
  if (!code.host) return;
  code.host.remove();
  code.host = null;
  code.opener?.focus({ preventScroll: true });
}

// the bar below what is presented has a button of its own
document.addEventListener("ask-link-code", event => code.ask?.(event.detail));
addEventListener("keydown", event => {
  if (!code.host || event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  close();
}, true);
addEventListener("pointerdown", event => {
  const path = event.composedPath();
  if (code.host && !path.includes(code.host) && !path.includes(code.opener)) close();
}, true);
