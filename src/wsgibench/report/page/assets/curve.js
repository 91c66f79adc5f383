// Capacities read off the curves by a limit that can be moved.
const curveChart = charts.find((chart) => chart.kind === "curve");
const percentileOf = (chart) => (chart.choices && view.percentile in chart.choices ? view.percentile : chart.percentile);
const limitOf = (chart) => (chart.choices ? (view.limit ?? chart.limit) : null);
const isOwn = (chart) => percentileOf(chart) === chart.percentile && Math.abs(limitOf(chart) / chart.limit - 1) < 1e-6;

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

function readOff(chart, place, limit) {
  const [, , , , , rates, values] = chart.choices[percentileOf(chart)][0][place];
  const [lows, highs] = chart.bands[percentileOf(chart)][place];
  const found = crossingOf(rates, values, limit);
  if (!found) return null;
  // The band's upper edge passes the limit first.
  const [low, high] = [highs, lows].map((edge) => crossingOf(rates, edge, limit));
  return { ...found, low: low?.bound ? null : (low?.rate ?? null), high: high?.bound ? null : (high?.rate ?? null) };
}

// Of the stacks that are shown, the highest first. By the run's own limit they are the run's own figures.
function capacitiesOf(chart) {
  const limit = limitOf(chart);
  return chart.stacks
    .map(([stack, server], place) => {
      const official = isOwn(chart) && chart.official[stack];
      const found = official
        ? { rate: official[0], low: official[1], high: official[2], bound: official[3] }
        : readOff(chart, place, limit);
      return found && { stack, server, limit, ...found, low: found.low ?? found.rate, high: found.high ?? found.rate };
    })
    .filter((each) => each && !view.hidden.includes(each.stack))
    .sort((a, b) => b.rate - a.rate);
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

function capacityInWords({ stack, rate, low, high, bound }) {
  const figure = `${bound ? `${bound} ` : ""}${inThree(rate)}/s`;
  const interval = !bound && low < high ? ` (${inThree(low)} to ${inThree(high)})` : "";
  return [stack, figure + interval];
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
