// Choices: objective, phase, block, stacks, part of the time, part of the page.
function chooser(id, name, panels, also = {}) {
  const choice = document.getElementById(id);
  const inputs = [...(choice?.querySelectorAll("input") ?? [])];
  choice?.addEventListener("change", (event) => changeView({ [name]: event.target.value, ...also }));
  watchView([name], () => {
    const chosen = inputs.find((input) => input.value === view[name]) ?? inputs.find((input) => input.defaultChecked) ?? inputs[0];
    if (!chosen) return;
    chosen.checked = true;
    for (const panel of panels) panel.classList.toggle("aside", panel.dataset[name] !== chosen.value);
  });
}

chooser("objectives", "objective", document.querySelectorAll("[data-objective]"));
chooser("phases", "phase", document.querySelectorAll("[data-phase]"));
chooser("percentiles-of-curve", "percentile", []);
chooser("clock", "clock", [], { from: null, till: null });

{
  const select = document.getElementById("block");
  select?.addEventListener("change", () => changeView({ block: select.value || null, from: null, till: null }));
  watchView(["block"], () => {
    if (!select) return;
    select.value = view.block ?? "";
    if (select.selectedIndex < 0) select.value = "";
  });
}

{
  const buttons = document.querySelectorAll("[data-stack]");
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const { stack } = button.dataset;
      const hidden = view.hidden.includes(stack);
      changeView({ hidden: hidden ? view.hidden.filter((each) => each !== stack) : [...view.hidden, stack] });
    });
  }
  watchView(["hidden"], () => {
    for (const button of buttons) button.setAttribute("aria-pressed", !view.hidden.includes(button.dataset.stack));
  });
}

{
  const range = () => (view.from === null ? wholeTime() : [view.from, view.till]);
  const moves = {
    in: () => zoomBy(range(), 0.5),
    out: () => zoomBy(range(), 2),
    earlier: () => zoomTo(...range().map((t) => t - (range()[1] - range()[0]) / 2)),
    later: () => zoomTo(...range().map((t) => t + (range()[1] - range()[0]) / 2)),
    all: () => zoomTo(null, null),
  };
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      moves[button.dataset.zoom]();
      const [from, till] = range();
      say(`From ${inWords(from)} to ${inWords(till)} s.`);
    });
  }
}

// Links within the page keep the view in the hash.
for (const link of document.querySelectorAll("nav a, a.skip")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const at = link.hash.slice(1);
    changeView({ at, open: parts.map(nameOf).filter((name) => name === at || view.open.includes(name)) });
  });
}
const isReload = performance.getEntriesByType("navigation")[0]?.type === "reload";
let isFirst = true;
watchView(["at"], () => {
  // Who reads on while a live page is made anew stays where they are.
  const stays = isFirst && isReload;
  isFirst = false;
  const part = view.at && document.getElementById(view.at);
  if (!part || stays) return;
  for (const folded of part.querySelectorAll(":scope > details.part")) folded.open = true;
  part.scrollIntoView();
  const head = document.getElementById(`${view.at}-head`);
  (head?.closest("summary") ?? head)?.focus({ preventScroll: true });
});
