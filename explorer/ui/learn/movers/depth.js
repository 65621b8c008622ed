// Plain and residual networks from 8 to 110 layers, as they were trained: error by epoch, and at the end by depth.
export default mover(({ ui, values }) => {
  const depths = Object.keys(values.plain).map(Number);
  const depth = ui.slider("depth", { choices: depths, value: 20 });
  const kinds = { plain: 1, residual: 2 };
  const numbers = Object.fromEntries(Object.keys(kinds).map(kind => [kind, ui.number(kind)]));
  const ends = ui.chart("ends", { height: 200 });
  const epochs = ui.chart("epochs", { height: 200 });
  const said = ui.sentence("plain_ahead");

  const percent = share => 100 * share;
  const lines = Object.entries(kinds).map(([kind, colour]) => (
    { x: depths, y: depths.map(layers => percent(values[kind][layers].at(-1))), kind: colour, name: ui.word(kind), dashed: kind === "plain" }));

  ui.draw(() => {
    const curves = Object.entries(kinds).map(([kind, colour]) => {
      const errors = values[kind][depth.value].map(percent);
      return { x: errors.map((_, epoch) => epoch), y: errors, kind: colour, dashed: kind === "plain" };
    });
    const [plain, residual] = curves.map(curve => curve.y.at(-1));
    numbers.plain.show(`${fixed(plain, 1)} %`);
    numbers.residual.show(`${fixed(residual, 1)} %`);
    epochs.show({ x: [0, curves[0].x.at(-1)], y: [0, 100], lines: curves });
    const dots = curves.map(curve => ({ x: depth.value, y: curve.y.at(-1), kind: curve.kind }));
    ends.show({ x: [0, 120], y: [0, 100], lines, dots });
    said.show({ depth: depth.value, apart: fixed(Math.abs(plain - residual), 1) }, plain < residual ? "plain_ahead" : "residual_ahead");
  });
});
