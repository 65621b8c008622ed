// Blocks per stage and their kind: the depth that the name says, parameters and work.
export default mover(({ ui, words, values }) => {
  const kind = ui.choice("kind", ["basic", "bottleneck"]);
  const stages = [1, 2, 3, 4].map(stage => ui.slider(`stage${stage}`, { min: 1, max: 40, value: 2 }));
  Object.entries(values.networks).forEach(([depth, network]) => {
    ui.button(`resnet${depth}`, () => {
      kind.value = network.kind;
      stages.forEach((slider, stage) => { slider.value = network.blocks[stage]; });
    });
  });
  const outputs = Object.fromEntries(["depth", "blocks", "params", "macs"].map(name => [name, ui.number(name)]));
  const picture = ui.picture("drawing", { height: 150 });
  const said = ui.sentence("said");

  ui.draw(() => {
    const blocks = stages.map(slider => slider.value);
    const all = blocks.reduce((sum, some) => sum + some, 0);
    const each = kind.value === "basic" ? 2 : 3;
    const price = values.prices[kind.value];
    const total = what => price.around[what] + blocks.reduce(
      (sum, some, stage) => sum + price.first[stage][what] + (some - 1) * price.next[stage][what], 0);
    const depth = each * all + 2;
    outputs.depth.show(count(depth));
    outputs.blocks.show(count(all));
    outputs.params.show(count(total("params")));
    outputs.macs.show(count(total("macs")));
    const known = Object.entries(values.networks).find(
      ([, network]) => network.kind === kind.value && String(network.blocks) === String(blocks));
    said.show({ sum: `1 + ${each}·(${blocks.join(" + ")}) + 1 = ${depth}`, depth }, known ? "known" : "said");
    picture.show((svg, wide) => bars(svg, wide, blocks, each));
  });

  // a bar for every layer that counts, a line for each stage
  function bars(svg, wide, blocks, each) {
    const [left, high] = [70, 22];
    const step = Math.min(12, (wide - left) / Math.max(...blocks.map(some => some * (each + 1)), 1));
    const rows = [["stem", 1, 1], ...blocks.map((some, stage) => [`row${stage + 1}`, some, each]), ["head", 1, 1]];
    rows.forEach(([name, some, layers], row) => {
      svg.append(shape("text", { x: 0, y: row * high + 15 }, words[name]));
      for (let layer = 0; layer < some * layers; layer += 1) {
        const x = left + (layer + Math.floor(layer / layers)) * step;
        svg.append(shape("rect", { class: "bar k1", x, y: row * high + 4, width: Math.max(step - 1.5, 0.8), height: high - 8 }));
      }
    });
    return rows.length * high;
  }
});
