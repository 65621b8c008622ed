// The weights of a basic block and of a bottleneck, for the same channels, at any squeeze.
export default mover(({ ui, words }) => {
  const channels = ui.slider("channels", { choices: [64, 128, 256, 512, 1024, 2048], value: 256 });
  const ratio = ui.slider("ratio", { choices: [1, 2, 4, 8, 16], value: 4 });
  const basic = ui.number("basic");
  const bottleneck = ui.number("bottleneck");
  const picture = ui.picture("drawing", { height: 96 });
  const said = ui.sentence("said");

  ui.draw(() => {
    const [wide, inner] = [channels.value, channels.value / ratio.value];
    const blocks = { basic: [9 * wide ** 2, 9 * wide ** 2], bottleneck: [wide * inner, 9 * inner ** 2, inner * wide] };
    const [two, three] = Object.values(blocks).map(parts => parts.reduce((sum, part) => sum + part));
    basic.show(count(two));
    bottleneck.show(count(three));
    said.show({
      wide: count(wide), inner: count(inner), share: figures((100 * 2 * wide * inner) / three, 2),
      times: figures(Math.max(two, three) / Math.min(two, three)),
    }, three < two ? "said" : "dearer");
    picture.show((svg, width) => stacks(svg, width, blocks, Math.max(two, three)));
  });

  // a line for each block, as long as it has weights, in its convolutions
  function stacks(svg, width, blocks, most) {
    const [left, high] = [110, 44];
    Object.entries(blocks).forEach(([name, parts], row) => {
      svg.append(shape("text", { x: 0, y: row * high + 24 }, words[`row_${name}`]));
      let x = left;
      parts.forEach((part, place) => {
        const length = (part / most) * (width - left);
        const kind = name === "basic" || place === 1 ? 1 : 2;
        svg.append(shape("rect", { class: `bar k${kind}`, x, y: row * high + 8, width: Math.max(length - 2, 0.5), height: 24 }));
        x += length;
      });
    });
    return 2 * high;
  }
});
