// A factor per layer and the depth: what is left of a gradient of 1 on its way back.
export default mover(({ ui }) => {
  const factor = ui.slider("factor", { min: 0.5, max: 1.5, step: 0.01, value: 0.9, format: value => fixed(value) });
  const layers = ui.slider("layers", { min: 1, max: 100, value: 50 });
  const shortcut = ui.toggle("shortcut");
  const each = ui.number("each");
  const left = ui.number("left");
  const chart = ui.chart("curve", { log: true });
  const said = ui.sentence("said");

  ui.draw(() => {
    const times = shortcut.value ? 1 + factor.value : factor.value;
    const end = times ** layers.value;
    const along = Array.from({ length: layers.value + 1 }, (_, passed) => passed);
    each.show(fixed(times));
    left.show(power(end));
    const lines = [{ x: along, y: along.map(passed => times ** passed), kind: 1 }];
    const [low, high] = [Math.min(1, end), Math.max(1, end)].map(Math.log10);
    const dots = [{ x: layers.value, y: end, kind: 1, name: power(end) }];
    chart.show({ x: [0, layers.value], y: [10 ** Math.min(Math.floor(low), -1), 10 ** Math.max(Math.ceil(high), 1)], lines, dots });
    said.show({ left: power(end), layers: layers.value }, end < 0.01 ? "vanishes" : end > 100 ? "explodes" : "said");
  });
});
