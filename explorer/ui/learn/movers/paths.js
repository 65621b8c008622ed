// The paths through n blocks by length, and which of them carry the gradient.
export default mover(({ ui }) => {
  const blocks = ui.slider("blocks", { min: 1, max: 60, value: 54 });
  const factor = ui.slider("factor", { min: 0.05, max: 1, step: 0.05, value: 0.25, format: value => fixed(value) });
  const out = ui.slider("out", { min: 0, max: 10, value: 0 });
  const paths = ui.number("paths");
  const typical = ui.number("typical");
  const carrying = ui.number("carrying");
  const chart = ui.chart("lengths");
  const said = ui.sentence("said");

  // shares of C(n, k)·f^k among all k
  function shares(n, f) {
    const made = [1];
    for (let k = 1; k <= n; k += 1) made.push((made[k - 1] * (n - k + 1) / k) * f);
    const sum = made.reduce((total, value) => total + value, 0);
    return made.map(value => value / sum);
  }

  ui.draw(() => {
    const n = Math.max(blocks.value - out.value, 0);
    const [all, carried] = [shares(n, 1), shares(n, factor.value)];
    paths.show(n < 40 ? count(2 ** n) : power(2 ** n, 3));
    typical.show(fixed(n / 2, 1));
    carrying.show(fixed((n * factor.value) / (1 + factor.value), 1));
    const bars = (values, kind, hollow) => values.map((share, k) => ({ from: k - 0.5, to: k + 0.5, y: 100 * share, kind, hollow }));
    const high = 100 * Math.max(...all, ...carried) * 1.15;
    chart.show({ x: [-0.5, n + 0.5], y: [0, high], bars: [...bars(all, 0, true), ...bars(carried, 1)] });
    const share = figures(100 * 0.5 ** (blocks.value - n), 2);
    said.show({ out: blocks.value - n, share }, out.value ? "out_said" : "said");
  });
});
