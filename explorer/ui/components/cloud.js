// Moves points through the depth of a network: all that it needs came in one message, nothing is asked of the server.
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const DARK = matchMedia("(prefers-color-scheme: dark)");
const SECONDS = 1.1; // from one depth to the next
const EDGE = 30; // pixels around the points
const REACH = 32767; // what stands for the edge of their field
const FEW = 150; // up to so many are drawn as pictures at first

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".cloud");
  if (root.cloud?.data.id !== data.id) {
    root.cloud?.close();
    root.cloud = new Cloud(root, data);
  } else if (root.cloud.sent !== JSON.stringify(data.stand)) {
    root.cloud.stand(data.stand);
  }
  root.cloud.sent = JSON.stringify(data.stand);
  root.cloud.tell = stands => setTriggerValue("stands", stands);
}

class Cloud {
  constructor(root, data) {
    Object.assign(this, { root, data, playing: false, hovered: null, asPictures: data.count <= FEW });
    this.networks = data.networks.map(({ label, stops }) => ({
      label,
      stops: stops.map(stop => ({
        ...stop,
        points: new Int16Array(bytes(stop.points)),
        neighbours: new Uint16Array(bytes(stop.neighbours)),
      })),
    }));
    this.build();
    this.stand(data.stand);
    this.atlas = new Image();
    this.atlas.onload = () => this.draw();
    this.atlas.src = data.atlas;
    this.watcher = new ResizeObserver(() => this.fit());
    this.watcher.observe(this.canvas);
    DARK.addEventListener("change", this.themed = () => (root.isConnected ? this.fit() : this.close()));
  }

  close() {
    this.playing = false;
    this.watcher.disconnect();
    DARK.removeEventListener("change", this.themed);
  }

