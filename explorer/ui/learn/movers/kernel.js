// A kernel that slides over a picture, and the sum of products at the place where it lies.
export default mover(({ ui, words, values: { pictures, most, kernels } }) => {
  const digit = ui.choice("digit", Object.keys(pictures), "3");
  const kernel = ui.choice("kernel", Object.keys(kernels));
  const stride = ui.choice("stride", [1, 2]);
  const padding = ui.choice("padding", [0, 1], 1);
  let place, lies, map;
  ui.side(() => {
    place = ui.grid("picture", { cell: 30, pick: [2, 2] });
    lies = ui.grid("weights", { cell: 30 });
    map = ui.grid("map", { cell: 30, pick: [2, 2] });
  });
  const sum = ui.sentence("sum");
  const size = ui.sentence("size");
  let seen = place.value;

  ui.draw(() => {
    const [weights, pixels] = [kernels[kernel.value], padded(pictures[digit.value], padding.value)];
    const [side, step] = [pixels.length, stride.value];
    const sides = Math.floor((side - 3) / step) + 1;
    // whichever of the two was moved leads; the other follows
    const moved = place.value !== seen ? place.value.map(at => Math.round((at - 1) / step)) : map.value;
    const at = moved.map(one => Math.min(Math.max(one, 0), sides - 1));
    map.value = at;
    place.value = seen = at.map(one => one * step + 1);
    const corner = at.map(one => one * step);
    const made = Array.from({ length: sides }, (_, y) => Array.from({ length: sides }, (_, x) => products(pixels, weights, [y * step, x * step]).reduce(add)));
    const strongest = Math.max(...made.flat().map(Math.abs), 1);
    place.show(pixels, { colour: value => grey(value / most), text: minusOf, frames: [[...corner, 3, 3]] });
    lies.show(weights, { text: minusOf });
    map.show(made, { colour: value => signed(value / strongest), text: minusOf, frames: [[...at, 1, 1]] });
    const terms = pixels.slice(corner[0], corner[0] + 3).flatMap((row, y) => row.slice(corner[1], corner[1] + 3).map((pixel, x) => `${bracketed(weights[y][x])}·${pixel}`));
    sum.show({ terms: terms.join(" + "), sum: minusOf(made[at[0]][at[1]]) });
    size.show({ side: pixels.length - 2 * padding.value, padding: padding.value, stride: step, sides });
  });
});

const add = (one, other) => one + other;
const bracketed = value => value < 0 ? `(${minusOf(value)})` : value;
const minusOf = value => minus(String(value));
const products = (pixels, weights, [row, column]) => weights.flatMap((line, y) => line.map((weight, x) => weight * pixels[row + y][column + x]));

// the picture with rings of zeros around it
function padded(rows, rings) {
  const side = rows.length + 2 * rings;
  const within = at => at >= rings && at < side - rings;
  return Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => within(y) && within(x) ? rows[y - rings][x - rings] : 0));
}
