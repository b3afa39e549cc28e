/* The cascade explorer: draws the picked cascade as it was at the time of the slider. */
const STEPS = 1000, PLAY_MS = 6000;

function startExplorer() {
  const place = document.querySelector(".explorer");
  if (!place) return;
  const { cascades, waits } = JSON.parse(place.querySelector("script").textContent);
  const [list, slider, play, told, picture, caption, facts] =
    ["select", "input", "button", "output", ".tree-place", "figcaption", "dl"].map((one) => place.querySelector(one));
  let picked = null, playing = 0;

  const colour = (delay) => delay === null ? "grey" : waits.find(([limit]) => limit === null || delay <= limit)[1];
  const last = () => Math.max(1, ...picked.nodes.delay.filter((delay) => delay !== null));
  /* The slider is logarithmic: most happens soon, the rest takes days. */
  const time = () => Number(slider.value) >= STEPS ? Infinity : (last() + 1) ** (slider.value / STEPS) - 1;

  function pick(number) {
    picked = cascades[number];
    picture.replaceChildren(skeleton(picked.nodes));
    caption.textContent = picked.finding;
    picture.setAttribute("aria-label", `${picked.name}. ${picked.finding}`);
    facts.replaceChildren(...picked.facts.map(([label, value]) => {
      const tile = document.createElement("div");
      for (const [tag, text] of [["dt", label], ["dd", value]]) {
        const part = document.createElement(tag);
        part.textContent = text;
        tile.append(part);
      }
      return tile;
    }));
    slider.value = STEPS;
    grow();
    place.dataset.picked = number;
    return choose({ picked: number });
  }

  /* Shows what had come by the time of the slider. */
  function grow() {
    const { x, y, parent, delay } = picked.nodes, now = time(), dots = {};
    let edges = "", there = 0;
    for (let n = 1; n < x.length; n++) {
      if (delay[n] !== null && delay[n] > now) continue;
      there++;
      edges += `M${x[parent[n]]} ${y[parent[n]]}L${x[n]} ${y[n]}`;
      dots[colour(delay[n])] = (dots[colour(delay[n])] || "") + `M${x[n]} ${y[n]}h0`;
    }
    picture.querySelector(".edges").setAttribute("d", edges);
    for (const path of picture.querySelectorAll(".dots")) path.setAttribute("d", dots[path.dataset.colour] || "");
    const when = now === Infinity ? "in the end" : `after ${human(now)}`;
    told.textContent = `${when}: ${there.toLocaleString("en")} of ${(x.length - 1).toLocaleString("en")} reposts`;
    slider.setAttribute("aria-valuetext", told.textContent);
  }

  function skeleton({ x, y, rings, radius, width }) {
    const svg = element("svg", { viewBox: "0 0 640 640", class: "tree", style: `max-width:${width}px` });
    for (const r of rings) svg.append(element("circle", { class: "ring", cx: x[0], cy: y[0], r }));
    svg.append(element("path", { class: "edges", "stroke-width": Math.max(0.35, Math.min(1.2, radius / 4)) }));
    for (const name of [...waits.map(([, name]) => name), "grey"]) {
      const dots = element("path", { class: `dots c-${name}`, "stroke-width": 2 * radius });
      dots.dataset.colour = name;
      svg.append(dots);
    }
    svg.append(element("circle", { class: "root", cx: x[0], cy: y[0], r: Math.max(5, 1.5 * radius) }));
    return svg;
  }

  function stop() { cancelAnimationFrame(playing); playing = 0; play.textContent = "Play"; }

  function start() {
    const begun = performance.now();
    play.textContent = "Stop";
    const step = (now) => {
      slider.value = Math.min(STEPS, ((now - begun) / PLAY_MS) * STEPS);
      grow();
      if (Number(slider.value) >= STEPS) stop(); else playing = requestAnimationFrame(step);
    };
    playing = requestAnimationFrame(step);
  }

  list.addEventListener("change", () => { stop(); pick(list.selectedIndex); });
  slider.addEventListener("input", () => { stop(); grow(); });
  play.addEventListener("click", () => (playing ? stop() : start()));
  play.hidden = still.matches;
  place.querySelector(".controls").hidden = false;
  list.selectedIndex = 0;
  pick(0);
}

function element(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function human(seconds) {
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const [unit, length] = units.find(([, length]) => seconds >= 2 * length) || ["s", 1];
  return `${Number((seconds / length).toPrecision(3))} ${unit}`;
}
