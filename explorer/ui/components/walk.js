// Plays a picture's walk through a network: all that it needs came in one message, nothing is asked of the server.
const HEIGHT = { wide: 1, narrow: 1.55 };
const NARROW = 600;
const AROUND = 80; // above and below it on the page, as its scroll-margin in walk.css
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const DARK = matchMedia("(prefers-color-scheme: dark)");
const SPEEDS = [0.5, 1, 2, 4];
const ICONS = {
  play: "M3 1.5v12l10.5-6z",
  pause: "M3 1.5h3.5v12H3zM8.5 1.5H12v12H8.5z",
  back: "M2 1.5h2v12H2zM13 1.5v12L5 7.5z",
  on: "M11 1.5h2v12h-2zM2 1.5v12l8-6z",
  full: "M1 1h5v2H3v3H1zM9 1h5v5h-2V3H9zM1 9h2v3h3v2H1zM12 9h2v5H9v-2h3z",
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".walk");
  const opens = data.pressed && !root.walk;
  if (root.walk?.id !== data.id) {
    root.walk?.close();
    root.walk = new Walk(root, data, opens);
  }
  root.walk.fit();
  root.walk.open = name => setTriggerValue("opened", name);
}

class Walk {
  constructor(root, data, opens) {
    Object.assign(this, { root, data, id: data.id, time: data.start, speed: 1, playing: false });
    this.build();
    this.atlas = image(data.atlas);
    this.photo = image(data.photo);
    this.result = data.result ? image(data.result) : null;
    this.watcher = new ResizeObserver(() => this.fit());
    this.watcher.observe(root);
    DARK.addEventListener("change", this.themed = () => (root.isConnected ? this.fit() : this.close()));
    if (data.pressed) this.canvas.focus({ preventScroll: true });
    Promise.all([this.atlas, this.photo, this.result].filter(Boolean).map(one => one.decode())).then(() => {
      this.fit();
      if (opens) root.scrollIntoView();
      if (data.play && !STILL.matches) this.play();
    });
  }

  close() {
    this.pause();
    this.watcher.disconnect();
    DARK.removeEventListener("change", this.themed);
  }

  // --- the controls ---

  build() {
    const { root, data } = this;
    root.innerHTML = `
      <canvas tabindex="0" role="img"></canvas>
      <p class="caption"><b></b><span></span></p>
      <div class="line">${this.bars()}<b></b>
        <input type="range" min="0" max="${data.duration}" step="any" aria-label="Place in the walk"></div>
      <div class="controls">
        <button class="play"></button>
        ${button("back", "One step back (←)")}${button("on", "One step on (→)")}
        <select aria-label="Speed">${SPEEDS.map(s => `<option value="${s}"${s === 1 ? " selected" : ""}>${s}×</option>`).join("")}</select>
        ${button("full", "Full screen (f)")}
        <button class="open"></button>
      </div>`;
    const find = name => root.querySelector(name);
    this.canvas = find("canvas");
    this.context = this.canvas.getContext("2d");
    this.scrub = find("input");
    this.mark = find(".line > b");
    this.parts = [...root.querySelectorAll(".line i")];
    find(".play").onclick = () => this.toggle();
    find(".back").onclick = () => this.step(-1);
    find(".on").onclick = () => this.step(1);
    find(".full").hidden = !root.requestFullscreen;
    find(".full").onclick = () => this.fullScreen();
    find(".open").onclick = () => this.show(this.stop().name);
    find("select").onchange = event => { this.speed = Number(event.target.value); };
    this.scrub.oninput = () => { this.pause(); this.go(Number(this.scrub.value)); };
    this.canvas.onclick = event => this.pick(event);
    root.onkeydown = event => this.key(event);
    root.onfullscreenchange = () => this.fit();
    this.label();
  }

