// The pixels of a photograph as a network receives them, prepared rightly and in other ways.
export default mover(({ ui, values }) => {
  const way = ui.choice("way", ["right", "none", "raw", "half", "swapped"], "none");
  const colour = ui.choice("colour", ["red", "green", "blue"]);
  const pixel = ui.slider("pixel", { min: 0, max: 255, value: 128 });
  const names = ["expected", "given", "mean", "deviation"];
  const numbers = Object.fromEntries(names.map(name => [name, ui.number(name)]));
  const chart = ui.chart("pixels");
  const said = ui.sentence("said");
  const colours = ["red", "green", "blue"];

  // what a pixel of a colour becomes
  const prepared = (value, place, how) => {
    if (how === "raw") return value;
    if (how === "none") return value / 255;
    if (how === "half") return (value / 255 - 0.5) / 0.5;
    return (value / 255 - values.mean[place]) / values.std[place];
  };

  ui.draw(() => {
    const place = colours.indexOf(colour.value);
    // swapped: blue stands where red is expected
    const from = way.value === "swapped" ? 2 - place : place;
    const spread = (channel, how) => {
      const total = values.counts[channel].reduce((sum, times) => sum + times, 0);
      const mean = values.counts[channel].reduce((sum, times, value) => sum + times * prepared(value, place, how), 0) / total;
      const square = values.counts[channel].reduce((sum, times, value) => sum + times * (prepared(value, place, how) - mean) ** 2, 0) / total;
      return { mean, deviation: Math.sqrt(square), total };
    };
    const arrives = spread(from, way.value);
    numbers.expected.show(figures(prepared(pixel.value, place, "right")));
    numbers.given.show(figures(prepared(pixel.value, place, way.value)));
    numbers.mean.show(figures(arrives.mean));
    numbers.deviation.show(figures(arrives.deviation));
    const bars = (channel, how, kind, hollow) => Array.from({ length: 32 }, (_, bin) => ({
      from: prepared(8 * bin, place, how), to: prepared(8 * bin + 8, place, how), kind, hollow,
      y: (100 * values.counts[channel].slice(8 * bin, 8 * bin + 8).reduce((sum, times) => sum + times, 0)) / arrives.total,
    }));
    const shown = [...bars(place, "right", 0, true), ...bars(from, way.value, 1)];
    const ends = shown.flatMap(bar => [bar.from, bar.to]);
    chart.show({ x: [Math.min(...ends), Math.max(...ends)], y: [0, 1.1 * Math.max(...shown.map(bar => bar.y))], bars: shown });
    said.show({}, way.value);
  });
});
