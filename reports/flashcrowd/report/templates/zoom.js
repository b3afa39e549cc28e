/* One time axis: dragging across a chart, or the buttons, zoom every chart that lies along it. */
const LEAST_DRAG = 6; /* pixels */

function startZoom() {
  const along = charts.filter((chart) => chart.has.has("from"));
  const bar = document.querySelector(".zoom");
  if (!bar || !along.length) return;
  const value = (name) => along[0].spec.params.find((param) => param.name === name).value;
  const whole = { from: value("from"), to: value("to") };
  const told = bar.querySelector("output");

  const written = (at) => {
    if (bar.dataset.unit !== "clock") return `${Number(at.toPrecision(4))} ${bar.dataset.unit}`;
    const minutes = Math.round((at % 24) * 60);
    const two = (n) => String(n).padStart(2, "0");
    return `day ${Math.floor(at / 24) + 1}, ${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
  };

  function zoom(from, to) {
    const least = (whole.to - whole.from) / 1000;
    const span = Math.min(Math.max(to - from, least), whole.to - whole.from);
    const begin = Math.min(Math.max(from, whole.from), whole.to - span);
    const all = span >= whole.to - whole.from;
    told.textContent = all ? "whole run" : `${written(begin)} to ${written(begin + span)}`;
    document.documentElement.dataset.zoom = all ? "" : `${begin} ${begin + span}`;
    return choose({ from: begin, to: begin + span });
  }

  function by(factor, shift) {
    const { from, to } = { ...whole, ...chosen };
    const middle = (from + to) / 2 + shift * (to - from);
    return zoom(middle - (factor * (to - from)) / 2, middle + (factor * (to - from)) / 2);
  }

  const moves = { in: () => by(0.5, 0), out: () => by(2, 0), earlier: () => by(1, -0.5), later: () => by(1, 0.5),
    all: () => zoom(whole.from, whole.to) };
  for (const button of bar.querySelectorAll("button")) button.addEventListener("click", moves[button.value]);
  for (const chart of along) drag(chart.place, zoom, moves.all, () => ({ ...whole, ...chosen }));
  bar.hidden = false;
}

/* Lets the pointer mark a stretch of one chart. */
function drag(place, zoom, all, now) {
  const band = document.createElement("div");
  band.className = "band";
  let begun = null;
  const box = () => place.querySelector("svg .role-frame.root .background").getBoundingClientRect();
  const inside = (event, area) => Math.min(Math.max(event.clientX, area.left), area.right);

  place.addEventListener("pointerdown", (event) => {
    const area = box();
    if (event.button || event.clientX < area.left || event.clientX > area.right) return;
    begun = event.clientX;
    place.setPointerCapture(event.pointerId);
  });
  place.addEventListener("pointermove", (event) => {
    if (begun === null) return;
    const area = box(), own = place.getBoundingClientRect(), at = inside(event, area);
    if (!band.parentNode) place.append(band);
    band.style.left = `${Math.min(begun, at) - own.left}px`;
    band.style.width = `${Math.abs(at - begun)}px`;
    band.style.top = `${area.top - own.top}px`;
    band.style.height = `${area.height}px`;
  });
  place.addEventListener("pointerup", (event) => {
    const area = box(), first = begun, last = inside(event, area);
    begun = null;
    band.remove();
    if (first === null || Math.abs(last - first) < LEAST_DRAG) return;
    const { from, to } = now();
    const at = (x) => from + ((x - area.left) / area.width) * (to - from);
    zoom(Math.min(at(first), at(last)), Math.max(at(first), at(last)));
  });
  place.addEventListener("pointercancel", () => { begun = null; band.remove(); });
  place.addEventListener("dblclick", all);
}
