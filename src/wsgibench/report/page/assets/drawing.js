// Charts are drawn when they come near the screen, and again when their width changes.
const BASE_FONT = 12;
const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
const TICK_WIDTH = 80;

// Charts grow with the type of the page, which grows with the screen.
const scale = () => (parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.75) / BASE_FONT;

class Drawing {
  constructor(chart) {
    this.chart = chart;
    this.figure = document.getElementById(chart.name);
    this.plot = this.figure.querySelector(".plot");
    // Vega gives its element a role and words; the plot has better ones.
    this.canvas = this.plot.appendChild(document.createElement("div"));
    this.canvas.setAttribute("aria-hidden", "true");
    this.result = null;
    this.width = 0;
    // As high as it will be, so that nothing moves when it is drawn.
    this.plot.style.minHeight = `${this.height() * scale()}px`;
  }

  height() {
    const { rows, spec } = this.chart;
    if (this.isLead) return rows.length * leadStep(rows) + 40;
    if (this.isFlame) return flameRows(this.chart) * spec.height.step + 50;
    if (this.isLines) return spec.vconcat.length * (spec.vconcat[0].height + 42);
    // A row is a step high for each figure in it.
    return rows.length * rows[0].tips.length * spec.height.step + 50;
  }

  get isLines() {
    return "panels" in this.chart;
  }

  get isFlame() {
    return this.chart.kind === "flame";
  }

  get isLead() {
    return this.chart.kind === "lead";
  }

  async draw() {
    const width = Math.floor(this.plot.clientWidth);
    if (!width || width === this.width) return;
    this.width = width;
    const spec = this.sized(structuredClone(this.chart.spec));
    const options = { ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: false };
    this.result?.finalize();
    this.result = await vegaEmbed(this.canvas, spec, options);
    this.figure.dataset.drawn = "yes";
  }

  sized(spec) {
    const size = BASE_FONT * scale();
    Object.assign(spec.config.axis, { labelFontSize: size, titleFontSize: size });
    if (this.isLines) {
      for (const panel of spec.vconcat) Object.assign(panel, { width: this.inner, height: panel.height * scale() });
      for (const param of spec.params) param.value = this.params()[param.name];
      return { ...spec, datasets: this.datasets() };
    }
    if (this.isLead) return leadSized(spec, this.chart.rows, this.width, scale());
    if (this.isFlame) return flameSized(spec, this.width - this.right, scale());
    const labels = this.labelWidth();
    spec.width = this.width - labels - this.right;
    spec.height.step *= scale();
    for (const { mark, encoding } of spec.layer) {
      encoding.y.axis = { ...encoding.y.axis, labelLimit: labels - 12 };
      if (mark.type === "text") Object.assign(mark, { fontSize: size, dy: mark.dy * scale() });
    }
    return spec;
  }

  // Room beyond the end of the axis, for half of its last label.
  get right() {
    return 18 * scale();
  }

  // Of a plot, without the figures beside it.
  get inner() {
    return this.width - 62 * Math.max(scale(), 1) - this.right;
  }

  // Of the names beside a ranking: less than half of a small screen.
  labelWidth() {
    const longest = Math.max(...this.chart.rows.map((row) => row.stack.length));
    return Math.min(longest * 7.5 * scale() + 14, Math.round(this.width * 0.4));
  }

  range() {
    const [low, high] = wholeRange(this.chart);
    const elsewhere = view.from === null || view.from >= high || view.till <= low;
    if (this.chart.kind !== "time" || elsewhere) return [low, high];
    return [Math.max(view.from, low), Math.max(Math.min(view.till, high), view.from + SHORTEST_S)];
  }

  params() {
    const [from, till] = this.range();
    const least = ((till - from) / this.inner) * TICK_WIDTH * scale();
    const limit = limitOf(this.chart);
    return { from, till, limit, step: STEPS_S.find((step) => step >= least) ?? STEPS_S.at(-1) };
  }

  datasets() {
    const found = this.chart.kind === "time" ? { blocks: blockStarts() } : {};
    if (this.chart.choices) {
      const { chart } = this;
      Object.assign(found, { bands: bandsOf(chart), capacities: capacityMarks(chart), grown: grownOf(chart) });
    }
    this.chart.panels.forEach((_, panel) => (found[`points-${panel}`] = rowsOf(this.chart, panel)));
    return found;
  }

  async showView() {
    if (!this.result || !this.isLines) return;
    const [its, params] = [this.result.view, this.params()];
    for (const { name } of this.chart.spec.params) its.signal(name, params[name]);
    for (const [name, rows] of Object.entries(this.datasets())) its.data(name, rows);
    await its.runAsync();
  }

  // The frames of its panels on the screen.
  frames() {
    return [...this.plot.querySelectorAll("path.background")]
      .map((path) => path.getBoundingClientRect())
      .filter((box) => box.width > 0 && box.height > 0);
  }
}

function blockStarts() {
  return clock() === "run" ? run.blocks.map((each) => ({ t: each.from })) : [];
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
  // Paper shows every choice at once, in a width of its own (print.css).
  window.addEventListener("beforeprint", () => {
    document.documentElement.dataset.printing = "yes";
    unfoldAll();
    drawAll();
  });
  window.addEventListener("afterprint", () => {
    foldAsChosen();
    delete document.documentElement.dataset.printing;
    drawings.forEach((each) => each.result && each.draw());
  });
  watchView(["hidden", "block", "clock", "from", "till", "percentile", "limit"], () => drawings.forEach((drawing) => drawing.showView()));
}
