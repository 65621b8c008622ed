// Blocks per stage: layers, parameters, work and what training keeps; errors where they were published.
export default mover(({ ui, values }) => {
  const blocks = ui.slider("blocks", { choices: [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 18, 25, 50, 100, 150, 200], value: 18 });
  const names = ["layers", "params", "macs", "outputs"];
  const numbers = Object.fromEntries(names.map(name => [name, ui.number(name)]));
  const errors = ui.table("errors");

  // every one of them grows by the same for each block more
  const at = name => values.first[name] + (blocks.value - 1) * (values.second[name] - values.first[name]);

  ui.draw(() => {
    ["layers", "params", "macs"].forEach(name => numbers[name].show(count(at(name))));
    numbers.outputs.show(`${fixed(at("bytes") / 2 ** 20, 1)} MiB`);
    const rows = Object.entries(values.errors).map(([layers, error]) => [count(layers), count((layers - 2) / 6), `${fixed(error)} %`]);
    errors.show(rows, rows.findIndex(([layers]) => layers === count(at("layers"))));
  });
});
