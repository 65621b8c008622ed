// Layers, their kernel and strides: how far a unit can see, and how much each pixel counts for it with equal weights.
export default mover(({ ui }) => {
  const layers = ui.slider("layers", { min: 1, max: 30, value: 5 });
  const kernel = ui.choice("kernel", [3, 5, 7]);
  const every = ui.slider("every", { choices: [0, 10, 8, 6, 5, 4, 3, 2], value: 0, format: value => ui.word(value ? "after" : "never", { value }) });
  const [theoretical, effective, share] = ["theoretical", "effective", "share"].map(name => ui.number(name));
  const chart = ui.chart("profile");
  const said = ui.sentence("said");
  const COUNTS = 0.0455; // of the largest, two standard deviations of a Gaussian
  const MOST_STRIDES = 4;

  // what each pixel along one axis counts: a box for each layer, as wide as the layer sees it, convolved
  function profile() {
    let [counts, jump] = [[1], 1];
    for (let layer = 1; layer <= layers.value; layer += 1) {
      const wider = Array(counts.length + (kernel.value - 1) * jump).fill(0);
      for (let tap = 0; tap < kernel.value; tap += 1) counts.forEach((count, at) => { wider[at + tap * jump] += count / kernel.value; });
      counts = wider;
      if (every.value && layer % every.value === 0 && jump < 2 ** MOST_STRIDES) jump *= 2;
    }
    return counts;
  }

  // the square root of the number of pixels of the picture that count; a pixel counts the product of its row and its column
  function size(counts) {
    const sorted = [...counts].sort((one, other) => other - one);
    const least = COUNTS * sorted[0] ** 2 * (1 + 1e-9);
    let [pixels, reach] = [0, sorted.length];
    for (const count of sorted) {
      while (reach && count * sorted[reach - 1] <= least) reach -= 1;
      pixels += reach;
    }
    return Math.sqrt(pixels);
  }

  ui.draw(() => {
    const counts = profile();
    const [can, does] = [counts.length, size(counts)];
    theoretical.show(count(can));
    effective.show(fixed(does, 1));
    share.show(`${fixed((100 * does) / can, 0)} %`);
    const most = Math.max(...counts);
    const at = counts.map((_, place) => place - (can - 1) / 2);
    const half = can / 2;
    chart.show({
      x: [-half, half], y: [0, 110],
      lines: [
        { x: at, y: counts.map(value => (100 * value) / most), kind: 1 },
        { x: [-does / 2, -does / 2, does / 2, does / 2], y: [0, 104, 104, 0], kind: 2, dashed: true },
      ],
    });
    said.show({ deviation: fixed(Math.sqrt((2 * layers.value) / 3), 1) }, kernel.value === 3 && !every.value ? "equal" : "said");
  });
});
