// Puts the drawing into the page, in place, and reports what was picked.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".diagram");
  if (root.drawn !== data.svg) {
    const focused = root.querySelector(":focus")?.dataset.id;
    root.innerHTML = data.svg;
    root.drawn = data.svg;
    if (focused) shown(root).find(item => item.dataset.id === focused)?.focus({ preventScroll: true });
  }
  const pick = item => item && setTriggerValue("selected", item.dataset.id);
  root.onclick = event => pick(event.target.closest("[data-id]"));
  root.onkeydown = event => {
    const item = event.target.closest("[data-id]");
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!item || !(step || event.key === "Enter" || event.key === " ")) return;
    event.preventDefault();
    if (!step) return pick(item);
    const items = shown(root);
    items[items.indexOf(item) + step]?.focus();
  };
}

// the items of the drawing that this width shows
function shown(root) {
  return [...root.querySelectorAll("[data-id]")].filter(item => item.getClientRects().length);
}
