// Parts of the page that are folded. Which are open stands in the view, so that a live page that is made anew keeps them.
const parts = [...document.querySelectorAll("details.part")];
const nameOf = (part) => part.parentElement.id;
const isPrinting = () => "printing" in document.documentElement.dataset;

for (const part of parts) {
  part.addEventListener("toggle", () => {
    // All at once: several may have been opened before the first of them is heard of.
    const open = parts.filter((each) => each.open).map(nameOf);
    if (!isPrinting() && open.join() !== view.open.join()) changeView({ open });
  });
}

function foldAsChosen() {
  for (const part of parts) part.open = view.open.includes(nameOf(part));
}

watchView(["open"], foldAsChosen);

// Paper shows all of them.
function unfoldAll() {
  for (const part of parts) part.open = true;
}
