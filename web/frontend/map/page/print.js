// What the printed page says of itself.

import { byId } from "./element.js";
import { filled, lang, words } from "./settings.js";

/** The filters that are set, in words; empty where none is. */
export function filtersInWords() {
  return [...document.querySelectorAll("#chips li span")].map((one) => one.textContent).join(lang === "zh" ? "；" : "; ");
}

/** @param {import("leaflet").Map} map */
export function printing(map) {
  byId("print").addEventListener("click", () => {
    citation();
    window.print();
  });
  matchMedia("print").addEventListener("change", () => map.invalidateSize({ animate: false, pan: false }));
  window.addEventListener("beforeprint", citation);
}

function citation() {
  const day = new Date().toLocaleDateString(lang === "zh" ? "zh-CN" : "en-GB", { year: "numeric", month: "long", day: "numeric" });
  const parts = { filters: filtersInWords() || words.everything, n: byId("count").textContent ?? "", day, url: location.href };
  byId("cite").textContent = filled(words.cite, parts);
}
