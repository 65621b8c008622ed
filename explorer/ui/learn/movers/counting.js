// A convolution: its parameters and its MACs by their formulas.
export default mover(({ ui }) => {
  const kernel = ui.choice("kernel", [1, 3, 5, 7], 3);
  const [given, made] = [["given", 64], ["made", 128]].map(
    ([name, value]) => ui.slider(name, { choices: [1, 3, 16, 32, 64, 128, 256, 512, 1024, 2048], value }));
  const side = ui.slider("side", { choices: [1, 4, 7, 8, 14, 16, 28, 32, 56, 112, 224], value: 28 });
  const bias = ui.toggle("bias");
  const params = ui.number("params");
  const macs = ui.number("macs");
  const said = ui.sentence("said");

  ui.draw(() => {
    const [k, c, o, h] = [kernel, given, made, side].map(control => control.value);
    const weights = k ** 2 * c * o;
    const all = weights + (bias.value ? o : 0);
    params.show(count(all));
    macs.show(count(weights * h ** 2));
    said.show({
      params: `${k}·${k}·${count(c)}·${count(o)}${bias.value ? ` + ${count(o)}` : ""} = ${count(all)}`,
      macs: `${count(weights)}·${h}·${h} = ${count(weights * h ** 2)}`,
      positions: count(h ** 2),
    });
  });
});
