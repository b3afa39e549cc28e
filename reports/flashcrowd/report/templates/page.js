/* The contents mark the section in view. */
function startContents() {
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
startContents();
startTables();
startZoom();
startExplorer();
