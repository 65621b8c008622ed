// Before a page is printed: its charts get the width of their place on paper, and every sheet its title and address.
const PAPER = 702; // pixels between the margins of A4: 186 mm
const NEEDS_WIDTH = '[data-testid="stBidiComponentIsolated"], .js-plotly-plot, .on-paper table';
const sheet = document.head.appendChild(document.createElement("style"));
function toPaper() {
  for (const column of document.querySelectorAll('[data-testid="stColumn"]')) {
    const row = column.parentElement;
    row.toggleAttribute("data-stacked", row.querySelector(NEEDS_WIDTH) !== null);
  }
  for (const chart of document.querySelectorAll(".js-plotly-plot")) {
    const { width, autosize } = chart.layout;
    chart.onScreen = { width, autosize };
    Plotly.relayout(chart, { autosize: false, width: Math.min(chart.clientWidth, PAPER) });
  }
  const quoted = text => JSON.stringify(text).replaceAll("<", "\\3c ");
  sheet.textContent = `@page {
    @top-left { content: ${quoted(`ResNet Explorer · ${now.title}`)}; font: 8pt sans-serif; width: 100%; }
    @bottom-left { content: ${quoted(location.href)}; font: 7pt sans-serif; width: 90%; overflow-wrap: anywhere; }
    @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; }
  }`;
}

function toScreen() {
  for (const chart of document.querySelectorAll(".js-plotly-plot")) {
    if (chart.onScreen) Plotly.relayout(chart, chart.onScreen);
    delete chart.onScreen;
  }
}

addEventListener("beforeprint", toPaper);
addEventListener("afterprint", toScreen);
addEventListener("click", event => { if (event.target.closest?.(".st-key-print_page button")) print(); });

