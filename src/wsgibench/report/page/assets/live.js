// While the run goes on: news once a second (cli/live/messages.py), the page anew after each block.
{
  const place = document.getElementById("live");
  const UNDISTURBED_MS = 5_000;
  const FAILURES_MAX = 5;
  let news = null;
  let seen = null;
  let failures = 0;
  let isOld = false;
  let touched = -Infinity;

  const cell = (text, name = "td", its = {}) => Object.assign(document.createElement(name), { textContent: text }, its);
  const line = (cells) => {
    const row = document.createElement("tr");
    row.append(...cells);
    return row;
  };
  // As many digits each second, or the columns would jump.
  const digits = { minimumSignificantDigits: 3, maximumSignificantDigits: 3 };
  const figure = (value, factor = 1, bound = "") =>
    cell(value === null ? "-" : `${bound} ${(value * factor).toLocaleString("en", digits)}`.trim());

  const tell = (text) => {
    place.querySelector("p").textContent = text;
    say(text);
  };

  const rowOf = (each, phases) => {
    const figures = phases.flatMap((phase) => {
      const { requests_per_s = null, p50_s = null, p99_s = null, bound = "" } = each.phases[phase] ?? {};
      return [figure(requests_per_s, 1, bound), figure(p50_s, 1e3), figure(p99_s, 1e3)];
    });
    const name = cell(each.at_hand ? `▸ ${each.stack}` : each.stack, "th", { scope: "row" });
    return line([name, cell(`${each.counted} of ${each.done}`), ...figures, cell(each.now)]);
  };

  // Once a second for the eye; screen readers are told once a block.
  const show = ({ block, blocks, ended, trials, left_s, doing, settled, phases, rows }) => {
    const left = `${Math.ceil(left_s / 60)} min left at most`;
    place.querySelector("p").textContent = `Block ${block} of ${blocks}, ${ended} of ${trials} trials, ${left}. ${doing}`;
    const figures = phases.flatMap((phase) => [`${phase}: requests/s`, "p50 ms", "p99 ms"]);
    const heads = ["stack", "counted", ...figures, "now"].map((text) => cell(text, "th", { scope: "col" }));
    place.querySelector("thead").replaceChildren(line(heads));
    place.querySelector("tbody").replaceChildren(...rows.map((each) => rowOf(each, phases)));
    place.querySelector(".settled").textContent = settled;
    if (seen === null) say(`Block ${block} of at most ${blocks}, ${left}. ${settled}`);
    seen ??= block;
  };

  const heard = (event) => {
    const { snapshot, over } = JSON.parse(event.data);
    failures = 0;
    show(snapshot);
    const isBusy = performance.now() - touched < UNDISTURBED_MS; // whoever is clicking or typing is not interrupted
    if (!over && (snapshot.block === seen || isBusy)) return;
    news.close();
    // Of a run that is over no page will be made that could not be made now.
    if (over && isOld) tell("The run is over. wsgibench report makes its page again.");
    else location.reload();
  };

  const troubled = (event) => {
    isOld = true;
    const trouble = document.getElementById("trouble");
    trouble.textContent = `${JSON.parse(event.data)} What stands below is older; it is tried again after each block.`;
    trouble.hidden = false;
    say(trouble.textContent);
  };

  // The browser asks again by itself.
  const turnedAway = (event) => {
    failures = 0;
    tell(`${event.data} watch this run already, and no more can. This page goes on when one of them leaves.`);
  };

  const failed = () => {
    failures += 1;
    if (failures < FAILURES_MAX && news.readyState !== EventSource.CLOSED) return;
    news.close();
    tell("The run answers no more. This page shows it as far as it was known.");
  };

  // A page that nobody looks at costs the run nothing.
  const listen = () => {
    news?.close();
    if (document.hidden) return;
    news = new EventSource("events");
    news.addEventListener("message", heard);
    news.addEventListener("full", turnedAway);
    news.addEventListener("trouble", troubled);
    news.addEventListener("error", failed);
  };

  if (place) {
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => (touched = performance.now()));
    document.addEventListener("visibilitychange", listen);
    listen();
  }
}
