// Two layers that share a part of what they output: their CKA from some pictures, estimated simply and without bias.
export default mover(({ ui }) => {
  const shared = ui.slider("shared", { min: 0, max: 1, step: 0.1, value: 0, format: value => fixed(value, 1) });
  const features = ui.slider("features", { choices: [8, 16, 32, 64, 128, 256], value: 128 });
  const pictures = ui.slider("pictures", { choices: [8, 16, 32, 64, 128, 256], value: 32 });
  let draw = 1;
  ui.button("again", () => { draw += 1; });
  const numbers = Object.fromEntries(["biased", "expected", "unbiased"].map(name => [name, ui.number(name)]));
  const chart = ui.chart("by_pictures");
  const said = ui.sentence("said");

  // standard normal numbers, the same ones for the same seed
  function noise(seed) {
    let state = seed;
    const uniform = () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
    return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }

  const product = (one, other) => one.reduce((sum, value, place) => sum + value * other[place], 0);
  const gram = rows => rows.map(one => rows.map(other => product(one, other)));

  // less the means of rows and columns; without bias the diagonal counts for nothing
  function centred(matrix, unbiased) {
    const n = matrix.length;
    const held = unbiased ? matrix.map((row, y) => row.map((value, x) => (x === y ? 0 : value))) : matrix;
    const means = held.map(row => row.reduce((sum, value) => sum + value, 0) / (unbiased ? n - 2 : n));
    const all = means.reduce((sum, value) => sum + value, 0) / (unbiased ? n - 1 : n);
    return held.flatMap((row, y) => row.map((value, x) => (unbiased && x === y ? 0 : value - means[y] - means[x] + all)));
  }

  const cosine = (one, other) => product(one, other) / Math.sqrt(product(one, one) * product(other, other));

  ui.draw(() => {
    const [p, n, common] = [features.value, pictures.value, shared.value];
    const next = noise(draw);
    const layer = () => Array.from({ length: n }, () => Array.from({ length: p }, next));
    const first = layer();
    const own = layer();
    const second = own.map((row, y) => row.map((value, x) => Math.sqrt(common) * first[y][x] + Math.sqrt(1 - common) * value));
    const grams = [gram(first), gram(second)];
    const [biased, unbiased] = [false, true].map(free => cosine(...grams.map(one => centred(one, free))));
    const expected = count => common + (1 - common) * (p / (p + count));
    numbers.biased.show(fixed(biased));
    numbers.expected.show(fixed(expected(n)));
    numbers.unbiased.show(fixed(unbiased));
    const along = Array.from({ length: 250 }, (_, place) => place + 7);
    chart.show({
      x: [0, 260], y: [-0.4, 1],
      lines: [
        { x: along, y: along.map(expected), kind: 1, name: ui.word("biased_line") },
        { x: along, y: along.map(() => common), kind: 2, dashed: true, name: ui.word("shared_line") },
      ],
      dots: [{ x: n, y: biased, kind: 1 }, { x: n, y: Math.max(unbiased, -0.4), kind: 2 }],
    });
    said.show({ p, n, common: fixed(common, 1) }, n < 64 ? "few" : "said");
  });
});
