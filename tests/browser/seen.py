"""What a reader may fail to see: words too faint for their ground, and a focus that nothing marks."""

from __future__ import annotations

from tests.browser.app_page import AppPage

LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, level AA: between text of usual size and its ground."""
LEAST_PIXELS = 6
"""Between the title of an axis and its numbers."""

# Walks through shadow roots. Left out: what is disabled, as WCAG does; the number beside the handle of a slider, whose
# parent in the document is the handle and not the page; charts, whose letters may lie over pixels.
FAINT_SCRIPT = """least => {
  const LEFT_OUT = "style, script, svg, .unseen, :disabled, [aria-disabled=true], [data-testid=stSlider]";
  const rgba = text => {
    const numbers = text.match(/[\\d.]+(?:e-?\\d+)?/g)?.map(Number) ?? [];
    const scale = text.startsWith("color(") ? 255 : 1;
    return numbers.length < 3 ? [0, 0, 0, 0] : [...numbers.slice(0, 3).map(part => part * scale), numbers[3] ?? 1];
  };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3]));
  const light = colour => {
    const linear = part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const [red, green, blue] = colour.map(part => linear(part / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const above = node => node.parentElement ?? node.getRootNode().host;
  const found = {};
  const look = root => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) look(node.shadowRoot);
      const words = [...node.childNodes].map(child => child.nodeType === 3 ? child.data.trim() : "").join(" ").trim();
      if (!words || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (node.closest(LEFT_OUT)) continue;
      const chain = [];
      for (let at = node; at; at = above(at)) chain.unshift(getComputedStyle(at));
      let ground = [255, 255, 255], opacity = 1;
      for (const style of chain) {
        ground = over(rgba(style.backgroundColor), ground);
        opacity *= style.opacity;
      }
      const [red, green, blue, alpha] = rgba(getComputedStyle(node).color);
      const both = [light(over([red, green, blue, alpha * opacity], ground)), light(ground)];
      const [low, high] = both.sort((a, b) => a - b);
      const contrast = (high + 0.05) / (low + 0.05);
      if (contrast < least) found[`${contrast.toFixed(2)}: ${words.slice(0, 60)}`] = true;
    }
  };
  look(document.querySelector("[data-testid=stApp]"));
  return Object.keys(found);
}"""

# Focuses everything in turn, as Tab does, and compares how it and what is around it looks before and after. Left out: a
# table, which marks one of its cells in a picture.
UNMARKED_SCRIPT = """async () => {
  const still = Object.assign(document.createElement("style"), { textContent: "* { transition: none !important; }" });
  document.head.append(still);
  const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const looks = node => {
    const near = [node, ...node.querySelectorAll("*")];
    const outside = node.closest("[data-testid=stElementContainer]");
    for (let at = node.parentElement; at && at !== outside; at = at.parentElement) near.push(at);
    return near.map(one => {
      const style = getComputedStyle(one);
      const outline = style.outlineStyle === "none" ? "" : style.outline;
      return [outline, style.boxShadow, style.borderColor, style.backgroundColor, style.strokeWidth].join();
    }).join();
  };
  const found = {};
  const look = async root => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) await look(node.shadowRoot);
      if (node.tabIndex < 0 || node.disabled || node.tagName === "CANVAS" || !node.checkVisibility()) continue;
      const before = looks(node);
      node.focus({ preventScroll: true });
      await drawn();
      const isFocused = (node.getRootNode().activeElement ?? document.activeElement) === node;
      if (isFocused && looks(node) === before) {
        const name = node.getAttribute("aria-label") ?? node.innerText ?? "";
        found[`${node.tagName.toLowerCase()} ${node.dataset.testid ?? node.className}: ${name.slice(0, 40)}`] = true;
      }
      node.blur();
      await drawn();
    }
  };
  await look(document.querySelector("[data-testid=stMain]"));
  return Object.keys(found);
}"""

CRAMPED_SCRIPT = """least => [...document.querySelectorAll(".js-plotly-plot")].flatMap(chart => {
  const boxes = selector => [...chart.querySelectorAll(selector)].filter(one => one.textContent.trim())
    .map(one => [one.textContent, one.getBoundingClientRect()]);
  const apart = (a, b) => Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom);
  const numbers = boxes("[class$=tick] text");
  return boxes(".infolayer [class$=title]").flatMap(([title, place]) =>
    numbers.filter(([_, box]) => apart(place, box) < least).slice(0, 1).map(([words]) => `${title} at ${words}`));
})"""


def faint(page: AppPage) -> list[str]:
    """All words that are too faint for what is behind them, with their contrast."""
    found: list[str] = page.tab.evaluate(FAINT_SCRIPT, LEAST_CONTRAST)
    return found


def unmarked(page: AppPage) -> list[str]:
    """All that can have the focus and looks the same with it."""
    page.tab.keyboard.press("Tab")  # the browser marks the focus of whoever uses the keyboard
    found: list[str] = page.tab.evaluate(UNMARKED_SCRIPT)
    return found


def cramped(page: AppPage) -> list[str]:
    """Titles of axes that come too close to a number of their chart."""
    found: list[str] = page.tab.evaluate(CRAMPED_SCRIPT, LEAST_PIXELS)
    return found
