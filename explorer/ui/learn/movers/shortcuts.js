// Which shortcuts of a network change the shape of x, and what that costs in each of the paper's three ways.
export default mover(({ ui, words, values }) => {
  const depth = ui.choice("network", Object.keys(values), "18");
  const option = ui.choice("option", ["A", "B", "C"], "B");
  const solid = ui.number("solid");
  const dashed = ui.number("dashed");
  const params = ui.number("params");
  const picture = ui.picture("drawing", { height: 120 });
  const said = ui.sentence("B");

  ui.draw(() => {
    const { stages, params: weights } = values[depth.value][option.value];
    const changed = stages.flat().filter(Boolean).length;
    solid.show(count(stages.flat().length - changed));
    dashed.show(count(changed));
    params.show(count(weights));
    said.show({}, option.value);
    picture.show((svg, wide) => arcs(svg, wide, stages));
  });

  // a box for every block with its shortcut above it, a line for each stage
  function arcs(svg, wide, stages) {
    const [left, high] = [70, 34];
    const step = Math.min(30, (wide - left) / Math.max(...stages.map(blocks => blocks.length)));
    stages.forEach((blocks, row) => {
      const y = row * high + 22;
      svg.append(shape("text", { x: 0, y: y + 8 }, words[`row${row + 1}`]));
      blocks.forEach((isDashed, place) => {
        const [x, box] = [left + place * step, step * 0.7];
        const bend = `M${x} ${y + 4}C${x} ${y - 14} ${x + box} ${y - 14} ${x + box} ${y + 4}`;
        svg.append(shape("rect", { class: "bar k1", x, y: y + 2, width: box, height: 8 }));
        svg.append(shape("path", { class: `path ${isDashed ? "k2 dashed" : "k0"}`, d: bend, "stroke-dasharray": isDashed ? "3 2" : "none" }));
      });
    });
    return stages.length * high;
  }
});
