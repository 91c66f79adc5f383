// Capacities read off the curves by a limit that can be moved.
const curveChart = charts.find((chart) => chart.kind === "curve");
const percentileOf = (chart) => (chart.choices && view.percentile in chart.choices ? view.percentile : chart.percentile);
const ownOf = (chart) => chart.own[percentileOf(chart)];

function limitOf(chart) {
  if (!chart.choices) return null;
  const [least, most] = chart.limits;
  return Math.min(Math.max(view.limit ?? ownOf(chart) ?? chart.limit, least), most);
}

function isOwn(chart) {
  const hasFigures = Object.keys(chart.official).length > 0;
  return hasFigures && ownOf(chart) !== undefined && Math.abs(limitOf(chart) / ownOf(chart) - 1) < 1e-6;
}

// The limits of response times that are kept: who moves one of the run's own leaves its others; who chooses a percentile
// without one asks for that alone.
function limitsOf(chart) {
  const chosen = percentileOf(chart);
  const others = ownOf(chart) === undefined ? [] : Object.entries(chart.own).filter(([name]) => name !== chosen);
  return [[chosen, limitOf(chart)], ...others];
}

const limitInWords = ([name, limit]) => `${name} < ${inThree(limit)} ms`;

function limitsInWords(chart) {
  const texts = [...limitsOf(chart).map(limitInWords), chart.errors].filter(Boolean);
  return texts.length > 1 ? `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}` : texts[0];
}

// Where the values pass the limit for good, between two rates along a straight line in logarithms. A curve that never
// does has a bound: beyond its end nothing is known.
function crossingOf(rates, values, limit) {
  const known = rates.flatMap((rate, place) => (values[place] === null ? [] : [[rate, values[place]]]));
  if (!known.length) return null;
  const after = known.findLastIndex(([, value]) => value <= limit) + 1;
  if (after === known.length) return { rate: known.at(-1)[0], bound: "at least" };
  if (after === 0) return { rate: known[0][0], bound: "less than" };
  const [[r0, v0], [r1, v1]] = [known[after - 1], known[after]];
  const part = Math.log(limit / v0) / Math.log(v1 / v0);
  return { rate: r0 * (r1 / r0) ** part, bound: "" };
}

function crossingOfTimes(chart, place, [by, limit]) {
  const rates = chart.choices[by][0][place][5];
  const [lows, highs] = chart.bands[by][place];
  const found = crossingOf(rates, chart.choices[by][0][place][6], limit);
  if (!found) return [];
  // The band's upper edge passes the limit first.
  const [low, high] = [highs, lows].map((edge) => crossingOf(rates, edge, limit));
  return [{ by, ...found, low: low?.bound ? null : (low?.rate ?? null), high: high?.bound ? null : (high?.rate ?? null) }];
}

// The smallest of what limits allow; a curve that does not cross one decides nothing if another is crossed.
function readOff(chart, place) {
  const found = [...limitsOf(chart).flatMap((limit) => crossingOfTimes(chart, place, limit)), ...chart.kept[place]];
  const isOpen = ({ bound }) => bound === "at least";
  const [first] = found.sort((a, b) => isOpen(a) - isOpen(b) || a.rate - b.rate);
  if (!first) return null;
  // In some blocks something else may be broken before that, and in others never.
  const [lowest] = found.filter(isOpen).flatMap((each) => cappedAt(first, each)).sort((a, b) => a.rate - b.rate);
  return readable(chart, place, lowest ?? first);
}

// The mean over the blocks, none above what is crossed in all of them; nothing where none is below.
function cappedAt(first, { by, rates }) {
  if (!rates || first.bound || rates.every((rate) => rate >= first.rate)) return [];
  const logs = rates.map((rate) => Math.log(Math.min(rate, first.rate)));
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  return [{ by, rate: mean, bound: "", low: null, high: null }];
}

// From some rate on the load engine took so much that what is seen there may be its own doing.
function readable(chart, place, found) {
  const most = chart.readable[place] ?? Infinity;
  const lowest = chart.choices[percentileOf(chart)][0][place][5][0];
  if (most < lowest) return null;
  if (found.rate > most) return { by: "engine", rate: most, low: null, high: null, bound: "at least" };
  return found.high > most ? { ...found, high: null } : found;
}

// Of the stacks that are shown, the highest first. By the run's own limits they are the run's own figures.
function capacitiesOf(chart) {
  const limit = limitOf(chart);
  const own = isOwn(chart);
  return chart.stacks
    .map(([stack, server], place) => {
      const official = own && chart.official[stack];
      const found = official || readOff(chart, place);
      return found && { stack, server, limit, ...found, isReadOff: own && !official, decides: decidesOf(chart, found) };
    })
    .filter((each) => each && !view.hidden.includes(each.stack))
    .sort((a, b) => b.rate - a.rate);
}

