// Verdicts by single keys. They do nothing in a field, with a modifier key, or if they are switched off.

const STORAGE_KEY = "lode-desk-keys";
const boxes = ["INPUT", "TEXTAREA", "SELECT"];
const switched = /** @type {HTMLInputElement | null} */ (document.getElementById("keys"));

if (switched) {
  switched.checked = localStorage.getItem(STORAGE_KEY) !== "off";
  switched.addEventListener("change", () => localStorage.setItem(STORAGE_KEY, switched.checked ? "on" : "off"));
  // without this script no key works, and a choice made before it had come would be lost
  switched.disabled = false;
}
document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const writes = boxes.includes(target.tagName) && target !== switched;
  if (!switched?.checked || writes || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const wanted = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${CSS.escape(event.key)}"]`));
  if (!wanted) return;
  event.preventDefault();
  wanted.click();
});

// A saved value is served after a moment; the page reports when it is.
const EVERY_MS = 400;
const TIMES = 150;
const waiting = /** @type {HTMLElement | null} */ (document.querySelector("[data-served]"));

/** @param {HTMLElement} line @param {number} times */
async function follow(line, times) {
  const response = await fetch(line.dataset.served ?? "", { headers: { Accept: "application/json" } }).catch(() => null);
  const body = response?.ok ? await response.json() : null;
  if (body && body.state !== "waiting") line.textContent = body.text;
  else if (times > 0) setTimeout(() => follow(line, times - 1), EVERY_MS);
}
if (waiting) follow(waiting, TIMES);
