// One channel of a trained block: its F(x) is scaled, added to x, and passes the ReLU.
export default mover(({ ui, values }) => {
  const scale = ui.slider("scale", { min: 0, max: 2, step: 0.05, value: 1, format: value => fixed(value) });
  const strength = ui.number("strength");
  const cut = ui.number("cut");
  const grids = {};
  ui.side(() => ["x", "change", "sum", "out"].forEach(name => { grids[name] = ui.grid(name, { cell: 18 }); }));
  const said = ui.sentence("unchanged");

  const each = make => values.x.map((row, y) => row.map((x, column) => make(x, scale.value * values.change[y][column])));
  const length = rows => Math.hypot(...rows.flat());
  const largest = Math.max(...values.x.flat(), ...values.change.flat().map(Math.abs));

  ui.draw(() => {
    const maps = { x: values.x, change: each((_, f) => f), sum: each((x, f) => x + f), out: each((x, f) => Math.max(x + f, 0)) };
    Object.entries(maps).forEach(([name, rows]) => grids[name].show(rows, { colour: value => signed(value / largest) }));
    const below = maps.sum.flat().filter(value => value < 0).length;
    strength.show(fixed(length(maps.change) / length(values.x)));
    cut.show(`${below} / ${values.x.flat().length}`);
    said.show({ below }, scale.value === 0 ? "unchanged" : "changed");
  });
});
