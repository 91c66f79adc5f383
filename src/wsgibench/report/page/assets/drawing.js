// Charts are drawn when they come near the screen, and again when their width changes.
const charts = JSON.parse(document.getElementById("charts-data").textContent).charts;
const LEFT = 60;
const RIGHT = 14;
const ERRORS = 1; // Vega's level: it warns of nominal fields that the pictures use on purpose

class Drawing {
  constructor(chart) {
    this.chart = chart;
    this.figure = document.getElementById(chart.name);
    this.plot = this.figure.querySelector(".plot");
    this.result = null;
    this.width = 0;
  }

  get isLines() {
    return this.chart.kind !== "ranking";
  }

  async draw() {
    const width = Math.floor(this.plot.clientWidth);
    if (!width || width === this.width) return;
    this.width = width;
    const spec = structuredClone(this.chart.spec);
    const datasets = {};
    if (this.isLines) {
      for (const panel of spec.vconcat) panel.width = width - LEFT - RIGHT;
      this.chart.panels.forEach((_, panel) => (datasets[`points-${panel}`] = rowsOf(this.chart, panel)));
      this.setRange(spec.params);
    } else {
      spec.width = width - this.labelWidth() - RIGHT;
      for (const layer of spec.layer) if (layer.encoding.y.axis) layer.encoding.y.axis.maxExtent = this.labelWidth();
    }
    const options = { ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: false, logLevel: ERRORS };
    this.result?.finalize();
    this.result = await vegaEmbed(this.plot, { ...spec, datasets }, options);
    this.figure.dataset.drawn = "yes";
  }

  // Of the names beside a ranking: half of a small screen at most.
  labelWidth() {
    return Math.min(200, Math.round(this.width * 0.4));
  }

  range() {
    const { low, high, kind } = this.chart;
    if (kind !== "time" || view.from === null) return [low, high];
    return [Math.max(view.from, low), Math.min(view.till, high)];
  }

  setRange(params) {
    const [from, till] = this.range();
    for (const param of params) param.value = param.name === "from" ? from : till;
  }

  async showView() {
    if (!this.result || !this.isLines) return;
    const [from, till] = this.range();
    const its = this.result.view.signal("from", from).signal("till", till);
    this.chart.panels.forEach((_, panel) => its.data(`points-${panel}`, rowsOf(this.chart, panel)));
    await its.runAsync();
  }

  // The frames of its panels on the screen.
  frames() {
    return [...this.plot.querySelectorAll("path.background")]
      .map((path) => path.getBoundingClientRect())
      .filter((box) => box.width > 0 && box.height > 0);
  }
}

const drawings = charts.filter((chart) => chart.spec).map((chart) => new Drawing(chart));
const drawingOf = new Map(drawings.map((drawing) => [drawing.figure, drawing]));

function drawAll() {
  return Promise.all(drawings.map((drawing) => drawing.draw()));
}

{
  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) drawingOf.get(entry.target).draw();
    },
    { rootMargin: "600px 0px" },
  );
  let waiting = 0;
  const resized = new ResizeObserver((entries) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => drawings.forEach((each) => each.result && each.draw()), 120);
  });
  for (const drawing of drawings) {
    near.observe(drawing.figure);
    resized.observe(drawing.figure);
  }
  window.addEventListener("beforeprint", drawAll);
  watchView(["hidden", "block", "from", "till"], () => drawings.forEach((drawing) => drawing.showView()));
}
