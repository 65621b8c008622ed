// The size of the weights and the number of blocks: what becomes of the signal's standard deviation.
export default mover(({ ui }) => {
  const gain = ui.slider("gain", { min: 0.5, max: 1.5, step: 0.05, value: 1, format: value => fixed(value) });
  const gamma = ui.slider("gamma", { min: 0, max: 1, step: 0.1, value: 1, format: value => fixed(value, 1) });
  const blocks = ui.slider("blocks", { min: 1, max: 100, value: 50 });
  const names = ["plain", "residual", "normed"];
  const numbers = Object.fromEntries(names.map(name => [name, ui.number(name)]));
  const chart = ui.chart("curve", { log: true });
  const said = ui.sentence("said");

  // standard deviation after so many blocks of an input with 1, x and F(x) unrelated
  const law = {
    plain: passed => gain.value ** passed,
    residual: passed => (1 + (gamma.value * gain.value) ** 2) ** (passed / 2),
    normed: passed => Math.sqrt(1 + passed * gamma.value ** 2),
  };

  ui.draw(() => {
    const along = Array.from({ length: blocks.value + 1 }, (_, passed) => passed);
    const lines = names.map((name, place) => ({ x: along, y: along.map(law[name]), kind: place + 1, name: ui.word(`${name}_line`), dashed: name === "plain" }));
    const ends = names.map(name => law[name](blocks.value));
    names.forEach((name, place) => numbers[name].show(power(ends[place])));
    const low = Math.min(-1, Math.floor(Math.log10(Math.min(...ends))));
    const high = Math.max(1, Math.ceil(Math.log10(Math.max(...ends))));
    chart.show({ x: [0, blocks.value], y: [10 ** low, 10 ** high], lines });
    said.show({ blocks: blocks.value }, gamma.value === 0 ? "zero" : "said");
  });
});
