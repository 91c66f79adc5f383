// A flame graph: which frame is where, and the one that was pressed as wide as the page.
const flameRows = (chart) => 1 + Math.max(...chart.frames.map((frame) => frame.depth));

function flameSized(spec, width, grown) {
  spec.layer[1].mark.fontSize = 12 * grown;
  return { ...spec, width, height: { step: spec.height.step * grown } };
}

function frameAt(drawing, event) {
  const [box] = drawing.frames();
  if (!box || !drawing.result) return null;
  const { view } = drawing.result;
  const [from, till] = [view.signal("from"), view.signal("till")];
  const at = from + ((event.clientX - box.left) / box.width) * (till - from);
  const depth = Math.floor(((event.clientY - box.top) / box.height) * flameRows(drawing.chart));
  return drawing.chart.frames.find((frame) => frame.depth === depth && frame.left <= at && at < frame.right) ?? null;
}

function hoverFlame(drawing, event) {
  const frame = frameAt(drawing, event);
  if (!frame) return hideTip();
  showTip(event, frame.name, frame.tips);
}

async function pressFlame(drawing, event) {
  const frame = frameAt(drawing, event);
  if (!frame) return;
  hideTip();
  await drawing.result.view.signal("from", frame.left).signal("till", frame.right).runAsync();
}
