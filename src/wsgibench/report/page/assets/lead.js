// The picture on the first screen, as the screen has room: names beside the rows or above them, remarks or none.
const LETTER = 7.4;
const GAP = 14;
const NARROW = 640;
const longest = (rows, field) => Math.max(...rows.map((row) => row[field].length)) * LETTER;

// Of a row, before the type of the page is grown with the screen.
function leadStep(rows) {
  // Above it stands the picture of the curves, where there are any.
  const room = charts.some((chart) => chart.kind === "curve") ? 0.45 : 1;
  const [least, most, whole] = innerWidth < NARROW ? [17, 29, 290 * room] : [24, 46, 400 * room];
  return Math.min(Math.max(whole / rows.length, least), most);
}

function leadSized(spec, rows, width, grown) {
  const size = 13 * grown;
  const figures = longest(rows, "text") * grown + GAP;
  const names = longest(rows, "stack") * grown + GAP;
  const isAbove = names > width * 0.36;
  const remarks = width < NARROW ? 0 : Math.min(longest(rows, "remark") * grown + GAP, width * 0.34);
  const left = isAbove ? 0 : names;
  const step = leadStep(rows) * grown;
  const inner = width - left - (isAbove ? 4 : figures) - remarks - 4;
  const isShown = { stack: isAbove, track: isAbove, remark: remarks > 0 };
  const layers = spec.layer.filter(({ name }) => isShown[name] ?? true);
  for (const { name, mark, encoding } of layers) {
    encoding.y.axis = isAbove ? null : { ...encoding.y.axis, labelLimit: names, labelFontSize: size, labelFontWeight: "normal" };
    if (mark.type === "text") mark.fontSize = size;
    // Above the rows: names from the left, figures to the right, and the dots below both.
    if (isAbove) mark.yOffset = step * (mark.type === "text" ? -0.22 : 0.24);
    if (name === "stack") mark.limit = inner - figures;
    if (name === "figure") mark.xOffset = isAbove ? 0 : figures;
    if (name === "remark") Object.assign(mark, { xOffset: (isAbove ? 0 : figures) + GAP, limit: remarks });
    if (name === "dot" && step < 24 * grown) encoding.size = { value: 60 };
  }
  return { ...spec, layer: layers, width: inner, height: { step } };
}
