// Points in three dimensions, projected onto a plane that is tilted out of that of the first two principal components.
export default mover(({ ui, values }) => {
  const degrees = value => `${value}°`;
  const tilt = ui.slider("tilt", { min: 0, max: 90, step: 5, value: 0, format: degrees });
  const turn = ui.slider("turn", { min: 0, max: 180, step: 5, value: 0, format: degrees });
  const explained = ui.number("explained");
  const kept = ui.number("kept");
  const own = ui.number("own");
  const side = 340;
  const picture = ui.picture("plane", { height: side, width: side });
  const said = ui.sentence("said");

  const nearest = 5;
  const percent = share => `${Math.round(100 * share)} %`;
  const mean = all => all.reduce((sum, one) => sum + one, 0) / all.length;
  const square = point => point.reduce((sum, one) => sum + one * one, 0);
  const neighbours = points => points.map((point, place) => points
    .map((other, at) => ({ at, far: at === place ? Infinity : square(point.map((one, axis) => one - other[axis])) }))
    .sort((one, other) => one.far - other.far).slice(0, nearest).map(one => one.at));
  const alike = found => mean(found.flatMap((near, place) => near.map(at => Number(values.labels[at] === values.labels[place]))));
  const inSpace = neighbours(values.points);
  const reach = Math.sqrt(Math.max(...values.points.map(square)));

  function projected([first, second, third]) {
    const [t, f] = [tilt.value, turn.value].map(angle => (angle * Math.PI) / 180);
    const along = first * Math.cos(f) + second * Math.sin(f);
    return [along * Math.cos(t) - third * Math.sin(t), second * Math.cos(f) - first * Math.sin(f)];
  }

  ui.draw(() => {
    const points = values.points.map(projected);
    const inPlane = neighbours(points);
    explained.show(percent(mean(points.map(square)) / mean(values.points.map(square))));
    kept.show(percent(mean(inSpace.flatMap((near, place) => near.map(at => Number(inPlane[place].includes(at)))))));
    own.show(percent(alike(inPlane)));
    picture.show((svg, wide) => {
      const scale = (wide / 2 - 6) / reach;
      points.forEach(([x, y], place) => svg.append(shape("circle", {
        class: `dot k${values.labels[place] + 1}`, cx: wide / 2 + scale * x, cy: wide / 2 - scale * y, r: 5, opacity: 0.85,
      })));
      return wide;
    });
    said.show({ space: percent(alike(inSpace)) }, tilt.value ? "tilted" : "said");
  });
});
