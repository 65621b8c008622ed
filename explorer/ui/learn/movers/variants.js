// Switches of the bottleneck: what its operations become, and what the whole network has and needs.
export default mover(({ ui, values }) => {
  const order = ui.choice("order", ["post", "pre"]);
  const inside = ui.choice("inside", ["usual", "groups", "wide"]);
  const shortcut = ui.choice("shortcut", ["B", "D"]);
  const gate = ui.toggle("gate");
  const params = ui.number("params");
  const macs = ui.number("macs");
  const table = ui.table("operations");

  const more = (value, usual) => count(value) + (value === usual ? "" : ` (${value < usual ? "" : "+"}${fixed((100 * value) / usual - 100, 1)} %)`);

  ui.draw(() => {
    const chosen = values[[order.value, inside.value, shortcut.value, gate.value ? "gate" : "none"].join("-")];
    const usual = values["post-usual-B-none"];
    params.show(more(chosen.params, usual.params));
    macs.show(more(chosen.macs, usual.macs));
    table.show(chosen.rows.map(([path, what, size, weights]) => [path === "shortcut" ? `${ui.word("beside")}: ${what}` : what, size, count(weights)]));
  });
});
