// A report comes alive: what is packed is unpacked, and what a person picks is marked everywhere and said beside it.
const part = id => document.getElementById(id);
const state = { data: null, selected: "", charts: [] };

async function unpacked(id) {
  const bytes = Uint8Array.from(atob(part(id).textContent), letter => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

// --- what is selected ---

function select(name) {
  state.selected = name === state.selected ? "" : name;
  const aside = part("details");
  aside.classList.toggle("picked", Boolean(state.selected));
  aside.querySelector("button").hidden = !state.selected;
  aside.querySelector("div").innerHTML = state.data.details[state.selected] ?? "";
  for (const item of document.querySelectorAll(".diagram [aria-pressed]")) item.removeAttribute("aria-pressed");
  for (const item of drawn(state.selected)) item.setAttribute("aria-pressed", "true");
  for (const row of document.querySelectorAll("tr.picked")) row.classList.remove("picked");
  for (const row of document.querySelectorAll("tr[tabindex]")) row.classList.toggle("picked", row.dataset.name === state.selected);
  markProfile();
}

// in the drawing a row that is not drawn is seen as its block, a block as its stage
function drawn(name) {
  const items = [...document.querySelectorAll(".diagram [data-id]")];
  for (const one of [name, ...(state.data.within[name] ?? [])]) {
    const found = items.filter(item => item.dataset.id === one);
    if (found.length) return found;
  }
  return [];
}

// --- tables ---

const value = cell => {
  const text = cell.textContent.replaceAll(",", "").replace("−", "-");
  return text === "–" || text === "not known" ? -Infinity : Number.parseFloat(text);
};

function alive(table) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  rows.forEach((row, place) => {
    row.place = place;
    row.dataset.name = row.cells[0].textContent;
    row.tabIndex = place ? -1 : 0;
  });
  const pick = event => { const row = event.target.closest("tr"); if (row) select(row.dataset.name); };
  body.onclick = pick;
  body.onkeydown = event => {
    const row = event.target.closest("tr");
    if (event.key === "Enter") pick(event);
    else if (event.key === "ArrowDown") row.nextElementSibling?.focus();
    else if (event.key === "ArrowUp") row.previousElementSibling?.focus();
    else return;
    event.preventDefault();
  };
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => sort(table, rows, head, column);
  });
}

// upwards, downwards, and as it was
function sort(table, rows, head, column) {
  const order = { ascending: "descending", descending: "" }[head.ariaSort] ?? "ascending";
  for (const one of table.tHead.rows[0].cells) one.removeAttribute("aria-sort");
  if (order) head.ariaSort = order;
  const isNumber = head.classList.contains("number");
  const compare = (a, b) => {
    const [left, right] = [a, b].map(row => row.cells[column]);
    const words = () => left.textContent.localeCompare(right.textContent, "en", { numeric: true });
    const by = isNumber ? value(left) - value(right) || 0 : words();
    return (order === "descending" ? -by : by) || a.place - b.place;
  };
  table.tBodies[0].append(...[...rows].sort(order ? compare : (a, b) => a.place - b.place));
}

function search(table) {
  const rows = [...table.tBodies[0].rows];
  const field = part("find");
  field.oninput = () => {
    const words = field.value.toLowerCase().replaceAll(/(\d)x(?=\d)/g, "$1×").split(/\s+/);
    for (const row of rows) row.hidden = !words.every(word => row.textContent.toLowerCase().includes(word));
    const left = rows.filter(row => !row.hidden).length;
    part("found").textContent = left < rows.length ? `${left.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows` : "";
  };
}

// --- charts ---

const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => (dark.matches && !state.onPaper ? "dark" : "light");

function draw(chart, width) {
  const figure = chart.figures[chart.shown][theme()];
  const layout = { ...figure.layout, autosize: !width, width };
  if (chart.name === "profile") layout.shapes = [...(figure.layout.shapes ?? []), ...marks()];
  Plotly.react(chart.place, figure.data, layout, { displayModeBar: false, responsive: true });
}

function marks() {
  const places = state.data.rows.flatMap((name, place) => {
    const is = name === state.selected || state.data.within[name].includes(state.selected);
    return is ? [place + 1] : [];
  });
  if (!places.length || !state.selected) return [];
  const shape = { type: "rect", yref: "paper", y0: 0, y1: 1, line: { width: 1.2 }, fillcolor: "gray", opacity: 0.25, layer: "below" };
  return [{ ...shape, x0: places[0] - 0.5, x1: places.at(-1) + 0.5 }];
}

function markProfile() {
  for (const chart of state.charts) if (chart.name === "profile" && chart.shown in chart.figures) draw(chart);
}

function show(name, figures) {
  const place = part(name).querySelector(".chart");
  const chart = { name, figures, place, shown: Object.keys(figures)[0] };
  state.charts.push(chart);
  draw(chart);
  place.on("plotly_click", event => {
    const data = event.points[0].customdata;
    if (data !== undefined) select(Array.isArray(data) ? data[0] : data);
  });
  const choice = part(name).querySelectorAll(".choice button");
  for (const button of choice) button.onclick = () => {
    chart.shown = button.textContent;
    for (const one of choice) one.ariaPressed = String(one === button);
    draw(chart);
  };
}

// --- maps: which channel lies under the pointer ---

function named(image) {
  const channels = image.dataset.channels.split(",");
  const columns = Math.min(Number(image.dataset.columns), channels.length);
  const rows = Math.ceil(channels.length / columns);
  image.onpointermove = ({ offsetX, offsetY }) => {
    const [column, row] = [offsetX / image.clientWidth * columns, offsetY / image.clientHeight * rows].map(Math.floor);
    const channel = channels[row * columns + column];
    image.title = channel === undefined ? "" : `channel ${channel}`;
  };
}

// --- all of it ---

async function begin() {
  state.data = JSON.parse(await unpacked("data"));
  for (const [name, html] of Object.entries(state.data.tables)) part(name).innerHTML = html;
  for (const table of document.querySelectorAll(".table table")) alive(table);
  const layers = document.querySelector("#layer_table table");
  if (layers) search(layers);
  const network = part("network");
  if (network) {
    const root = network.querySelector(".diagram");
    root.drawn = root.innerHTML;
    diagram({ data: { svg: root.drawn }, parentElement: network, setTriggerValue: (_, name) => select(name) });
  }
  part("details").querySelector("button").onclick = () => select("");
  document.querySelectorAll("[data-channels]").forEach(named);
  for (const button of document.querySelectorAll("[data-row]")) button.onclick = () => select(button.dataset.row);
  addEventListener("keydown", event => { if (event.key === "Escape" && state.selected) select(""); });
  document.body.append(Object.assign(document.createElement("script"), { textContent: await unpacked("plotly") }));
  for (const [name, figures] of Object.entries(state.data.charts)) show(name, figures);
  const redraw = () => { for (const chart of state.charts) draw(chart, state.onPaper ? 690 : undefined); };
  dark.addEventListener("change", redraw);
  addEventListener("beforeprint", () => { state.onPaper = true; redraw(); });
  addEventListener("afterprint", () => { state.onPaper = false; redraw(); });
  document.documentElement.dataset.ready = "";
}

if ("DecompressionStream" in window) begin();
else part("too_old").hidden = false;
