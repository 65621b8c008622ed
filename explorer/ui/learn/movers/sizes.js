// A picture through ResNet-18 whose strides can be taken away: sizes and work, layer by layer.
export default mover(({ ui, words }) => {
  const side = ui.slider("side", { min: 32, max: 320, value: 224 });
  const halving = ["conv1", "pool", "stage2", "stage3", "stage4"];
  const strides = Object.fromEntries(halving.map(name => [name, ui.toggle(name, true)]));
  const step = ui.number("step");
  const macs = ui.number("macs");
  const table = ui.table("rows");
  const said = ui.sentence("said");

  const after = (height, kernel, padding, stride) => Math.floor((height + 2 * padding - kernel) / stride) + 1;
  const strideOf = name => (strides[name]?.value ? 2 : 1);

  function through(height, stride = strideOf) {
    const conv1 = after(height, 7, 3, stride("conv1"));
    const pool = after(conv1, 3, 1, stride("pool"));
    const rows = [
      { name: "conv1", channels: 64, height: conv1, macs: 49 * 3 * 64 * conv1 ** 2 },
      { name: "pool", channels: 64, height: pool, macs: 0 },
    ];
    [64, 128, 256, 512].forEach((channels, place) => {
      const { channels: given, height: arrives } = rows.at(-1);
      const name = `stage${place + 1}`;
      const leaves = after(arrives, 3, 1, stride(name));
      const projection = given === channels ? 0 : given * channels;
      const weights = 9 * given * channels + 3 * 9 * channels ** 2 + projection;
      rows.push({ name, channels, height: leaves, macs: weights * leaves ** 2 });
    });
    return rows;
  }

  const sum = rows => rows.reduce((total, row) => total + row.macs, 0) + 512 * 1000;

  ui.draw(() => {
    const rows = through(side.value);
    const usual = sum(through(224, name => (halving.includes(name) ? 2 : 1)));
    step.show(count(halving.reduce((product, name) => product * strideOf(name), 1)));
    macs.show(count(sum(rows)));
    const drawn = rows.map(row => [words[`row_${row.name}`], strideOf(row.name), `${row.channels}×${row.height}×${row.height}`, count(row.macs)]);
    table.show([...drawn, [words.row_head, "", "512 → 1,000", count(512 * 1000)]]);
    said.show({ times: figures(sum(rows) / usual, 3) }, sum(rows) === usual ? "usual" : "said");
  });
});
