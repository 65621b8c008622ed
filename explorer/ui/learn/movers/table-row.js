// A network, its weights and the size of the pictures: the row that a table would have, and what others call its work.
export default mover(({ ui, values }) => {
  const network = ui.choice("network", Object.keys(values), "ResNet-50");
  const recipe = ui.choice("recipe", ["first", "second"]);
  const side = ui.slider("side", { choices: Object.keys(values["ResNet-18"].macs).map(Number), value: 224, format: value => `${value}×${value}` });
  const accuracy = ui.number("accuracy");
  const missed = ui.number("missed");
  const params = ui.number("params");
  const work = ui.table("work");
  const said = ui.sentence("said");

  const billions = value => `${fixed(value / 1e9, 2)}`;

  ui.draw(() => {
    const row = values[network.value];
    const top1 = row.accuracy[recipe.value];
    const macs = row.macs[side.value];
    accuracy.show(top1 === null ? "–" : `${fixed(top1, 2)} %`);
    missed.show(top1 === null ? "–" : count(50000 * (1 - top1 / 100)));
    params.show(count(row.params));
    work.show([
      [ui.word("macs"), count(macs), billions(macs)],
      [ui.word("flops"), count(2 * macs), billions(2 * macs)],
    ]);
    said.show({ times: figures(macs / row.macs[224], 3) }, top1 === null ? "unpublished" : "said");
  });
});