  bars() {
    const { stations, duration } = this.data;
    const percent = time => `${((100 * time) / duration).toFixed(3)}%`;
    let stage = "";
    return stations.map(one => {
      const left = percent(one.start), width = (100 * (one.end - one.start)) / duration;
      const name = one.stage === stage ? "" : `<u style="left:${left};color:var(--${one.colour})">${escaped(one.stage)}</u>`;
      stage = one.stage;
      return `<i style="left:${left};width:calc(${width.toFixed(3)}% - 2px);height:${Math.round(4 + 22 * one.height)}px;
        background:var(--${one.colour})" data-end="${one.end}"></i>${name}`;
    }).join("");
  }

  key(event) {
    const typing = event.target.matches("select");
    const does = {
      " ": () => this.toggle(),
      ArrowRight: () => this.step(1),
      ArrowLeft: () => this.step(-1),
      ArrowDown: () => this.step(1),
      ArrowUp: () => this.step(-1),
      Home: () => { this.pause(); this.go(0); },
      End: () => { this.pause(); this.go(this.data.duration); },
      Enter: () => this.show(this.stop().name),
      f: () => this.fullScreen(),
    }[event.key];
    const presses = event.target.matches("button") && (event.key === " " || event.key === "Enter");
    if (!does || typing || presses || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    does();
  }

  toggle() {
    this.playing ? this.pause() : this.play();
  }

  play() {
    if (this.time >= this.data.duration - 0.01) this.time = 0;
    this.playing = true;
    this.label();
    if (STILL.matches) {
      this.timer = setInterval(() => (this.root.isConnected && this.next() ? this.go(this.next()) : this.pause()), 2500 / this.speed);
      return;
    }
    let before = performance.now();
    const frame = now => {
      if (!this.playing || !this.root.isConnected) return;
      // a tab that was hidden goes on where it was
      this.go(Math.min(this.data.duration, this.time + (Math.min(now - before, 100) / 1000) * this.speed));
      before = now;
      this.time < this.data.duration ? requestAnimationFrame(frame) : this.pause();
    };
    requestAnimationFrame(frame);
  }

  pause() {
    this.playing = false;
    clearInterval(this.timer);
    this.label();
  }

  next() {
    return this.data.stops.find(stop => stop.time > this.time + 0.01)?.time;
  }

  step(by) {
    this.pause();
    const before = this.data.stops.findLast(stop => stop.time < this.time - 0.01)?.time ?? 0;
    this.go(by > 0 ? this.next() ?? this.data.duration : before);
  }

  go(time) {
    this.time = time;
    this.draw();
  }

  // where one stands: the stop that is reached next, or at the end the last one
  stop() {
    return this.data.stops.find(stop => stop.time >= this.time - 0.02) ?? this.data.stops.at(-1);
  }

  show(name) {
    this.pause();
    if (name) this.open(name);
  }

  fullScreen() {
    document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen?.();
  }

  label() {
    const play = this.root.querySelector(".play");
    const word = this.playing ? "Pause" : "Play";
    play.innerHTML = `${icon(word.toLowerCase())}<span class="words">${word}</span>`;
    play.title = play.ariaLabel = `${word} (space)`;
    // while it plays, a reader would speak without end
    this.root.querySelector(".caption").ariaLive = this.playing ? "off" : "polite";
  }

  // --- the drawing ---

  fit() {
    const width = this.root.clientWidth;
    if (!width) return;
    this.turned = width < NARROW ? "narrow" : "wide";
    const scene = this.data.scenes[this.turned];
    this.scene = scene;
    const tree = this.root.getRootNode();
    const full = tree.fullscreenElement === this.root || tree.host?.closest("[data-alone]");
    // with caption and controls below it, all is seen at once
    const room = Math.max(120, innerHeight - (this.root.offsetHeight - this.canvas.offsetHeight) - AROUND);
    if (this.turned === "wide") {
      const high = full ? innerHeight - 210 : Math.min(400, room, Math.max(230, width * 0.42));
      this.zoom = Math.min(high / (2 * scene.half), width / (full ? 1000 : 850));
      this.high = full ? high : Math.min(high, 2 * scene.half * this.zoom);
    } else {
      this.high = full ? innerHeight - 230 : Math.min(innerHeight * 0.62, 560, room);
      this.zoom = Math.min(width / (2 * scene.half), 1.2);
    }
    this.wide = width;
    const sharp = Math.min(devicePixelRatio || 1, 2);
    this.root.style.setProperty("--high", `${this.high}px`);
    Object.assign(this.canvas, { width: Math.round(width * sharp), height: Math.round(this.high * sharp) });
    this.sharp = sharp;
    this.colours = this.read();
    const names = [...this.root.querySelectorAll(".line u")];
    names.forEach((name, i) => {
      const room = (names[i + 1]?.offsetLeft ?? width) - name.offsetLeft;
      name.style.visibility = room < name.offsetWidth + 3 ? "hidden" : "";
    });
    this.draw();
  }

  // the theme's colours as the browser has worked them out
  read() {
    const probe = document.createElement("span");
    this.root.append(probe);
    const colour = name => {
      probe.style.color = `var(--${name})`;
      return getComputedStyle(probe).color;
    };
    const names = ["ink", "paper", "frame", "muted", ...new Set(this.data.stations.map(one => one.colour))];
    const colours = Object.fromEntries(names.map(name => [name, colour(name)]));
    colours.font = getComputedStyle(this.root).fontFamily;
    probe.remove();
    return colours;
  }

  camera() {
    return along(this.scene.camera, this.time);
  }

  draw() {
    if (!this.scene || !this.root.isConnected) return;
    const { context, scene, zoom, sharp } = this;
    const wide = this.turned === "wide";
    const anchor = wide ? this.wide * 0.5 : this.high * 0.52;
    const from = this.camera() - anchor / zoom, to = from + (wide ? this.wide : this.high) / zoom;
    const shift = wide ? [-from * zoom, this.high / 2] : [this.wide / 2, -from * zoom];
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(sharp * zoom, 0, 0, sharp * zoom, sharp * shift[0], sharp * shift[1]);
    this.shift = shift;
    const seen = (...places) => places.some(p => p > from - 160 && p < to + 160);
    const place = ([a, b]) => (wide ? [a, b] : [b, a]);
    for (const one of scene.frames) if (seen(one.start[0], one.end[0], (one.start[0] + one.end[0]) / 2)) this.frame(one, place);
    for (const one of scene.wires) if (seen(one.way[0][0], one.way.at(-1)[0])) this.wire(one, place);
    for (const one of scene.spots) if (seen(one.at[0])) this.spot(one, place);
    for (const one of scene.flights) if (one.start <= this.time && this.time < one.end) this.flight(one, place);
    for (const one of scene.boxes) if (seen(one.at[0])) this.box(one, place);
    for (const one of scene.signs) if (seen(one.at[0])) this.sign(one, place);
    if (seen(scene.length, scene.length - 300)) this.answer(place);
    this.words();
  }

  words() {
    const stop = this.stop();
    const { time, data } = this;
    if (stop !== this.said) {
      this.said = stop;
      const [title, words] = this.root.querySelectorAll(".caption > *");
      title.textContent = stop.title;
      title.style.color = `var(--${stop.colour})`;
      words.textContent = stop.words;
      this.canvas.ariaLabel = `${data.title}: a picture walks through it. ${stop.title} ${stop.words}`;
      this.scrub.setAttribute("aria-valuetext", `${stop.title}: ${stop.words}`);
      const open = this.root.querySelector(".open");
      open.textContent = `Open ${stop.name}`;
      open.style.visibility = stop.name ? "" : "hidden";
    }
    this.mark.style.left = `${(100 * time) / data.duration}%`;
    this.scrub.value = time;
    for (const bar of this.parts) bar.className = time >= bar.dataset.end - 0.01 ? "gone" : "";
  }

  frame({ start, end, title, count, colour, since, until }, place) {
    const { context } = this;
    const passing = count > 1 && since < this.time && this.time <= until;
    const [x, y] = place(start), [right, bottom] = place(end);
    const left = Math.min(x, right), top = Math.min(y, bottom), width = Math.abs(right - x), height = Math.abs(bottom - y);
    context.lineWidth = 1;
    context.strokeStyle = this.colours[colour];
    context.fillStyle = this.colours.paper;
    for (const behind of count > 1 ? [8, 4, 0] : [0]) {
      context.globalAlpha = 1;
      context.beginPath();
      context.roundRect(left + behind, top + behind / 2, width, height, 10);
      context.fill();
      context.globalAlpha = 0.45;
      context.stroke();
    }
    context.globalAlpha = 1;
    this.text(passing ? this.stop().title : title, left + 11, top + 19, { size: 12.5, bold: true, colour, anchor: "left" });
    if (count > 1) this.text(`×${count}`, left + width - 11, top + 20, { size: 15, bold: true, anchor: "right" });
  }

  wire({ way, thickness, kind, colour }, place) {
    const { context } = this;
    context.strokeStyle = this.colours[colour];
    context.lineWidth = thickness;
    context.globalAlpha = 0.75;
    if (kind === "projection") context.setLineDash([3 + 1.2 * thickness, 2.5 + 0.5 * thickness]);
    if (kind === "padding") { context.setLineDash([0.1, 2.5 + 1.3 * thickness]); context.lineCap = "round"; }
    context.beginPath();
    const points = way.map(place);
    context.moveTo(...points[0]);
    points.slice(1, -1).forEach((point, i) => context.arcTo(...point, ...points[i + 2], 20));
    context.lineTo(...points.at(-1));
    context.stroke();
    context.setLineDash([]);
    context.lineCap = "butt";
    context.globalAlpha = 1;
  }

  spot(one, place) {
    const [x, y] = place(one.at);
    const there = one.reel.findLast(([time]) => time <= this.time + 0.001);
    const deck = this.data.decks[(there ?? one.reel[0])[1]];
    this.deck(deck, x, y, { empty: !there, colour: one.colour });
    const [, height] = deck[this.turned];
    const below = y + (height + this.data.shift[1] * (deck.sheets - 1)) / 2 + 13;
    if (one.word) this.text(one.word, x, below, { size: 12.5, bold: true, halo: true });
    this.text(one.shape, x, below + (one.word ? 14 : 0), { size: 10.5, colour: "muted", halo: true });
  }

  flight({ start, end, way, before, after, turn, begins, ends, colour }, place) {
    const share = eased((this.time - start) / (end - start));
    const [at, whole] = onWay(way, share);
    const [x, y] = place(at);
    if (before < 0) {
      const { context } = this;
      context.fillStyle = this.colours[colour];
      context.beginPath();
      context.arc(x, y, 6, 0, 7);
      context.fill();
      return;
    }
    // small where it goes into a box or a sign, or comes out of one
    const near = [turn === null ? 1 : Math.abs(share - turn) * whole, begins ? share * whole : 1e3, ends ? (1 - share) * whole : 1e3];
    const scale = (turn === null ? 1 : grown(near[0])) * grown(near[1]) * grown(near[2]);
    this.deck(this.data.decks[turn !== null && share > turn ? after : before], x, y, { scale, colour, lifted: true });
  }

  // sheets from the last to the first, each up and to the right of the one in front of it
  deck(deck, x, y, { scale = 1, empty = false, colour, lifted = false }) {
    const { context } = this;
    const [sheetWidth, sheetHeight] = deck[this.turned].map(size => size * scale);
    const [right, up] = this.data.shift.map(by => by * scale);
    const left = x - (sheetWidth + right * (deck.sheets - 1)) / 2;
    const top = y - (sheetHeight - up * (deck.sheets - 1)) / 2;
    context.imageSmoothingEnabled = deck === this.data.decks[0] || (deck.vector && deck.tile[2] > Math.max(sheetWidth, sheetHeight));
    for (let sheet = deck.sheets - 1; sheet >= 0; sheet--) {
      const place = [left + right * sheet, top - up * sheet, sheetWidth, sheetHeight];
      if (empty) {
        context.fillStyle = this.colours.paper;
        context.fillRect(...place);
        context.globalAlpha = 0.35;
        context.strokeStyle = this.colours[colour];
        context.lineWidth = 1;
        context.strokeRect(...place);
        context.globalAlpha = 1;
        continue;
      }
      if (lifted) {
        context.globalAlpha = 0.13;
        context.fillStyle = "#000";
        context.fillRect(place[0] + 3, place[1] + 4, sheetWidth + 1, sheetHeight + 1);
        context.globalAlpha = 1;
      }
      this.sheet(deck, sheet, place);
      context.strokeStyle = this.colours[colour];
      context.lineWidth = sheet ? 0.7 : 1.1;
      context.strokeRect(...place);
    }
  }

  sheet(deck, sheet, [x, y, width, height]) {
    const { context } = this;
    if (deck === this.data.decks[0]) {
      context.drawImage(this.photo, x, y, width, height);
      return;
    }
    const [left, top, wide, high] = deck.tile;
    const source = [this.atlas, left + sheet * wide, top, wide, high];
    if (!deck.vector || this.turned === "narrow") {
      context.drawImage(...source, x, y, width, height);
      return;
    }
    context.save();
    context.translate(x + width, y);
    context.rotate(Math.PI / 2);
    context.drawImage(...source, 0, 0, height, width);
    context.restore();
  }

  box({ at, size, text, around, colour }, place) {
    const { context } = this;
    const [x, y] = place(at), [width, height] = size;
    context.beginPath();
    context.roundRect(x - width / 2, y - height / 2, width, height, 5);
    context.fillStyle = this.colours.paper;
    context.fill();
    context.globalAlpha = 0.16;
    context.fillStyle = this.colours[colour];
    if (text) context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = this.colours[colour];
    context.lineWidth = 1.2;
    context.stroke();
    if (text) this.text(text, x, y + (around ? -2.5 : 4), { size: 12 });
    if (around) this.text(around, x, y + (text ? 12.5 : 4), { size: 10.5, colour: "muted" });
  }

  sign({ at, text, colour }, place) {
    const { context } = this;
    const [x, y] = place(at);
    context.beginPath();
    context.arc(x, y, 13, 0, 7);
    context.fillStyle = this.colours.paper;
    context.fill();
    context.lineWidth = 1.8;
    context.strokeStyle = this.colours[colour];
    context.stroke();
    this.text(text, x, y + 6.5, { size: 19 });
  }

  // what comes out: the classes with bars that grow, or the picture of a generator
  answer(place) {
    const { context, data, scene, turned } = this;
    const end = data.stations.at(-1).end;
    const share = eased(Math.min(1, Math.max(0, (this.time - end) / 1.2)));
    const wide = turned === "wide";
    const [x, y] = wide ? [scene.length - 310, -12 * data.answers.length - 4] : [-145, scene.length - 185];
    if (!share) return;
    if (this.result) {
      context.globalAlpha = share;
      context.drawImage(this.result, wide ? x : -75, wide ? -75 : y, 150, 150);
      context.globalAlpha = 1;
      return;
    }
    const colour = data.stations.at(-1).colour;
    data.answers.forEach((one, i) => {
      const top = y + i * 31;
      this.text(one.name, x, top + 9, { size: 13, bold: i === 0, anchor: "left", room: 225 });
      this.text(one.share, x + 290, top + 9, { size: 12.5, bold: i === 0, anchor: "right" });
      context.fillStyle = this.colours.frame;
      context.fillRect(x, top + 14, 290, 5);
      context.fillStyle = this.colours[colour];
      context.fillRect(x, top + 14, 290 * share * one.portion, 5);
    });
  }

  text(words, x, y, { size, bold = false, colour = "ink", anchor = "center", halo = false, room = Infinity }) {
    const { context } = this;
    context.font = `${bold ? 650 : 400} ${size}px ${this.colours.font}`;
    context.fillStyle = this.colours[colour];
    context.textAlign = anchor;
    if (context.measureText(words).width > room) {
      while (context.measureText(`${words}…`).width > room) words = words.slice(0, -1);
      words += "…";
    }
    context.strokeStyle = this.colours.paper;
    context.lineWidth = 4;
    context.lineJoin = "round";
    if (halo) context.strokeText(words, x, y);
    context.fillText(words, x, y);
  }

  // --- what was clicked ---

  pick(event) {
    const bounds = this.canvas.getBoundingClientRect();
    const x = (event.clientX - bounds.left - this.shift[0]) / this.zoom;
    const y = (event.clientY - bounds.top - this.shift[1]) / this.zoom;
    const place = ([a, b]) => (this.turned === "wide" ? [a, b] : [b, a]);
    const inside = ([left, top], [right, bottom]) => x >= left && x <= right && y >= top && y <= bottom;
    const around = ([a, b], [width, height]) => [[a - width / 2, b - height / 2], [a + width / 2, b + height / 2]];
    const { spots, boxes, frames } = this.scene;
    const now = reel => reel.findLast(([time]) => time <= this.time) ?? reel[0];
    for (const { at, reel } of spots) {
      const [time, number, name] = now(reel);
      const deck = this.data.decks[number];
      const [width, height] = deck[this.turned];
      const size = [width + this.data.shift[0] * (deck.sheets - 1), height + this.data.shift[1] * (deck.sheets - 1)];
      if (inside(...around(place(at), size))) return this.arrive(time, name);
    }
    for (const { at, size, name, time } of boxes) if (inside(...around(place(at), size))) return this.arrive(time, name);
    for (const { start, end, name } of frames) {
      if (inside(place(start).map((v, i) => Math.min(v, place(end)[i])), place(end).map((v, i) => Math.max(v, place(start)[i]))))
        return this.arrive(this.data.stops.find(stop => stop.name === name)?.time, name);
    }
    this.toggle();
  }

  arrive(time, name) {
    if (time !== undefined) this.go(time);
    this.show(name);
  }
}

function image(base64) {
  const made = new Image();
  made.src = `data:image/png;base64,${base64}`;
  return made;
}

function icon(name) {
  return `<svg viewBox="0 0 15 15" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
}

function button(name, label) {
  return `<button class="${name}" title="${label}" aria-label="${label}">${icon(name)}</button>`;
}

function escaped(text) {
  const made = document.createElement("i");
  made.textContent = text;
  return made.innerHTML;
}

function eased(share) {
  return share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2;
}

function grown(pixels) {
  return 0.3 + 0.7 * Math.min(1, pixels / 55);
}

// a smooth curve through points that never runs back (Fritsch and Carlson 1980)
function along(points, time) {
  let i = points.findIndex(([t]) => t > time);
  if (i <= 0) return points.at(i < 0 ? -1 : 0)[1];
  const slope = k => (points[k + 1][1] - points[k][1]) / Math.max(1e-6, points[k + 1][0] - points[k][0]);
  const tangent = k => {
    if (k <= 0 || k >= points.length - 1) return 0;
    const [a, b] = [slope(k - 1), slope(k)];
    return a * b <= 0 ? 0 : (2 * a * b) / (a + b);
  };
  const [[t0, p0], [t1, p1]] = [points[i - 1], points[i]];
  const h = t1 - t0, u = (time - t0) / h;
  const [m0, m1] = [tangent(i - 1), tangent(i)];
  return (1 + 2 * u) * (1 - u) ** 2 * p0 + u * (1 - u) ** 2 * h * m0 + u * u * (3 - 2 * u) * p1 + u * u * (u - 1) * h * m1;
}

// a place after a share of a way, and how long the way is
function onWay(way, share) {
  const lengths = way.slice(1).map(([a, b], i) => Math.abs(a - way[i][0]) + Math.abs(b - way[i][1]));
  const whole = lengths.reduce((sum, one) => sum + one, 0);
  let left = share * whole;
  for (const [i, length] of lengths.entries()) {
    if (left <= length) {
      const part = length ? left / length : 0;
      return [way[i].map((v, k) => v + part * (way[i + 1][k] - v)), whole];
    }
    left -= length;
  }
  return [way.at(-1), whole];
}
