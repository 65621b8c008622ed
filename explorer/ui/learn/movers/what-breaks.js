// A block that can be built wrong: the shapes of both paths, and what PyTorch says at the addition.
export default mover(({ ui }) => {
  const side = ui.slider("side", { min: 3, max: 56, value: 56 });
  const [given, made] = [["given", 64], ["made", 64]].map(([name, value]) => ui.slider(name, { choices: [1, 3, 16, 32, 64, 128], value }));
  const kernel = ui.choice("kernel", [1, 3, 5], 3);
  const padding = ui.choice("padding", [0, 1, 2], 0);
  const stride = ui.choice("stride", [1, 2], 1);
  const shortcut = ui.choice("shortcut", ["identity", "projection"]);
  const shortcutStride = ui.choice("shortcut_stride", [1, 2], 1);
  const [main, beside] = ["main", "beside"].map(name => ui.number(name));
  const said = ui.sentence("right");

  const after = (height, k, p, s) => Math.floor((height + 2 * p - k) / s) + 1;
  const text = shape => `(${shape.join(", ")})`;

  ui.draw(() => {
    const [k, p] = [kernel.value, padding.value];
    const sides = [side.value];
    for (const step of [stride.value, 1]) {
      if (sides.at(-1) + 2 * p < k) break;
      sides.push(after(sides.at(-1), k, p, step));
    }
    const projects = shortcut.value === "projection";
    const other = projects ? after(side.value, 1, 0, shortcutStride.value) : side.value;
    const b = [4, projects ? made.value : given.value, other, other];
    beside.show(text(b));
    if (sides.length < 3) {
      main.show("–");
      return said.show({ padded: sides.at(-1) + 2 * p, kernel: k }, "small");
    }
    const a = [4, made.value, sides[2], sides[2]];
    main.show(text(a));
    const clash = [3, 2, 1].find(place => a[place] !== b[place] && a[place] !== 1 && b[place] !== 1);
    const sum = a.map((size, place) => (size === 1 ? b[place] : size));
    if (clash) said.show({ a: a[clash], b: b[clash], dimension: clash }, "error");
    else said.show({ sum: text(sum) }, text(a) === text(b) ? "right" : "stretched");
  });
});
