// While the run goes on: news once a second (cli/live/messages.py), the page anew after each block.
{
  const place = document.getElementById("live");
  let seen = null;

  const row = (cells, name) => {
    const line = document.createElement("tr");
    for (const text of cells) line.append(Object.assign(document.createElement(name), { textContent: text }));
    return line;
  };
  const figure = (value, factor = 1) => (value === null ? "-" : inWords(value * factor));

  const show = ({ block, blocks, ended, trials, left_s, doing, settled, phases, rows }) => {
    const left = `${Math.ceil(left_s / 60)} min left at most`;
    place.querySelector("p").textContent = `Block ${block} of ${blocks}, ${ended} of ${trials} trials, ${left}. ${doing}`;
    const names = phases.flatMap((phase) => [`${phase}: requests/s`, "p50 ms", "p99 ms"]);
    const body = rows.map((each) => {
      const figures = phases.flatMap((phase) => {
        const { requests_per_s = null, p50_s = null, p99_s = null } = each.phases[phase] ?? {};
        return [figure(requests_per_s), figure(p50_s, 1e3), figure(p99_s, 1e3)];
      });
      return row([each.stack, `${each.counted} of ${each.done}`, ...figures, each.now], "td");
    });
    place.querySelector("thead").replaceChildren(row(["stack", "counted", ...names, "now"], "th"));
    place.querySelector("tbody").replaceChildren(...body);
    if (settled) place.querySelector(".settled").textContent = settled;
  };

  if (place) {
    const news = new EventSource("events");
    news.addEventListener("message", (event) => {
      const { snapshot, over } = JSON.parse(event.data);
      show(snapshot);
      seen ??= snapshot.block;
      if (over || snapshot.block !== seen) {
        news.close();
        location.reload();
      }
    });
  }
}
