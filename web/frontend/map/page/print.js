// Headings of the printed page.

import { byId } from "./element.js";
import { formatMessage, lang, messages } from "./settings.js";

/** Return the active filters as text; empty if there is none. */
export function filterText() {
  return [...document.querySelectorAll("#chips li span")].map((one) => one.textContent).join(lang === "zh" ? "；" : "; ");
}

/** @param {import("leaflet").Map} map */
export function printing(map) {
  byId("print").addEventListener("click", () => {
    citation();
    window.print();
  });
  let scheme = "";
  matchMedia("print").addEventListener("change", ({ matches }) => {
    // paper is light
    const root = document.documentElement;
    if (matches) scheme = root.dataset.bsTheme ?? "";
    root.dataset.bsTheme = matches ? "light" : scheme;
    window.dispatchEvent(new Event("lode:scheme"));
    map.invalidateSize({ animate: false, pan: false });
  });
  window.addEventListener("beforeprint", citation);
}

function citation() {
  const day = new Date().toLocaleDateString(lang === "zh" ? "zh-CN" : "en-GB", { year: "numeric", month: "long", day: "numeric" });
  const parts = { filters: filterText() || messages.everything, n: byId("count").textContent ?? "", day, url: location.href };
  byId("cite").textContent = formatMessage(messages.cite, parts);
}
