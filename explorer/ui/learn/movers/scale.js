// A layer and a norm: the loss along a random direction when all weights are multiplied by a number.
export default mover(({ ui, values: { along, labels, gamma } }) => {
  const scale = ui.slider("scale", { choices: [0.1, 0.2, 0.5, 1, 2, 5, 10], value: 5 });
  const normalised = ui.toggle("normalised");
  const [middle, away] = ["middle", "away"].map(name => ui.number(name));
  const chart = ui.chart("curve", { log: true });
  const said = ui.sentence("said");
  const FAR = 2;
  const steps = Array.from({ length: 81 }, (_, place) => FAR * (place / 40 - 1));

  // the mean loss of weights·size + direction·step, after the norm
  function loss(size, step) {
    const outputs = along.weights.map((value, n) => size * value + step * along.direction[n]);
    const mean = outputs.reduce((sum, value) => sum + value, 0) / outputs.length;
    const deviation = Math.sqrt(outputs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / outputs.length);
    const logits = outputs.map(value => (gamma * (value - mean)) / deviation);
    return logits.reduce((sum, logit, n) => sum + Math.log1p(Math.exp(labels[n] ? -logit : logit)), 0) / logits.length;
  }

  const first = steps.map(step => loss(1, step));
  const most = 1.1 * Math.max(...[-FAR, FAR].map(step => loss(0.1, step)), ...first);

  ui.draw(() => {
    const size = scale.value;
    const at = step => loss(size, normalised.value ? size * step : step);
    middle.show(fixed(at(0), 3));
    away.show(fixed(at(1), 3));
    chart.show({
      x: [-FAR, FAR], y: [0.02, most],
      lines: [
        { x: steps, y: steps.map(at), kind: 2 },
        { x: steps, y: first, kind: 0, dashed: true },
      ],
    });
    const sort = normalised.value || size === 1 ? "same" : size > 1 ? "flat" : "sharp";
    said.show({ scale: size }, sort);
  });
});
