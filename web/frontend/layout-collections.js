// The collections of saved reports that this browser knows. The address is the only access to one, so it is stored here alone.

const KEY = "lode-report-collections";
const MOST = 50;
const ADDRESS = /^\/layout\/reports\/([A-Za-z0-9_-]{24})$/;

/** @typedef {{collection: string, at: string}} Known */

/** @returns {Known[]} */
function known() {
  try {
    const found = JSON.parse(window.localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => ADDRESS.test(`/layout/reports/${one?.collection}`)) : [];
  } catch {
    return [];
  }
}

/** @param {Known[]} collections */
function remember(collections) {
  try {
    window.localStorage.setItem(KEY, JSON.stringify(collections.slice(0, MOST)));
  } catch {
    // without storage, the reader still has the address
  }
}

const here = window.location.pathname.match(ADDRESS)?.[1];
if (here && document.getElementById("collection")) {
  const others = known().filter(({ collection }) => collection !== here);
  remember([{ collection: here, at: new Date().toISOString().slice(0, 10) }, ...others]);
}

const choice = /** @type {HTMLSelectElement | null} */ (document.querySelector("select[data-collections]"));
if (choice) {
  for (const { collection, at } of known()) choice.add(new Option(`${collection.slice(0, 6)}… (${at})`, collection));
  if (choice.options.length > 1) {
    choice.selectedIndex = 1;
    choice.closest("label")?.removeAttribute("hidden");
  }
}

const list = document.getElementById("collections");
if (list) {
  for (const { collection, at } of known()) {
    const link = document.createElement("a");
    link.href = `/layout/reports/${collection}`;
    link.textContent = `${collection.slice(0, 6)}… `;
    const item = document.createElement("li");
    item.append(link, at);
    list.append(item);
  }
  list.toggleAttribute("hidden", !known().length);
  document.getElementById("no-collections")?.toggleAttribute("hidden", Boolean(known().length));
}
