// From a chart's columns to the rows that Vega draws, as the view wants them.
const WEAK = { trial: 0, uncounted: 0, result: 1 };

function isShown(line, blocks) {
  if (view.hidden.includes(line.stack)) return false;
  const single = blocks.size <= 1;
  if (view.block !== null && !single) return line.block === Number(view.block);
  if (line.block === null) return true;
  // Over several blocks the shortest windows would hide all else; of a single one the trial is the result.
  return single ? line.fine : !line.fine;
}

function blocksOf(chart) {
  return new Set(chart.panels.flat().map((line) => line.block).filter((block) => block !== null));
}

function shownLines(chart, panel) {
  const blocks = blocksOf(chart);
  return chart.panels[panel].filter((line) => isShown(line, blocks));
}

// A trial in its usual windows stands for its stack where its block alone is shown.
function isStrong(line) {
  return line.kind === "result" || (view.block !== null && line.kind === "trial" && !line.fine);
}

function rowsOf(chart, panel) {
  return shownLines(chart, panel).flatMap((line, number) => {
    const kind = isStrong(line) ? "result" : line.kind;
    const { stack, server, proxy } = line;
    return line.t.map((t, place) => {
      const row = { line: number, stack, server, proxy, kind, t, v: line.v[place] };
      const alone = row.v !== null && (line.v[place - 1] ?? null) === null && (line.v[place + 1] ?? null) === null;
      if (row.v !== null && (alone || line.t.length <= 12)) row.dot = true;
      return row;
    });
  });
}

// The named lines' values nearest to t: what a tooltip says.
function valuesAt(chart, panel, t) {
  return shownLines(chart, panel)
    .filter((line) => line.block === null || (view.block !== null && !line.fine))
    .map((line) => {
      const place = nearest(line.t, t);
      return { stack: line.stack, at: line.t[place], value: line.v[place] };
    })
    .filter((each) => each.value !== null && each.value !== undefined);
}

function nearest(times, t) {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < t) low = middle + 1;
    else high = middle;
  }
  return low > 0 && t - times[low - 1] < times[low] - t ? low - 1 : low;
}
