// Light or dark scheme, or that of the system: stored in the browser and set before the first paint.

const KEY = "lode-scheme";
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

/** What was chosen; where the page may keep nothing, as the system has it. */
function chosen() {
  try {
    return localStorage.getItem(KEY) ?? "auto";
  } catch {
    return "auto";
  }
}

function apply() {
  const stored = chosen();
  const scheme = stored === "dark" || (stored !== "light" && system.matches) ? "dark" : "light";
  if (root.dataset.bsTheme === scheme) return;
  root.dataset.bsTheme = scheme;
  // what is drawn on a canvas is drawn anew
  window.dispatchEvent(new Event("lode:scheme"));
}

/** @param {string} scheme */
function choose(scheme) {
  try {
    localStorage.setItem(KEY, scheme);
  } catch {
    // then it holds for this page alone
  }
  apply();
}

apply();
system.addEventListener("change", apply);
window.addEventListener("storage", (event) => event.key === KEY && apply());
document.addEventListener("DOMContentLoaded", () => {
  const box = /** @type {HTMLSelectElement | null} */ (document.getElementById("scheme"));
  if (!box) return;
  box.value = chosen();
  box.addEventListener("change", () => choose(box.value));
  // without a script there is nothing to choose
  const label = box.closest("label");
  if (label) label.hidden = false;
});

// a scope of its own, apart from the names of other scripts
export {};
