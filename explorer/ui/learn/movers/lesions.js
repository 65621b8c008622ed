// A trained network whose blocks can lose F or their shortcut: the error with every choice was measured.
export default mover(({ ui, values }) => {
  const part = ui.choice("part", ["main", "shortcut"]);
  const gone = values.blocks.map(() => false);
  const wrong = ui.number("wrong");
  const error = ui.number("error");
  const rise = ui.number("rise");
  const picture = ui.picture("network", { height: 120 });
  const said = ui.sentence("said");

  function chain(svg, wide) {
    const step = (wide - 20) / gone.length;
    const [middle, half] = [66, Math.min(step / 2 - 9, 30)];
    const add = (parent, tag, attributes, ...children) => parent.append(shape(tag, attributes, ...children));
    gone.forEach((out, place) => {
      const left = 10 + place * step;
      const centre = left + step / 2;
      const lacks = name => (out && part.value === name ? 0.15 : 1);
      const item = shape("g", { class: "pick", tabindex: 0, role: "switch", "aria-checked": !out, "aria-label": values.blocks[place], "data-name": values.blocks[place] });
      add(item, "rect", { x: left, y: 0, width: step, height: 116, style: "fill: transparent" });
      add(item, "path", { d: `M${left} ${middle}H${left + step}`, style: `stroke: var(--ink); stroke-width: 2; opacity: ${lacks("main")}` });
      add(item, "path", { d: `M${left + 3} ${middle}V24H${left + step - 3}V${middle}`, style: `stroke: var(--k2); stroke-width: 3; fill: none; opacity: ${lacks("shortcut")}` });
      add(item, "rect", { x: centre - half, y: middle - 20, width: 2 * half, height: 40, rx: 4, style: `fill: var(--paper); stroke: var(--k1); stroke-width: 2; opacity: ${lacks("main")}` });
      add(item, "text", { x: centre, y: middle, "text-anchor": "middle", "dominant-baseline": "central", opacity: lacks("main") }, "F");
      add(item, "text", { x: centre, y: 106, "text-anchor": "middle" }, values.blocks[place].replace("layer", ""));
      const turn = () => {
        gone[place] = !gone[place];
        ui.redraw();
        picture.svg.querySelectorAll("g")[place].focus();
      };
      item.onclick = turn;
      item.onkeydown = event => { if (event.key === " " || event.key === "Enter") { event.preventDefault(); turn(); } };
      svg.append(item);
    });
    return 120;
  }

  ui.draw(() => {
    const choice = gone.reduce((sum, out, place) => sum + (out ? 2 ** place : 0), 0);
    const found = values.wrong[part.value];
    const share = value => `${fixed((100 * value) / values.pictures, 1)} %`;
    wrong.show(`${found[choice]} / ${values.pictures}`);
    error.show(share(found[choice]));
    rise.show(share(found[choice] - found[0]));
    picture.show(chain);
    said.show({ guess: 90 }, choice === 0 ? "whole" : part.value);
  });
});
