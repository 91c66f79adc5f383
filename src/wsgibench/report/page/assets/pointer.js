// One cursor over all charts of a kind, a tooltip at the pointer, and dragging to zoom in time.
const tip = document.getElementById("tip");

function placeIn(drawing, event) {
  const frames = drawing.frames();
  const panel = frames.findIndex((box) => event.clientY >= box.top - 12 && event.clientY <= box.bottom + 12);
  const box = frames[panel];
  if (!box || event.clientX < box.left - 6 || event.clientX > box.right + 6) return null;
  const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
  return { panel, box, share, t: atShare(drawing, share) };
}

function atShare(drawing, share) {
  const [low, high] = drawing.range();
  return drawing.chart.kind === "time" ? low + share * (high - low) : low * (high / low) ** share;
}

function shareAt(drawing, t) {
  const [low, high] = drawing.range();
  return drawing.chart.kind === "time" ? (t - low) / (high - low) : Math.log(t / low) / Math.log(high / low);
}

function showCursor(kind, t) {
  for (const drawing of drawings) {
    if (drawing.chart.kind === kind && drawing.result) strip(drawing, "cursor", t === null ? null : [t, t]);
  }
}

// A strip over the panels of a chart, from one moment to another; null takes it away.
function strip(drawing, name, span) {
  const old = drawing.plot.querySelectorAll(`.${name}`);
  if (!span) return old.forEach((each) => each.remove());
  const around = drawing.plot.getBoundingClientRect();
  drawing.frames().forEach((box, number) => {
    const each = old[number] ?? drawing.plot.appendChild(document.createElement("div"));
    const [left, right] = span.map((t) => box.left - around.left + shareAt(drawing, t) * box.width);
    each.className = name;
    Object.assign(each.style, {
      left: `${left}px`,
      width: `${Math.max(right - left, 1)}px`,
      top: `${box.top - around.top}px`,
      height: `${box.height}px`,
    });
  });
}

function showTip(event, heading, lines) {
  if (!lines.length) return hideTip();
  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  const list = document.createElement("dl");
  for (const [name, value] of lines) list.append(element("dt", name), element("dd", value));
  tip.replaceChildren(element("strong", heading), list);
  tip.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = tip;
  const right = event.clientX + 16 + width < document.documentElement.clientWidth;
  const left = right ? event.clientX + 16 : Math.max(event.clientX - 16 - width, 4);
  const top = Math.min(event.clientY + 16, innerHeight - height - 4);
  Object.assign(tip.style, { left: `${left}px`, top: `${Math.max(top, 4)}px` });
}

function hideTip() {
  tip.hidden = true;
}

function inWords(value) {
  return value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

// In the unit of the axis.
function headingOf(drawing, t) {
  if (drawing.chart.kind.startsWith("curve")) return `${inWords(t)} requests/s asked for`;
  if (drawing.chart.kind !== "time") return `${inWords(100 - 100 / t)} % within`;
  const [from, till] = drawing.range();
  return till - from > 600 ? `${inWords(t / 60)} min` : `${inWords(t)} s`;
}

function hoverLines(drawing, place, event) {
  const { chart } = drawing;
  const found = valuesAt(chart, place.panel, place.t);
  showCursor(chart.kind, place.t);
  const grown = chart.choices ? grownOf(chart) : [];
  const remark = (each) => (grown.some(({ stack, at }) => stack === each.stack && at === each.at) ? ", a queue grew" : "");
  const line = (each) => [each.stack, `${inWords(each.value)} ${chart.unit}${remark(each)}`];
  showTip(event, headingOf(drawing, place.t), found.map(line));
}

function hoverRanking(drawing, event) {
  const [box] = drawing.frames();
  const { rows } = drawing.chart;
  const row = box && rows[Math.floor(((event.clientY - box.top) / box.height) * rows.length)];
  if (!row) return hideTip();
  showTip(event, row.stack, row.tips);
}

function follow(drawing) {
  let began = null;
  const isTime = drawing.chart.kind === "time";
  const span = (place) => [Math.min(began.t, place.t), Math.max(began.t, place.t)];
  drawing.plot.addEventListener("pointerdown", (event) => {
    began = isTime && event.button === 0 ? placeIn(drawing, event) : null;
    if (began) drawing.plot.setPointerCapture(event.pointerId);
  });
  drawing.plot.addEventListener("pointermove", (event) => {
    if (drawing.isFlame) return hoverFlame(drawing, event);
    if (!drawing.isLines) return hoverRanking(drawing, event);
    const place = placeIn(drawing, event);
    if (!place) return leave();
    hoverLines(drawing, place, event);
    if (began) strip(drawing, "chosen", span(place));
  });
  drawing.plot.addEventListener("pointerup", (event) => {
    const place = began && placeIn(drawing, event);
    if (place && Math.abs(place.share - began.share) > 0.02) zoomTo(...span(place));
    began = null;
    strip(drawing, "chosen", null);
  });
  const leave = () => {
    hideTip();
    if (drawing.isLines) showCursor(drawing.chart.kind, null);
  };
  drawing.plot.addEventListener("pointerleave", leave);
  if (drawing.isFlame) drawing.plot.addEventListener("click", (event) => pressFlame(drawing, event));
  if (!isTime) return;
  drawing.plot.addEventListener("dblclick", () => zoomTo(null, null));
  drawing.plot.addEventListener(
    "wheel",
    (event) => {
      const place = event.ctrlKey || event.metaKey ? placeIn(drawing, event) : null;
      if (!place) return;
      event.preventDefault();
      zoomBy(drawing.range(), event.deltaY > 0 ? 1.25 : 0.8, place.share);
    },
    { passive: false },
  );
}

// The longest time that any chart shows.
function wholeTime() {
  const ranges = charts.filter((chart) => chart.kind === "time").map(wholeRange);
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
}

function zoomBy([from, till], factor, share = 0.5) {
  const center = from + share * (till - from);
  zoomTo(center - (center - from) * factor, center + (till - center) * factor);
}

function zoomTo(from, till) {
  const [low, high] = wholeTime();
  if (from === null || (from <= low && till >= high)) return changeView({ from: null, till: null });
  const long = Math.min(Math.max(till - from, SHORTEST_S), high - low);
  const start = Math.min(Math.max(from, low), high - long);
  changeView({ from: Number(start.toFixed(2)), till: Number((start + long).toFixed(2)) });
}

drawings.forEach(follow);