function capacityMarks(chart) {
  return capacitiesOf(chart).map((each) => ({ ...each, low: each.low ?? each.rate, high: each.high ?? each.rate }));
}

// Which limit that is, where it is not the one that is moved.
function decidesOf(chart, { by, bound }) {
  if (by === "engine") return "beyond that the load engine took too much";
  if (!by || by === percentileOf(chart) || bound === "at least") return "";
  if (by === "queue") return "a queue that grew decides";
  return `${by === "errors" ? chart.errors : limitInWords([by, chart.own[by]])} decides`;
}

function bandsOf(chart) {
  return chart.stacks.flatMap(([stack, server], place) => {
    if (view.hidden.includes(stack)) return [];
    const rates = chart.choices[percentileOf(chart)][0][place][5];
    const [lows, highs] = chart.bands[percentileOf(chart)][place];
    return rates
      .map((t, at) => ({ stack, server, t, low: lows[at], high: highs[at] }))
      .filter(({ low, high }) => low !== null && high !== null);
  });
}

// Where queues grew: on the lines, as near as these have a point.
function grownOf(chart) {
  return chart.stacks.flatMap(([stack, server], place) => {
    const [, , , , , t, v] = chart.choices[percentileOf(chart)][0][place];
    const places = new Set(chart.grown[place].map((rate) => nearest({ t, v }, rate)));
    places.delete(null);
    return view.hidden.includes(stack) ? [] : [...places].map((at) => ({ stack, server, at, t: t[at], v: v[at] }));
  });
}

function capacityInWords({ stack, rate, low, high, bound, isReadOff, decides }) {
  const figure = `${bound ? `${bound} ` : ""}${ofThree(rate)}/s`;
  const interval = bound ? "" : intervalInWords(low, high);
  const remarks = [isReadOff && "not ranked, read off the curve", decides].filter(Boolean);
  return [stack, [figure + interval, ...remarks].join("; ")];
}

function intervalInWords(low, high) {
  if (low !== null && high !== null) return ` (${ofThree(low)} to ${ofThree(high)})`;
  if (low !== null) return ` (${ofThree(low)} or more)`;
  return high === null ? "" : ` (${ofThree(high)} or less)`;
}

// As the ranking has them: 20.0, and not 20.
function ofThree(value) {
  return value.toLocaleString("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
}

function inThree(value) {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}

if (curveChart) {
  const STEPS = 400;
  const [least, most] = curveChart.limits;
  const slider = document.getElementById("limit");
  const said = document.getElementById("limit-said");
  const list = document.getElementById("read-off");
  const mark = document.getElementById("read-off-head");
  const kept = document.getElementById("read-off-limits");
  const inMs = () => `${inThree(limitOf(curveChart))} ms`;
  const limitAt = (step) => Number((least * (most / least) ** (step / STEPS)).toPrecision(2));
  const tell = () => {
    const lines = capacitiesOf(curveChart).map((each) => capacityInWords(each).join(" "));
    say(`${percentileOf(curveChart)} below ${inMs()}: ${lines.join("; ")}.`);
  };
  slider.max = STEPS;
  slider.addEventListener("input", () => changeView({ limit: limitAt(slider.valueAsNumber) }));
  slider.addEventListener("change", tell);
  document.getElementById("limit-own").addEventListener("click", () => {
    changeView({ limit: null, percentile: null });
    tell();
  });
  document.getElementById("percentiles-of-curve").addEventListener("change", tell);
  watchView(["limit", "percentile", "hidden"], () => {
    slider.value = Math.round((Math.log(limitOf(curveChart) / least) / Math.log(most / least)) * STEPS);
    slider.setAttribute("aria-valuetext", inMs());
    said.textContent = inMs();
    mark.textContent = isOwn(curveChart) ? "By the run's own limit" : "Read off this run's curve";
    // A line ends between two limits, and not within one.
    kept.textContent = limitsInWords(curveChart).replace(/ (?=[<%]|ms)|(?<=<) /g, "\u00a0");
    const rows = capacitiesOf(curveChart).map((each) => {
      const [stack, text] = capacityInWords(each);
      const row = document.createElement("div");
      const name = Object.assign(document.createElement("dt"), { textContent: stack });
      const line = document.querySelector(`[data-stack="${CSS.escape(stack)}"] svg`);
      if (line) name.prepend(line.cloneNode(true), " ");
      row.append(
        name,
        Object.assign(document.createElement("dd"), { textContent: text }),
      );
      return row;
    });
    list.replaceChildren(...rows);
  });
}
