// Eight numbers through the four steps of a norm; their spread, ε, γ and β can be moved.
export default mover(({ ui, values }) => {
  const spread = ui.slider("spread", { choices: [0, 0.0003, 0.001, 0.003, 0.01, 0.1, 1, 10], value: 1, format: value => figures(value) });
  const epsilon = ui.slider("epsilon", { choices: [1e-5, 1e-3, 0.1], value: 1e-5, format: value => power(value, 1) });
  const gamma = ui.slider("gamma", { min: -2, max: 2, step: 0.1, value: 1, format: value => fixed(value, 1) });
  const beta = ui.slider("beta", { min: -3, max: 3, step: 0.1, value: 0, format: value => fixed(value, 1) });
  const steps = ui.table("steps");
  const said = ui.sentence("said");

  const mean = numbers => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers => mean(numbers.map(value => (value - mean(numbers)) ** 2));
  const centre = mean(values.numbers);

  ui.draw(() => {
    const given = values.numbers.map(value => centre + spread.value * (value - centre));
    const square = variance(given);
    const centred = given.map(value => value - mean(given));
    const normalised = centred.map(value => value / Math.sqrt(square + epsilon.value));
    const scaled = normalised.map(value => gamma.value * value + beta.value);
    const columns = [given, centred, normalised, scaled];
    const written = value => figures(Math.abs(value) < 1e-12 ? 0 : value);
    const row = (name, of) => [name, ...columns.map(numbers => written(of(numbers)))];
    steps.show([
      ...given.map((_, place) => row(place + 1, numbers => numbers[place])),
      row(ui.word("mean"), mean),
      row(ui.word("deviation"), numbers => Math.sqrt(variance(numbers))),
    ]);
    const left = Math.sqrt(variance(normalised));
    said.show({ left: figures(left), variance: power(square) }, square === 0 ? "equal" : left > 0.99 ? "said" : "small");
  });
});
