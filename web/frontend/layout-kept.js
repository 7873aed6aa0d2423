// The shelves of kept reports that this browser knows: an address is all that opens one, so it is remembered here alone.

const KEY = "lode-shelves";
const MOST = 50;
const SHELF = /^\/layout\/reports\/([A-Za-z0-9_-]{24})$/;

/** @typedef {{shelf: string, at: string}} Known */

/** @returns {Known[]} */
function known() {
  try {
    const found = JSON.parse(window.localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => SHELF.test(`/layout/reports/${one?.shelf}`)) : [];
  } catch {
    return [];
  }
}

/** @param {Known[]} shelves */
function remember(shelves) {
  try {
    window.localStorage.setItem(KEY, JSON.stringify(shelves.slice(0, MOST)));
  } catch {
    // a browser that keeps nothing has the address still
  }
}

const here = window.location.pathname.match(SHELF)?.[1];
if (here && document.getElementById("shelf")) {
  remember([{ shelf: here, at: new Date().toISOString().slice(0, 10) }, ...known().filter(({ shelf }) => shelf !== here)]);
}

const choice = /** @type {HTMLSelectElement | null} */ (document.querySelector("select[data-shelves]"));
if (choice) {
  for (const { shelf, at } of known()) choice.add(new Option(`${shelf.slice(0, 6)}… (${at})`, shelf));
  if (choice.options.length > 1) {
    choice.selectedIndex = 1;
    choice.closest("label")?.removeAttribute("hidden");
  }
}

const list = document.getElementById("shelves");
if (list) {
  for (const { shelf, at } of known()) {
    const link = document.createElement("a");
    link.href = `/layout/reports/${shelf}`;
    link.textContent = `${shelf.slice(0, 6)}… `;
    const item = document.createElement("li");
    item.append(link, at);
    list.append(item);
  }
  list.toggleAttribute("hidden", !known().length);
  document.getElementById("no-shelves")?.toggleAttribute("hidden", Boolean(known().length));
}
