/* Tables sort by a column when its heading is pressed: once upwards, again downwards. */
function startTables() {
  for (const table of document.querySelectorAll("table.sortable")) {
    table.querySelectorAll("thead tr:last-child th").forEach((heading, column) => {
      if (!heading.textContent) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sortBy(table, heading, column));
      heading.setAttribute("aria-sort", "none");
      heading.append(button);
    });
  }
}

function sortBy(table, heading, column) {
  const up = heading.getAttribute("aria-sort") !== "ascending";
  const key = (row) => row.cells[column].dataset.worth;
  const compare = (a, b) => {
    const [one, other] = [key(a), key(b)];
    if (one === undefined || other === undefined) {
      if (one !== other) return one === undefined ? 1 : -1; /* what is not known stays below */
      return (up ? 1 : -1) * a.cells[column].textContent.localeCompare(b.cells[column].textContent);
    }
    return (up ? 1 : -1) * (one - other);
  };
  const body = table.tBodies[0];
  body.append(...[...body.rows].sort(compare));
  for (const other of table.querySelectorAll("[aria-sort]")) other.setAttribute("aria-sort", "none");
  heading.setAttribute("aria-sort", up ? "ascending" : "descending");
}
