// Three maps and their weights in the last layer: the map of what each position adds to the logit, and the logit.
export default mover(({ ui, values: { maps, bias } }) => {
  const weights = maps.map((_, place) => ui.slider(`weight${place + 1}`, { min: -2, max: 2, step: 0.5, value: [1.5, -1, 0.5][place], format: value => fixed(value, 1) }));
  const relu = ui.toggle("relu");
  const [mean, logit] = ["mean", "logit"].map(name => ui.number(name));
  let shown, cam;
  ui.side(() => {
    shown = maps.map((_, place) => ui.grid(`map${place + 1}`, { cell: 26 }));
    cam = ui.grid("cam", { cell: 38 });
  });
  const said = ui.sentence("said");
  const most = Math.max(...maps.flat(2));
  const average = rows => rows.flat().reduce((sum, value) => sum + value, 0) / rows.flat().length;

  ui.draw(() => {
    const added = maps[0].map((row, y) => row.map((_, x) => maps.reduce((sum, map, place) => sum + weights[place].value * map[y][x], 0)));
    const rows = relu.value ? added.map(row => row.map(value => Math.max(value, 0))) : added;
    const strongest = Math.max(...added.flat().map(Math.abs), 1);
    maps.forEach((map, place) => shown[place].show(map, { colour: value => signed((0.6 * value) / most), text: value => figures(value) }));
    cam.show(rows, { colour: value => signed(value / strongest), text: value => figures(value) });
    const terms = maps.map((map, place) => `${bracketed(weights[place].value)}·${fixed(average(map))}`).join(" + ");
    mean.show(fixed(average(rows) + bias));
    logit.show(fixed(average(added) + bias));
    const cut = average(rows) - average(added);
    said.show({ terms: `${terms} + ${fixed(bias, 1)}`, logit: fixed(average(added) + bias), cut: fixed(cut) }, cut > 0 ? "cut" : "said");
  });
});

const bracketed = value => (value < 0 ? `(${fixed(value, 1)})` : fixed(value, 1));
