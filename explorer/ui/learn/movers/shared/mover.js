// What all movers share: controls, outputs, a chart, a grid of cells. CONTRIBUTING.md has the list.
//
//   export default mover(({ ui, words, values }) => {
//     const factor = ui.slider("factor", { min: 0.5, max: 1.5, step: 0.01, value: 0.9 });
//     const left = ui.number("left");
//     ui.draw(() => left.show(power(factor.value ** 50)));
//   });
//
// The first argument of every control and output is its name: the label is the word of that name.

function mover(build) {
  return ({ data, parentElement }) => {
    const root = parentElement.querySelector(".mover");
    const given = JSON.stringify(data);
    if (root.given === given) return;
    root.given = given;
    root.replaceChildren();
    const ui = new Ui(root, data.words);
    build({ ui, words: data.words, values: data.values });
    ui.redraw();
  };
}

// --- numbers in words ---

const minus = text => text.replace("-", "−");

// a whole number with separators: 25,557,032
const count = value => minus(Math.round(value).toLocaleString("en"));

// a number in some figures: 0.1234
const figures = (value, digits = 3) => minus(String(Number(Number(value).toPrecision(digits))));

// a number with digits after the point: 0.90
const fixed = (value, digits = 2) => minus(Number(value).toFixed(digits).replace(/^-(0\.?0*)$/, "$1"));

// a number that may be very large or small: 0.35, 4.1·10⁻⁴
function power(value, digits = 2) {
  if (value === 0 || !Number.isFinite(value)) return value === 0 ? "0" : Number.isNaN(value) ? "NaN" : "∞";
  const [figure, exponent] = value.toExponential(digits - 1).split("e");
  if (exponent >= -2 && exponent < 4) return minus(Number(value.toPrecision(digits)).toLocaleString("en", { maximumFractionDigits: 10 }));
  return `${minus(figure)}·10${raised(Number(exponent))}`;
}

