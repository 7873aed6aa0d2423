// Layers of points that are no marks of the queried kinds: each is off until it is chosen, and the filters do not apply to it.

import { byId, element } from "../page/element.js";
import { label, lang, settings } from "../page/settings.js";
import { svg } from "./symbols.js";

const COMMA = lang === "zh" ? "、" : ", ";
/** By collection: its title, and the fields of its popup. @type {Record<string, {title: string, fields: any[]}>} */
export const OVERLAYS = settings.overlays ?? {};

/**
 * Add a box for each layer to the panel of layers.
 * @param {import("../query/state.js").Screen} screen
 */
export function overlayChoices(screen) {
  for (const [kind, { title }] of Object.entries(OVERLAYS)) {
    const change = ({ target }) => {
      const others = screen.state.layers.filter((one) => one !== kind);
      screen.change({ layers: target.checked ? [...others, kind] : others });
    };
    const symbol = element("span", {});
    symbol.innerHTML = svg("overlay", "other", "unknown", 16);
    byId("layers").append(element("label", {}, element("input", { type: "checkbox", name: kind, onchange: change }), symbol, element("span", {}, title)));
  }
}

/** Check the boxes of the layers that are shown. @param {string[]} shown */
export function checkOverlays(shown) {
  for (const kind of Object.keys(OVERLAYS)) byId("layers").querySelector(`[name="${kind}"]`).checked = shown.includes(kind);
}

/**
 * Return the title and text of each field of a popup that has a value.
 * @param {string} kind
 * @param {any} properties
 * @returns {[string, string][]}
 */
export function overlayFacts(kind, properties) {
  return OVERLAYS[kind].fields
    .filter(({ name }) => properties[name] !== null && properties[name] !== undefined)
    .map(({ name, title, vocabulary }) => [title, [properties[name]].flat().map((value) => text(vocabulary, value)).join(COMMA)]);
}

/** @param {string | undefined} vocabulary @param {any} value */
function text(vocabulary, value) {
  return typeof value === "number" ? value.toLocaleString(lang === "zh" ? "zh-CN" : "en", { maximumSignificantDigits: 6 }) : label(vocabulary, value);
}
