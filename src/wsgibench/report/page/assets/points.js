// From a chart's lines to what is drawn of them, as the view wants it.
const { charts, run } = JSON.parse(document.getElementById("charts-data").textContent);
const DOTS_MAX = 12;

const hasBlocks = run.blocks.length > 1;
const clock = () => (hasBlocks ? (view.clock ?? "run") : "trial");
const chosenBlock = () => (hasBlocks && run.blocks.find((each) => String(each.block) === view.block)) || null;

// A line comes as [stack, kind, block, fine, offset, times, values]; block and offset are null of a median.
function lineOf(chart, [place, kind, block, fine, offset, t, v]) {
  const [stack, server, proxy] = chart.stacks[place];
  return { stack, server, proxy, kind, block, fine: Boolean(fine), offset, t, v };
}

// The lines that are seen: strong ones have their values in the tooltip.
function tracksOf(chart, panel) {
  const shown = chart.choices ? chart.choices[percentileOf(chart)] : chart.panels;
  const lines = shown[panel].map((line) => lineOf(chart, line)).filter((line) => !view.hidden.includes(line.stack));
  if (chart.kind !== "time") return lines.map((line) => ({ ...line, strong: true }));
  const block = chosenBlock();
  const mine = block ? lines.filter((line) => line.block === block.block) : lines;
  return clock() === "run" ? overRun(mine, block) : overTrial(mine, block);
}

// Without a block the median leads, and of a single block the shortest windows follow it.
function overTrial(lines, block) {
  if (block) return lines.map((line) => strongest(line, !line.fine));
  return lines
    .filter((line) => line.block === null || line.fine !== hasBlocks)
    .map((line) => strongest(line, line.block === null));
}

function strongest(line, strong) {
  if (line.kind !== "trial") return { ...line, strong };
  return { ...line, strong, kind: strong ? "result" : line.fine ? "fine" : "trial" };
}

// Each stack's trials one after another, never joined: what lies between two blocks is no figure of anything. Of a
// trial of few windows, as there are in turns, the mean stands for all of them: a figure a block.
function overRun(lines, block) {
  const tracks = new Map();
  for (const line of lines.filter((each) => each.block !== null && (!each.fine || block))) {
    const key = [line.stack, line.kind, line.fine].join();
    const track = tracks.get(key) ?? { ...strongest(line, !line.fine), t: [], v: [] };
    const { t, v } = !block && line.t.length <= DOTS_MAX ? inOne(line) : line;
    if (track.t.length && t.length) {
      track.t.push(track.t.at(-1));
      track.v.push(null);
    }
    track.t.push(...t.map((each) => each + line.offset));
    track.v.push(...v);
    tracks.set(key, track);
  }
  return [...tracks.values()];
}

// The mean of a line's points as its only one; none where it has none.
function inOne({ t, v }) {
  const there = v.flatMap((value, place) => (value === null ? [] : [place]));
  const mean = (values) => there.reduce((sum, place) => sum + values[place], 0) / there.length;
  return there.length ? { t: [mean(t)], v: [mean(v)] } : { t: [], v: [] };
}

// A curve goes on weakly where nothing is read off it.
function splitAt(track, most) {
  if (most === undefined || most === null) return [track];
  const end = track.t.findIndex((t) => t > most);
  const part = (from, till, kind) => ({ ...track, kind, t: track.t.slice(from, till), v: track.v.slice(from, till) });
  if (end < 0) return [track];
  return [part(0, end, track.kind), part(Math.max(end - 1, 0), undefined, "trial")];
}

function rowsOf(chart, panel) {
  const isReadTo = (stack) => chart.readable?.[chart.stacks.findIndex(([name]) => name === stack)];
  const tracks = tracksOf(chart, panel).flatMap((track) => splitAt(track, isReadTo(track.stack)));
  const areFew = tracks.every(({ t }) => t.length <= DOTS_MAX);
  return tracks
    .sort((a, b) => a.strong - b.strong)
    .flatMap(({ stack, server, proxy, kind, t: times, v: values }, line) =>
      times.map((t, place) => {
        const row = { line, stack, server, proxy, kind, t, v: values[place] };
        const alone = (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null;
        if (row.v !== null && (alone || areFew)) row.dot = true;
        return row;
      }),
    );
}

// What lies farther away than the longest block was says nothing of this moment.
const longestBlock = Math.max(...run.blocks.map((each) => each.till - each.from));

// The strong lines' values at t, the greatest first.
function valuesAt(chart, panel, t) {
  const near = chart.kind === "time" ? longestBlock : Infinity;
  return tracksOf(chart, panel)
    .filter((track) => track.strong)
    .map((track) => ({ ...track, place: nearest(track, t) }))
    .filter(({ t: times, place }) => place !== null && Math.abs(times[place] - t) <= near)
    .map(({ stack, kind, v, place }) => ({ stack, kind, at: place, value: v[place] }))
    .sort((a, b) => b.value - a.value);
}

function nearest({ t: times, v: values }, t) {
  let best = null;
  for (let place = 0; place < times.length; place++) {
    if (values[place] === null) continue;
    if (best === null || Math.abs(times[place] - t) < Math.abs(times[best] - t)) best = place;
  }
  return best;
}

// From where to where a chart goes before anybody zooms.
function wholeRange(chart) {
  if (chart.kind !== "time" || clock() === "trial") return [chart.low, chart.high];
  const block = chosenBlock();
  return block ? [block.from, block.till] : [0, run.span];
}
