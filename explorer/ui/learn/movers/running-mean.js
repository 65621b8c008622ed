// Batches of random pictures: how far their means lie from that of all pictures, and how the running mean follows.
export default mover(({ ui, values }) => {
  const batch = ui.slider("batch", { choices: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512], value: 4 });
  const momentum = ui.slider("momentum", { choices: [0.01, 0.03, 0.1, 0.3, 1], value: 0.1 });
  const batches = ui.slider("batches", { min: 1, max: 100, value: 50 });
  let seed = 1;
  ui.button("others", () => { seed += 1; });
  const error = ui.number("error");
  const start = ui.number("start");
  const running = ui.number("running");
  const chart = ui.chart("means");
  const said = ui.sentence("said");

  const all = values.means;
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);

  ui.draw(() => {
    let state = seed;
    const drawn = () => { state = (state * 1664525 + 1013904223) % 2 ** 32; return all[Math.floor((state / 2 ** 32) * all.length)]; };
    const own = [];
    const kept = [0];
    for (let at = 0; at < batches.value; at += 1) {
      let sum = 0;
      for (let picture = 0; picture < batch.value; picture += 1) sum += drawn();
      own.push(sum / batch.value);
      kept.push((1 - momentum.value) * kept.at(-1) + momentum.value * own.at(-1));
    }
    error.show(figures(deviation / Math.sqrt(batch.value)));
    start.show(`${figures(100 * (1 - momentum.value) ** batches.value)} %`);
    running.show(figures(kept.at(-1)));
    const high = Math.max(...own, mean) * 1.1;
    const along = Array.from({ length: batches.value + 1 }, (_, at) => at);
    chart.show({
      x: [0, batches.value], y: [0, high],
      lines: [
        { x: [0, batches.value], y: [mean, mean], kind: 2, dashed: true },
        { x: along, y: kept, kind: 1 },
      ],
      dots: own.map((value, at) => ({ x: at + 1, y: value })),
    });
    said.show({ batch: batch.value, error: figures(deviation / Math.sqrt(batch.value)), mean: figures(mean) });
  });
});