const raised = exponent => [...String(exponent)].map(sign => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻").join("");

// the words with {name} replaced by what it stands for
const fill = (words, values = {}) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// --- elements ---

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

function shape(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

class Ui {
  #words; #controls; #numbers; #body; #draws = [];

  constructor(root, words) {
    this.#words = words;
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", this.word("title"));
    this.#controls = element("div", { class: "controls" });
    this.#numbers = element("div", { class: "numbers" });
    this.#body = element("div", { class: "body" });
    root.append(element("h3", {}, this.word("title")), this.#controls, this.#numbers, this.#body);
  }

  // the word of a name, with {…} filled in
  word(name, values) {
    if (!(name in this.#words)) throw new Error(`the mover's words lack "${name}"`);
    return fill(this.#words[name], values);
  }

  // draws once everything is built, and again whenever a control moves
  draw(draws) { this.#draws.push(draws); }
  redraw() { this.#draws.forEach(draws => draws()); }

  // --- controls: each has a value ---

  // from min to max in steps, or through a list of choices; `format` says how a value reads
  slider(name, { min, max, step = 1, choices, value, format = String }) {
    const at = index => (choices ? choices[index] : index);
    const input = element("input", {
      type: "range", "data-name": name, "aria-label": this.word(name),
      min: choices ? 0 : min, max: choices ? choices.length - 1 : max, step: choices ? 1 : step,
    });
    input.value = choices ? choices.indexOf(value) : value;
    const output = element("output");
    const say = () => {
      output.textContent = format(control.value);
      input.setAttribute("aria-valuetext", output.textContent);
    };
    const control = {
      get value() { return at(Number(input.value)); },
      set value(next) { input.value = choices ? choices.indexOf(next) : next; say(); },
      limit(most) { input.max = most; say(); },
      input,
    };
    input.oninput = () => { say(); this.redraw(); };
    say();
    this.#controls.append(element("label", { class: "slider" }, element("span", {}, this.word(name), output), input));
    return control;
  }

  // one of several options, whose labels are the words "<name>_<option>", or else the options themselves
  choice(name, options, value = options[0]) {
    const group = `${name}-${Math.random()}`;
    const inputs = options.map(option => {
      const input = element("input", { type: "radio", name: group, "data-name": name, value: option });
      input.checked = option === value;
      input.onchange = () => this.redraw();
      return input;
    });
    const labels = inputs.map((input, place) => {
      const key = `${name}_${options[place]}`;
      return element("label", {}, input, key in this.#words ? this.word(key) : String(options[place]));
    });
    const box = element("div", { class: "options" }, ...labels);
    this.#controls.append(element("fieldset", {}, element("legend", {}, this.word(name)), box));
    return {
      get value() { return options[inputs.findIndex(input => input.checked)]; },
      set value(next) { inputs[options.indexOf(next)].checked = true; },
    };
  }

  // on or off
  toggle(name, value = false) {
    const input = element("input", { type: "checkbox", "data-name": name });
    input.checked = value;
    input.onchange = () => this.redraw();
    this.#controls.append(element("label", { class: "toggle" }, input, this.word(name)));
    return { get value() { return input.checked; }, set value(next) { input.checked = next; } };
  }

  button(name, press) {
    const button = element("button", { type: "button", "data-name": name }, this.word(name));
    button.onclick = () => { press(); this.redraw(); };
    this.#controls.append(button);
    return button;
  }

  // a button that moves a slider along, around and around, until it is pressed again; a step where motion is not wanted
  play(slider, { ms = 400 } = {}) {
    const { input } = slider;
    let timer = null;
    const step = () => {
      if (!input.isConnected) return clearInterval(timer);
      const next = Number(input.value) + Number(input.step);
      input.value = next > Number(input.max) ? input.min : next;
      input.dispatchEvent(new Event("input"));
    };
    const button = this.button("play", () => {
      if (still()) return step();
      timer = timer ? clearInterval(timer) : setInterval(step, ms);
      button.textContent = this.word(timer ? "pause" : "play");
    });
    if (still()) button.textContent = this.word("step");
  }

  // --- outputs: each shows what it is given ---

  // a number with its label
  number(name) {
    const output = element("output", { "data-name": name });
    this.#numbers.append(element("div", { class: "number" }, element("span", {}, this.word(name)), output));
    return { show: text => { output.textContent = text; } };
  }

  // a sentence: the word of the name, or of another name, with {…} filled in
  sentence(name) {
    const paragraph = element("p", { "data-name": name, "aria-live": "polite" });
    this.#body.append(paragraph);
    return { show: (values, other = name) => { paragraph.textContent = this.word(other, values); } };
  }

  // rows of cells; the words "<name>_head" are its heads with bars between
  table(name) {
    const heads = this.word(`${name}_head`).split("|").map(head => element("th", { scope: "col" }, head.trim()));
    const rows = element("tbody");
    const table = element("table", { "data-name": name }, element("thead", {}, element("tr", {}, ...heads)), rows);
    this.#body.append(element("div", { class: "scroll" }, table));
    return {
      // cells by row; the number of the row that is chosen
      show(cells, chosen = -1) {
        rows.replaceChildren(...cells.map((row, place) => {
          const [first, ...others] = row.map(String);
          const made = others.map(cell => element("td", {}, cell));
          return element("tr", place === chosen ? { class: "chosen" } : {}, element("th", { scope: "row" }, first), ...made);
        }));
      },
    };
  }

  // a drawing of one's own: show is given what draws, called with the svg and its width, now and when the width changes
  picture(name, { height, width = 720 } = {}) {
    const svg = shape("svg", { role: "img", "aria-label": this.word(name), "data-name": name });
    const figure = element("figure", {}, svg);
    this.#place.append(figure);
    let draws = null;
    const again = () => {
      const wide = Math.min(width, this.#body.clientWidth || width);
      svg.replaceChildren();
      const high = draws?.(svg, wide) ?? height;
      svg.setAttribute("width", wide);
      svg.setAttribute("height", high);
      svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    };
    new ResizeObserver(again).observe(this.#body);
    return { svg, figure, show(draw) { draws = draw; again(); } };
  }

  // what the function adds stands side by side where there is room
  side(adds) {
    const box = element("div", { class: "side" });
    this.#body.append(box);
    this.#box = box;
    adds();
    this.#box = null;
  }
  #box = null;
  get #place() { return this.#box ?? this.#body; }

  // a chart: lines, bars and dots on two axes, whose titles are the words "<name>_x" and "<name>_y"
  chart(name, { height = 220, width = 720, log = false } = {}) {
    const picture = this.picture(name, { height, width });
    const titles = { x: this.word(`${name}_x`), y: this.word(`${name}_y`) };
    return { show: content => picture.show((svg, wide) => drawChart(svg, wide, height, titles, log, content)) };
  }

  // a grid of cells; with `pick` one of them is chosen by a click or the arrow keys, and is its value [row, column]
  grid(name, { cell = 24, pick = null } = {}) {
    const role = pick ? "application" : "img"; // an application gets the arrow keys from a screen reader
    const svg = shape("svg", { role, "aria-label": this.word(name), "data-name": name });
    this.#place.append(element("figure", {}, svg, element("figcaption", {}, this.word(name))));
    const control = { value: pick, svg };
    let size = [1, 1];
    const choose = (row, column) => {
      const within = (place, most) => Math.min(Math.max(place, 0), most - 1);
      control.value = [within(row, size[0]), within(column, size[1])];
      this.redraw();
    };
    if (pick) {
      svg.setAttribute("tabindex", 0);
      svg.classList.add("pick");
      const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      svg.onkeydown = event => {
        if (!(event.key in steps)) return;
        event.preventDefault();
        choose(control.value[0] + steps[event.key][0], control.value[1] + steps[event.key][1]);
      };
      const under = event => {
        const box = svg.getBoundingClientRect();
        choose(
          Math.floor(((event.clientY - box.top) / box.height) * size[0]),
          Math.floor(((event.clientX - box.left) / box.width) * size[1]),
        );
      };
      svg.onpointerdown = event => { svg.setPointerCapture(event.pointerId); under(event); };
      svg.onpointermove = event => { if (svg.hasPointerCapture(event.pointerId)) under(event); };
      svg.style.touchAction = "none";
    }
    // rows of numbers; `colour` gives a cell's fill, `text` what stands in it, `frames` are [row, column, rows, columns]
    const squares = shape("g");
    const frame = shape("g");
    svg.append(squares, frame);
    let shown = "";
    control.show = (cells, { colour, text, frames = [] } = {}) => {
      frame.replaceChildren(...frames.map(([row, column, rows, columns]) =>
        shape("rect", { class: "frame", x: column * cell, y: row * cell, width: columns * cell, height: rows * cell })));
      if (shown === JSON.stringify(cells)) return;
      shown = JSON.stringify(cells);
      size = [cells.length, cells[0].length];
      const [high, wide] = [size[0] * cell, size[1] * cell];
      const drawn = cells.flatMap((row, y) => row.flatMap((value, x) => {
        const fill = colour?.(value, y, x) ?? "none";
        const square = shape("rect", { x: x * cell, y: y * cell, width: cell, height: cell, fill, class: "axis" });
        square.style.fill = fill;
        if (!text) return [square];
        const place = { x: (x + 0.5) * cell, y: (y + 0.5) * cell, "text-anchor": "middle", "dominant-baseline": "central" };
        const words = shape("text", place, text(value, y, x));
        words.style.fill = colour ? inkOn(fill) : "var(--ink)";
        return [square, words];
      }));
      Object.entries({ width: wide, height: high, viewBox: `0 0 ${wide} ${high}` }).forEach(([key, value]) => svg.setAttribute(key, value));
      squares.replaceChildren(...drawn);
    };
    return control;
  }
}

// --- colours of cells ---

// from 0, black, to 1, white
const grey = share => `hsl(0 0% ${Math.round(100 * Math.min(Math.max(share, 0), 1))}%)`;

// from −1, blue, over 0, white, to 1, red
function signed(share) {
  const strength = Math.min(Math.abs(share), 1);
  return `hsl(${share < 0 ? 211 : 8} 68% ${Math.round(100 - 55 * strength)}%)`;
}

const inkOn = colour => (Number(colour.match(/(\d+)%\)$/)?.[1] ?? 100) > 55 ? "#111827" : "#FFFFFF");

// --- charts ---

// round numbers that cover a span in about `wanted` steps
function ticks(low, high, wanted = 5) {
  const rough = (high - low) / wanted || 1;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find(times => times * unit >= rough);
  const made = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-9; at += step) made.push(Number(at.toPrecision(12)));
  return made;
}

function powersOfTen(low, high) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const step = Math.max(1, Math.ceil((last - first) / 6));
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, n) => 10 ** (first + n * step));
}

// content: x and y, the axes' spans; lines {x, y, kind, name, dashed}, bars {from, to, y, kind, hollow}, dots {x, y, kind, name}
function drawChart(svg, wide, high, titles, log, { x, y, lines = [], bars = [], dots = [] }) {
  const frame = { left: 58, right: wide - 12, top: 22, bottom: high - 40 };
  const share = (value, [low, high], scale) => (scale(value) - scale(low)) / (scale(high) - scale(low));
  const across = value => frame.left + share(value, x, Number) * (frame.right - frame.left);
  const up = value => {
    const held = log ? Math.min(Math.max(value, y[0]), y[1]) : value;
    return frame.bottom - share(held, y, log ? Math.log10 : Number) * (frame.bottom - frame.top);
  };
  const add = (tag, attributes, ...children) => svg.append(shape(tag, attributes, ...children));
  for (const at of log ? powersOfTen(...y) : ticks(...y, 4)) {
    add("path", { class: "axis", d: `M${frame.left} ${up(at)}H${frame.right}` });
    const words = log ? (at === 1 ? "1" : `10${raised(Math.round(Math.log10(at)))}`) : figures(at, 6);
    add("text", { x: frame.left - 8, y: up(at), "text-anchor": "end", "dominant-baseline": "central" }, words);
  }
  for (const at of ticks(...x, wide < 420 ? 4 : 8)) {
    add("path", { class: "axis", d: `M${across(at)} ${frame.bottom}v5` });
    add("text", { x: across(at), y: frame.bottom + 18, "text-anchor": "middle" }, figures(at, 6));
  }
  add("text", { x: (frame.left + frame.right) / 2, y: high - 4, "text-anchor": "middle" }, titles.x);
  add("text", { x: frame.left - 50, y: 12 }, titles.y);
  for (const { from, to, y: value, kind = 0, hollow } of bars) {
    const box = { x: across(from), y: Math.min(up(value), up(0)), width: Math.max(across(to) - across(from) - 1, 0.5), height: Math.abs(up(0) - up(value)) };
    add("rect", { class: `bar k${kind}${hollow ? " hollow" : ""}`, ...box });
  }
  for (const { x: along, y: values, kind = 0, dashed } of lines) {
    const points = along.map((at, n) => `${across(at).toFixed(1)} ${up(values[n]).toFixed(1)}`);
    add("path", { class: `path k${kind}${dashed ? " dashed" : ""}`, d: `M${points.join("L")}` });
  }
  for (const { x: at, y: value, kind = 0 } of dots) add("circle", { class: `dot k${kind}`, cx: across(at), cy: up(value), r: 5 });
  const ends = [...lines.map(line => ({ ...line, x: line.x.at(-1), y: line.y.at(-1) })), ...dots]
    .filter(end => end.name)
    .map(end => ({ ...end, left: Math.min(across(end.x), frame.right) - 6, top: Math.max(up(end.y) - 8, frame.top + 10) }))
    .sort((one, other) => one.top - other.top);
  ends.forEach((end, n) => {
    // names that would lie over each other stand one below the other
    const above = ends.slice(0, n).filter(one => Math.abs(one.left - end.left) < 60).map(one => one.top + 14);
    end.top = Math.max(end.top, ...above);
    add("text", { class: `name k${end.kind ?? 0}`, x: end.left, y: end.top, "text-anchor": "end" }, end.name);
  });
}
