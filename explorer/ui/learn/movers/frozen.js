// Where training begins, and how many classes are new: which parameters are trained.
export default mover(({ ui, values }) => {
  const network = ui.choice("network", Object.keys(values.networks), "ResNet-18");
  const stages = values.stages;
  const from = ui.slider("from", { choices: [...stages.keys()], value: stages.length - 1, format: place => stages[place] });
  const classes = ui.slider("classes", { choices: [2, 3, 5, 10, 20, 37, 100, 200, 500, 1000], value: 5 });
  const names = ["trained", "frozen", "share"];
  const numbers = Object.fromEntries(names.map(name => [name, ui.number(name)]));
  const table = ui.table("stages");

  ui.draw(() => {
    const { params, features } = values.networks[network.value];
    const counts = [...params, (features + 1) * classes.value];
    const trained = counts.slice(from.value).reduce((sum, value) => sum + value, 0);
    const all = counts.reduce((sum, value) => sum + value, 0);
    numbers.trained.show(count(trained));
    numbers.frozen.show(count(all - trained));
    numbers.share.show(`${figures((100 * trained) / all)} %`);
    table.show(stages.map((stage, place) => [stage, count(counts[place]), ui.word(place >= from.value ? "is_trained" : "is_frozen")]));
  });
});