  build() {
    const { root, data } = this;
    root.innerHTML = `<div class="all">
      <p class="at" aria-live="polite"></p>
      <div class="points"><canvas tabindex="0" role="img"></canvas></div>
      <div><div class="classes">${data.classes.map((name, at) => `<span style="--own:${this.own(at)}">${escaped(name)}</span>`).join("")}</div>
        <div class="picked"></div></div>
      <div class="depth"><div></div><b></b><input type="range" min="0" step="any" aria-label="Depth"></div>
      <div class="controls"><button class="play"></button><button class="back" title="One depth back">←</button>
        <button class="on" title="One depth on">→</button><button class="as"></button>
        <button class="other" ${data.networks.length > 1 ? "" : "hidden"}></button></div></div>`;
    const find = name => root.querySelector(name);
    this.canvas = find("canvas");
    this.context = this.canvas.getContext("2d");
    this.slider = find("input");
    this.mark = find(".depth b");
    this.slider.oninput = () => { this.pause(); this.go(Number(this.slider.value)); };
    this.slider.onchange = () => this.settle();
    find(".play").onclick = () => (this.playing ? this.settle() : this.play());
    find(".back").onclick = () => this.step(-1);
    find(".on").onclick = () => this.step(1);
    find(".other").onclick = () => this.change();
    find(".as").onclick = () => { this.asPictures = !this.asPictures; this.label(); this.draw(); };
    this.canvas.onclick = event => this.pick(this.nearest(event));
    this.canvas.onmousemove = event => { this.hovered = this.nearest(event); this.draw(); };
    this.canvas.onmouseleave = () => { this.hovered = null; this.draw(); };
    this.slider.onkeydown = event => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.step(step);
    };
  }

  // a bar for each depth of the network that is shown, and a line where the other network's would end
  strip() {
    const { data, stops, last } = this;
    const other = this.networks.find(network => network.stops !== stops);
    const beside = other?.stops.length === stops.length ? other.stops : [];
    const colour = stop => (stop.colour ? `var(--${stop.colour})` : "var(--muted)");
    const high = stop => 4 + 60 * (stop.alike ?? stop.explained ?? 0);
    const left = at => `${(100 * at) / (last + 1)}%`;
    const across = at => `left:calc(${left(at)} + 1px);width:calc(${100 / (last + 1)}% - 2px)`;
    const bars = stops.map((stop, at) => `<i style="${across(at)};height:${high(stop)}px;background:${colour(stop)}"></i>`);
    const lines = beside.map((stop, at) => `<s style="${across(at)};bottom:${17 + high(stop)}px" title="${escaped(other.label)}"></s>`);
    const names = stops.map((stop, at) => (at && stop.stage === stops[at - 1].stage ? "" :
      `<u style="left:${left(at)};color:${colour(stop)}">${escaped(stop.stage || stop.name)}</u>`));
    const chance = data.chance === null ? "" : `<hr style="bottom:${22 + 60 * data.chance}px" title="By chance">`;
    this.root.querySelector(".depth div").innerHTML = [...bars, ...lines, ...names, chance].join("");
    this.bars = [...this.root.querySelectorAll(".depth i")];
    // the thumb of a slider stops at its ends, a bar's middle half a bar before
    this.slider.max = last;
    this.slider.style.cssText = `left:calc(${this.place(0)} - 8px);width:calc(${(100 * last) / (last + 1)}% + 16px)`;
  }

  place(time) {
    return `${(100 * (time + 0.5)) / (this.last + 1)}%`;
  }

  own(label) {
    const [light, dark] = this.data.colours[label % this.data.colours.length];
    return `light-dark(${light}, ${dark})`;
  }

  label() {
    this.root.querySelector(".play").textContent = this.playing ? "Pause" : "Play";
    this.root.querySelector(".as").textContent = this.asPictures ? "As dots" : "As pictures";
    const other = this.networks[1 - this.network];
    if (other) this.root.querySelector(".other").textContent = `Show: ${other.label}`;
  }

  // --- where it stands ---

  stand({ network, depth, picture }) {
    this.picked = picture;
    this.network = network;
    this.stops = this.networks[network].stops;
    this.last = this.stops.length - 1;
    this.told = null;
    this.pause();
    this.strip();
    this.go(Math.min(depth, this.last));
  }

  change() {
    this.stand({ network: 1 - this.network, depth: Math.round(this.time), picture: this.picked });
    this.settle();
  }

  go(time) {
    this.time = time;
    const at = Math.round(time);
    this.slider.value = time;
    this.mark.style.left = this.place(time);
    this.bars.forEach((bar, place) => bar.classList.toggle("here", place === at));
    if (this.told !== `${at} ${this.picked}`) {
      this.told = `${at} ${this.picked}`;
      this.say(this.stops[at]);
    }
    this.draw();
  }

  step(by) {
    this.pause();
    const to = Math.min(this.last, Math.max(0, Math.round(this.time) + by));
    this.glide(to, () => this.settle());
  }

  // stops where it is, at a depth, and puts that into the address
  settle() {
    this.pause();
    this.go(Math.round(this.time));
    this.tell({ network: this.network, depth: this.time, picture: this.picked });
  }

  play() {
    if (this.time >= this.last) this.go(0);
    this.glide(this.last, () => this.settle());
  }

  glide(to, then) {
    const turn = (this.turn = {});
    this.playing = true;
    this.label();
    if (STILL.matches) {
      const next = () => {
        if (this.turn !== turn || !this.root.isConnected) return;
        this.go(Math.round(this.time) + Math.sign(to - this.time));
        Math.round(this.time) === to ? then() : setTimeout(next, 1000 * SECONDS);
      };
      if (this.time === to) return then();
      return next();
    }
    const from = this.time, long = Math.abs(to - from) * SECONDS * 1000, start = performance.now();
    const frame = now => {
      if (this.turn !== turn || !this.root.isConnected) return;
      // a frame may be dated before it was asked for
      const share = long ? Math.min(1, Math.max(0, now - start) / long) : 1;
      this.go(from + (to - from) * share);
      share < 1 ? requestAnimationFrame(frame) : then();
    };
    requestAnimationFrame(frame);
  }

  pause() {
    this.turn = null;
    this.playing = false;
    this.label();
  }

  // --- what is said ---

  say(stop) {
    const percent = share => `${Math.round(100 * share)}\u00a0%`;
    const { near, chance } = this.data;
    const label = this.networks.length > 1 ? `, ${escaped(this.networks[this.network].label)}` : "";
    const alike = stop.alike === null ? "" : `: <b>${percent(stop.alike)}</b> of the ${near} nearest pictures share a picture’s class <span>(by chance ${percent(chance)})</span>`;
    const plane = stop.explained === null ? "; all pictures are alike here" : `; the plane holds ${percent(stop.explained)} of the variance`;
    this.root.querySelector(".at").innerHTML = `<b>${escaped(stop.name)}</b>${label}${alike}<span>${plane}</span>`;
    this.canvas.setAttribute("aria-label", `${this.data.count} pictures as points at ${stop.name}`);
    const panel = this.root.querySelector(".picked");
    if (this.picked === null) {
      panel.innerHTML = "Click a point: the picture, and those nearest to it at this depth.";
      return;
    }
    const own = this.data.labels[this.picked];
    const same = [...this.near(stop)].filter(one => this.data.labels[one] === own).length;
    const count = own === undefined ? "" : ` ${same} of ${near} are of its class.`;
    panel.innerHTML = `${this.tile(this.picked, 112, "own")}<p>Nearest at ${escaped(stop.name)}, by all its features.${count}</p>
      <div>${[...this.near(stop)].map(one => this.tile(one, 56)).join("")}</div>`;
    panel.querySelectorAll("figure[data-picture]").forEach(one => { one.onclick = () => this.pick(Number(one.dataset.picture)); });
  }

  near(stop) {
    return stop.neighbours.subarray(this.picked * this.data.near, (this.picked + 1) * this.data.near);
  }

  tile(picture, width, kind = "") {
    const { side, columns, atlas, labels, classes, count } = this.data;
    const inside = width - 6, zoom = inside / side;
    const [x, y] = [picture % columns, Math.floor(picture / columns)].map(place => -place * inside);
    const own = labels.length ? `--own:${this.own(labels[picture])};` : "";
    const rows = Math.ceil(count / columns);
    return `<figure class="${kind}" ${kind ? "" : `data-picture="${picture}"`}><s style="${own}background:url(${atlas}) ${x}px ${y}px /
      ${columns * side * zoom}px ${rows * side * zoom}px border-box content-box"></s>${labels.length ? escaped(classes[labels[picture]]) : ""}</figure>`;
  }

  pick(picture) {
    this.picked = picture;
    this.settle();
  }

  nearest(event) {
    const bounds = this.canvas.getBoundingClientRect();
    const at = [event.clientX - bounds.left, event.clientY - bounds.top];
    let best = null, least = this.asPictures ? 20 : 14;
    this.places().forEach(([x, y], picture) => {
      const far = Math.hypot(x - at[0], y - at[1]);
      if (far < least) [best, least] = [picture, far];
    });
    return best;
  }

  // --- what is drawn ---

  fit() {
    const width = this.canvas.clientWidth, high = Math.round((width - 2 * EDGE) / this.data.wide + 2 * EDGE);
    this.root.style.setProperty("--high", `${high}px`);
    const dense = devicePixelRatio || 1;
    Object.assign(this.canvas, { width: width * dense, height: high * dense });
    this.context.setTransform(dense, 0, 0, dense, 0, 0);
    Object.assign(this, { width, high });
    const probe = document.createElement("span");
    this.root.append(probe);
    const colour = words => { probe.style.color = words; return getComputedStyle(probe).color; };
    this.ink = colour("var(--ink)");
    this.paper = colour("var(--paper)");
    this.colours = this.data.classes.map((_, label) => colour(this.own(label)));
    this.font = getComputedStyle(this.root).fontFamily;
    probe.remove();
    this.draw();
  }

  places() {
    const from = Math.floor(this.time), to = Math.min(from + 1, this.last), share = this.time - from;
    const eased = share * share * (3 - 2 * share);
    const a = this.stops[from].points, b = this.stops[to].points;
    // both axes have one unit
    const unit = (this.width / 2 - EDGE) / this.data.wide;
    return Array.from({ length: this.data.count }, (_, one) => [0, 1].map(axis => {
      const value = ((a[2 * one + axis] + (b[2 * one + axis] - a[2 * one + axis]) * eased) / REACH) * this.data.wide * unit;
      return axis ? this.high / 2 - value : this.width / 2 + value;
    }));
  }

  draw() {
    if (!this.width) return;
    const { context, data, colours } = this;
    const places = this.places();
    const colour = one => (data.labels.length ? colours[data.labels[one]] : this.ink);
    context.clearRect(0, 0, this.width, this.high);
    const shown = this.asPictures && this.atlas?.complete;
    const side = Math.min(data.count > FEW ? 20 : 34, this.width / 16);
    places.forEach(([x, y], one) => {
      context.fillStyle = colour(one);
      if (!shown) {
        context.globalAlpha = 0.8;
        context.beginPath();
        context.arc(x, y, data.count > 400 ? 4 : 5, 0, 7);
        context.fill();
        return;
      }
      context.fillRect(x - side / 2 - 2, y - side / 2 - 2, side + 4, side + 4);
      const [column, row] = [one % data.columns, Math.floor(one / data.columns)];
      context.drawImage(this.atlas, column * data.side, row * data.side, data.side, data.side, x - side / 2, y - side / 2, side, side);
    });
    context.globalAlpha = 1;
    if (this.picked !== null) this.lines(places);
    this.names(places);
    if (this.hovered !== null && data.labels.length) this.word(data.classes[data.labels[this.hovered]], ...places[this.hovered], 16);
  }

  // from the picked one to its neighbours
  lines(places) {
    const { context } = this, [x, y] = places[this.picked];
    const path = new Path2D();
    for (const one of this.near(this.stops[Math.round(this.time)])) {
      path.moveTo(x, y);
      path.lineTo(...places[one]);
    }
    const ring = this.asPictures ? 26 : 9;
    path.moveTo(x + ring, y);
    path.arc(x, y, ring, 0, 7);
    for (const [colour, width] of [[this.paper, 4], [this.ink, 2]]) {
      Object.assign(context, { strokeStyle: colour, lineWidth: width });
      context.stroke(path);
    }
  }

  // of the classes, in the middle of their points; one that would cover another goes below it
  names(places) {
    const { data } = this;
    if (data.classes.length > 12) return;
    const middle = (own, axis) => own.map(place => place[axis]).sort((a, b) => a - b)[own.length >> 1];
    const names = data.classes.map((text, label) => {
      const own = places.filter((_, one) => data.labels[one] === label);
      return own.length ? { text, x: middle(own, 0), y: middle(own, 1), colour: this.colours[label] } : null;
    }).filter(Boolean).sort((a, b) => a.y - b.y);
    names.forEach((name, at) => {
      for (const other of names.slice(0, at)) {
        const close = Math.abs(name.x - other.x) < 4 * (name.text.length + other.text.length);
        if (close && name.y - other.y < 15) name.y = other.y + 15;
      }
      this.word(name.text, name.x, name.y, 0, name.colour);
    });
  }

  word(text, x, y, above, colour = this.ink) {
    const { context } = this;
    context.font = `600 13px ${this.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = this.paper;
    const inside = Math.min(Math.max(x, context.measureText(text).width / 2 + 4), this.width - context.measureText(text).width / 2 - 4);
    context.strokeText(text, inside, y - above);
    context.fillStyle = colour;
    context.fillText(text, inside, y - above);
  }
}

function bytes(text) {
  return Uint8Array.from(atob(text), sign => sign.charCodeAt(0)).buffer;
}

function escaped(text) {
  return text.replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`);
}
