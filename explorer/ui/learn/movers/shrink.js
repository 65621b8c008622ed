// Two convolutions without norm and bias whose weights are multiplied by a factor: alone, and beside a shortcut.
export default mover(({ ui, values }) => {
  const factor = ui.slider("factor", { min: 0, max: 1, step: 0.05, value: 1, format: value => fixed(value) });
  const signs = ui.toggle("signs");
  const largest = ui.number("largest");
  const apart = ui.number("apart");
  const grids = {};
  ui.side(() => ["x", "plain", "residual"].forEach(name => { grids[name] = ui.grid(name, { cell: 34 }); }));
  const said = ui.sentence("moving");

  ui.draw(() => {
    const { x, change } = signs.value ? values.signed : values.positive;
    // the ReLU between the convolutions lets a positive factor through: both together scale F by its square
    const each = make => x.map((row, y) => row.map((value, column) => make(value, factor.value ** 2 * change[y][column])));
    const maps = { x, plain: each((_, f) => Math.max(f, 0)), residual: each((value, f) => Math.max(value + f, 0)) };
    Object.entries(maps).forEach(([name, rows]) => {
      grids[name].show(rows, { colour: value => signed(value / 2), text: value => fixed(value, 1) });
    });
    const differences = maps.residual.flatMap((row, y) => row.map((value, column) => Math.abs(value - x[y][column])));
    largest.show(fixed(Math.max(...maps.plain.flat())));
    apart.show(fixed(Math.max(...differences)));
    said.show({}, factor.value > 0 ? "moving" : signs.value ? "cut" : "identity");
  });
});
