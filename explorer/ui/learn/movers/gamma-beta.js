// γ and β over the histogram of real values that a norm has normalised.
export default mover(({ ui, values }) => {
  const [low, high, width] = [-6, 6, 0.25];
  const gamma = ui.slider("gamma", { min: -3, max: 3, step: 0.05, value: 1, format: value => fixed(value) });
  const beta = ui.slider("beta", { min: -3, max: 3, step: 0.05, value: 0, format: value => fixed(value) });
  ui.button("learned", () => { gamma.value = values.gamma; beta.value = values.beta; });
  ui.button("start", () => { gamma.value = 1; beta.value = 0; });
  const mean = ui.number("mean");
  const deviation = ui.number("deviation");
  const positive = ui.number("positive");
  const chart = ui.chart("histogram", { height: 240 });
  const said = ui.sentence("said");
  const normalised = standardised(values.arriving, values.eps);
  const before = shares(normalised);

  function shares(given) {
    const counts = Array.from({ length: Math.round((high - low) / width) }, () => 0);
    for (const value of given) {
      const at = Math.floor((value - low) / width);
      if (at >= 0 && at < counts.length) counts[at] += 1 / given.length;
    }
    return counts;
  }

  const bars = (heights, kind, hollow) => heights.map((share, n) => ({ from: low + n * width, to: low + (n + 1) * width, y: 100 * share, kind, hollow }));

  ui.draw(() => {
    const after = normalised.map(value => gamma.value * value + beta.value);
    const [centre, spread] = moments(after);
    mean.show(fixed(centre));
    deviation.show(fixed(spread));
    positive.show(`${fixed(100 * after.filter(value => value > 0).length / after.length, 1)} %`);
    const heights = shares(after);
    const top = 10 * Math.ceil(10 * Math.max(...before, ...heights));
    chart.show({ x: [low, high], y: [0, Math.min(top, 100)], bars: [...bars(heights, 1, false), ...bars(before, 0, true)] });
    said.show({ gamma: fixed(values.gamma), beta: fixed(values.beta), channel: values.channel, layer: values.layer, pictures: values.pictures, values: count(normalised.length) });
  });
});

// mean and standard deviation, the sum of squares divided by the number of values
function moments(values) {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [centre, Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length)];
}

function standardised(values, eps) {
  const [centre, spread] = moments(values);
  return values.map(value => (value - centre) / Math.sqrt(spread ** 2 + eps));
}
