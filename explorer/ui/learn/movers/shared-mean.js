// Pictures by channels: which values share a mean with the one that is picked, for four norms.
export default mover(({ ui, values }) => {
  const norm = ui.choice("norm", ["batch", "layer", "group", "instance"]);
  const side = ui.slider("side", { choices: [1, 2, 4, 7, 14, 28, 56], value: 7, format: value => `${value}×${value}` });
  const together = ui.number("together");
  const means = ui.number("means");
  const mean = ui.number("mean");
  const cells = ui.grid("cells", { cell: 44, pick: [0, 0] });
  const said = ui.sentence("said");

  const table = values.means;
  const [pictures, channels] = [table.length, table[0].length];
  // the number of the mean that a map goes into
  const part = {
    batch: (_, channel) => channel,
    layer: picture => picture,
    group: (picture, channel) => picture * (channels / values.group) + Math.floor(channel / values.group),
    instance: (picture, channel) => picture * channels + channel,
  };

  ui.draw(() => {
    const of = part[norm.value];
    const chosen = of(...cells.value);
    const all = table.flatMap((row, picture) => row.map((value, channel) => ({ value, part: of(picture, channel) })));
    const shared = all.filter(one => one.part === chosen).map(one => one.value);
    const [row, column] = cells.value;
    cells.show(table, {
      colour: (_, picture, channel) => (of(picture, channel) === chosen ? "hsl(211 68% 72%)" : "hsl(211 20% 96%)"),
      text: value => figures(value),
      frames: [[row, column, 1, 1]],
    });
    together.show(count(shared.length * side.value ** 2));
    means.show(count(new Set(all.map(one => one.part)).size));
    mean.show(figures(shared.reduce((sum, value) => sum + value, 0) / shared.length));
    said.show({}, norm.value);
  });
});
