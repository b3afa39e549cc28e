"use strict";
/* Draws the charts of the page, light or dark, and keeps in them what the reader has zoomed to and picked. */
const palettes = JSON.parse(document.getElementById("palettes").textContent);
const darkness = window.matchMedia("(prefers-color-scheme: dark)");
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const fonts = getComputedStyle(document.body).fontFamily;
const charts = [...document.querySelectorAll("script[data-chart]")].map((script) => {
  const spec = JSON.parse(script.textContent);
  const has = new Set((spec.params || []).map((param) => param.name));
  return { place: document.getElementById(script.dataset.chart), spec, has, view: null };
});
const chosen = {}; /* parameter of charts -> the reader's choice */
let drawn = 0;

/* Names of colours become the colours of the theme; data are left alone. */
function coloured(value, colours) {
  if (Array.isArray(value)) return value.map((one) => coloured(one, colours));
  if (value && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, key === "data" ? one : coloured(one, colours)]));
  }
  return typeof value === "string" && value[0] === "@" ? colours[value.slice(1)] || value : value;
}

/* Charts that share the time axis get equal room for their y labels, so that moments stand below each other. */
const YLABELS = 58;

function theme(colours, width, aligned) {
  const label = { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" };
  return {
    background: "transparent", font: fonts, padding: { left: 2, right: 12, top: 4, bottom: 2 },
    autosize: { type: "fit-x", contains: "padding" },
    view: { stroke: null },
    axis: { ...label, labelColor: colours.text, titleColor: colours.grey, gridColor: colours.faint, gridOpacity: 0.6,
      domainColor: colours.faint, tickColor: colours.faint, titlePadding: 8, labelPadding: 5, labelLimit: 150,
      labelOverlap: "greedy", labelSeparation: 6 },
    axisX: { tickCount: width < 480 ? 4 : 8 },
    axisY: { tickCount: 5, domain: false, ticks: false, ...(aligned && { minExtent: YLABELS, maxExtent: YLABELS }) },
    legend: { ...label, orient: "top", direction: "horizontal", columns: width < 480 ? 2 : 6, title: null,
      labelColor: colours.text, titleColor: colours.text, symbolStrokeWidth: 2.5, symbolType: "stroke",
      symbolSize: 180, offset: 8, labelLimit: 180, rowPadding: 3, columnPadding: 16 },
  };
}

async function draw(dark) {
  const turn = ++drawn;
  const colours = dark ? palettes.dark : palettes.light;
  for (const chart of charts) {
    if (turn !== drawn) return;
    const result = await vegaEmbed(chart.place, coloured(chart.spec, colours), {
      mode: "vega-lite", actions: false, renderer: "svg", ast: true,
      config: theme(colours, chart.place.clientWidth, chart.has.has("from")),
      tooltip: { theme: dark ? "dark" : "light" },
    });
    chart.view = result.view;
    await show(chart, chosen);
    chart.place.querySelector("svg").setAttribute("aria-hidden", "true");
  }
  document.documentElement.dataset.charts = String(charts.length);
}

/* Gives a chart those of some choices that it has parameters for. */
async function show(chart, choices) {
  const names = Object.keys(choices).filter((name) => chart.has.has(name));
  if (!chart.view || !names.length) return;
  for (const name of names) chart.view.signal(name, choices[name]);
  await chart.view.runAsync();
}

/* Remembers a choice and shows it in every chart. */
async function choose(choices) {
  Object.assign(chosen, choices);
  for (const chart of charts) await show(chart, choices);
}

function redraw() { draw(darkness.matches).catch((error) => console.error("a chart could not be drawn", error)); }
