// The loss of a chain of equal numbers over their value, plain and with shortcuts, and gradient descent on both.
export default mover(({ ui }) => {
  const length = ui.slider("length", { min: 1, max: 50, value: 10 });
  const start = ui.slider("start", { min: 0.02, max: 0.5, step: 0.02, value: 0.1, format: value => fixed(value) });
  const rate = ui.slider("rate", { choices: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1], value: 0.003, format: value => figures(value) });
  const steps = ui.slider("steps", { min: 0, max: 200, value: 0 });
  const nets = { plain: 0, residual: 1 };  // what is added to w
  const slopes = Object.fromEntries(Object.keys(nets).map(name => [name, ui.number(`slope_${name}`)]));
  const losses = Object.fromEntries(Object.keys(nets).map(name => [name, ui.number(`loss_${name}`)]));
  const chart = ui.chart("loss");
  const said = ui.sentence("said");
  const [low, high, most] = [-0.5, 1.5, 4];

  const loss = (w, added) => ((w + added) ** length.value - 2) ** 2 / 2;
  const slope = (w, added) => ((w + added) ** length.value - 2) * length.value * (w + added) ** (length.value - 1);
  const descended = added => {
    let w = start.value;
    for (let step = 0; step < steps.value; step += 1) w -= rate.value * slope(w, added);
    return w;
  };

  ui.draw(() => {
    const along = Array.from({ length: 401 }, (_, at) => low + ((high - low) * at) / 400);
    const held = value => (Number.isFinite(value) ? Math.min(value, most) : most);
    const lines = [];
    const dots = [];
    Object.entries(nets).forEach(([name, added], place) => {
      const w = descended(added);
      slopes[name].show(power(slope(start.value, added)));
      losses[name].show(power(loss(w, added)));
      const shown = along.filter(at => loss(at, added) <= most);
      lines.push({ x: shown, y: shown.map(at => loss(at, added)), kind: place + 1, dashed: name === "plain" });
      dots.push({ x: Math.min(Math.max(Number.isFinite(w) ? w : high, low), high), y: held(loss(w, added)), kind: place + 1, name: ui.word(name) });
    });
    chart.show({ x: [low, high], y: [0, most], lines, dots });
    said.show({ steps: steps.value }, Math.abs(slope(start.value, 0)) < 0.01 ? "flat" : "said");
  });
});
