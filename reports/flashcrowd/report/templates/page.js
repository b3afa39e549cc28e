"use strict";
(() => {
  const palettes = JSON.parse(document.getElementById("palettes").textContent);
  const darkness = window.matchMedia("(prefers-color-scheme: dark)");
  const fonts = getComputedStyle(document.body).fontFamily;
  const charts = [...document.querySelectorAll("script[data-chart]")].map((script) => ({
    place: document.getElementById(script.dataset.chart),
    spec: JSON.parse(script.textContent),
  }));
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

  function theme(colours, width) {
    const label = { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" };
    return {
      background: "transparent", font: fonts, padding: { left: 2, right: 12, top: 4, bottom: 2 },
      autosize: { type: "fit-x", contains: "padding" },
      view: { stroke: null },
      axis: { ...label, labelColor: colours.text, titleColor: colours.grey, gridColor: colours.faint, gridOpacity: 0.6,
        domainColor: colours.faint, tickColor: colours.faint, titlePadding: 8, labelPadding: 5, labelLimit: 150,
        labelOverlap: "greedy", labelSeparation: 6 },
      axisX: { tickCount: width < 480 ? 4 : 8 },
      axisY: { tickCount: 5, domain: false, ticks: false },
      legend: { ...label, orient: "top", direction: "horizontal", columns: width < 480 ? 2 : 6, title: null,
        labelColor: colours.text, symbolStrokeWidth: 2.5, symbolType: "stroke", symbolSize: 180, offset: 8,
        labelLimit: 180, rowPadding: 3, columnPadding: 16 },
    };
  }

  async function draw(dark) {
    const turn = ++drawn;
    const colours = dark ? palettes.dark : palettes.light;
    for (const { place, spec } of charts) {
      if (turn !== drawn) return;
      const config = theme(colours, place.clientWidth);
      await vegaEmbed(place, coloured(spec, colours), {
        mode: "vega-lite", actions: false, renderer: "svg", ast: true, config,
        tooltip: { theme: dark ? "dark" : "light" },
      });
      const svg = place.querySelector("svg");
      svg.setAttribute("aria-hidden", "true");
    }
    document.documentElement.dataset.charts = String(charts.length);
  }

  function redraw() { draw(darkness.matches).catch((error) => console.error("a chart could not be drawn", error)); }

  /* The contents mark the section in view. */
  function follow() {
    const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
    const watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.classList.toggle("current", link === links.get(entry.target.id));
      }
    }, { rootMargin: "-15% 0px -75% 0px" });
    document.querySelectorAll("main > section").forEach((section) => watcher.observe(section));
  }

  darkness.addEventListener("change", redraw);
  window.addEventListener("beforeprint", () => draw(false));
  window.addEventListener("afterprint", redraw);
  redraw();
  follow();
})();
