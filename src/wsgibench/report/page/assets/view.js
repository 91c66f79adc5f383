// What is shown of the report, kept in the URL's hash, so that a link brings others to the same view.
const NOTHING = {
  objective: null,
  phase: null,
  clock: null,
  block: null,
  hidden: [],
  from: null,
  till: null,
  percentile: null,
  limit: null,
  sort: [],
  open: [],
  at: null,
};
const SHORTEST_S = 0.5;
const watchers = [];
let view = readView();

function readView() {
  const read = structuredClone(NOTHING);
  const hash = location.hash.slice(1);
  if (!hash.includes("=")) return { ...read, at: hash || null };
  const given = new URLSearchParams(hash);
  for (const name of ["objective", "phase", "clock", "block", "percentile", "at"]) read[name] = given.get(name);
  for (const name of ["from", "till", "limit"]) read[name] = given.has(name) ? Number(given.get(name)) : null;
  for (const name of ["hidden", "sort", "open"]) read[name] = given.getAll(name);
  if (!(read.limit > 0)) read.limit = null;
  if (!(read.till > read.from)) read.from = read.till = null;
  read.sort = read.sort.filter((one) => /:(ascending|descending)$/.test(one));
  return read;
}

// Back leads from one part of the page to the one before, as on any page. Choices are no places: a dozen clicks on
// stacks must not lie between the reader and where they came from.
function writeView(isPlace) {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) {
    for (const one of [value].flat()) if (one !== null && one !== "") given.append(name, one);
  }
  const hash = given.toString();
  const url = hash ? `#${hash}` : location.pathname + location.search;
  if (isPlace) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}

function changeView(change) {
  const isPlace = "at" in change && change.at !== view.at;
  view = { ...view, ...change };
  writeView(isPlace);
  tellWatchers(Object.keys(change));
}

function tellWatchers(names) {
  for (const watcher of watchers) if (watcher.names.some((name) => names.includes(name))) watcher.act();
}

// Calls act now and whenever one of the names changes.
function watchView(names, act) {
  watchers.push({ names, act });
  act();
}

function say(text) {
  document.getElementById("said").textContent = text;
}

window.addEventListener("hashchange", () => {
  view = readView();
  tellWatchers(Object.keys(NOTHING));
});
