// Tables sorted by a click on a column's name, or Enter on it. The view keeps table:column:direction.
function sortable(table) {
  const body = table.tBodies[0];
  const given = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const mine = () => view.sort.map((each) => each.split(":")).find(([name]) => name === table.id) ?? [];

  for (const head of heads.filter((each) => each.dataset.column)) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const [, column, direction] = mine();
      const other = direction === "ascending" ? "descending" : "ascending";
      const next = column === head.dataset.column ? other : "ascending";
      const others = view.sort.filter((each) => !each.startsWith(`${table.id}:`));
      changeView({ sort: [...others, `${table.id}:${head.dataset.column}:${next}`] });
      say(`Sorted by ${button.textContent}, ${next}.`);
    });
  }

  watchView(["sort"], () => {
    const [, column, direction] = mine();
    const place = column ? heads.findIndex((head) => head.dataset.column === column) : -1;
    for (const head of heads) head.removeAttribute("aria-sort");
    if (place >= 0) heads[place].setAttribute("aria-sort", direction);
    body.append(...(place < 0 ? given : [...given].sort(byColumn(place, direction))));
  });
}

// Missing figures go last, whichever way.
function byColumn(place, direction) {
  const sign = direction === "descending" ? -1 : 1;
  return (first, second) => {
    const [a, b] = [first, second].map((row) => row.cells[place].dataset.value);
    if (a === "" || b === "") return (a === "") - (b === "");
    return sign * (place === 0 ? a.localeCompare(b) : Number(a) - Number(b));
  };
}

document.querySelectorAll("table.sortable").forEach(sortable);
