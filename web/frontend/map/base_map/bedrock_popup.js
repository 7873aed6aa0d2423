// The popup of the unit of bedrock at a place: its name, age, rocks and source.

import L from "leaflet";
import { element } from "../page/element.js";
import { COMMA, formatMessage, lang, messages, settings } from "../page/settings.js";

const COLON = lang === "zh" ? "：" : ": ";
const OTHER = "button, a, input, .leaflet-popup, .leaflet-control, .leaflet-marker-icon";

/**
 * Open a popup with the units of bedrock where the map is clicked, if a layer of bedrock is shown there.
 * @param {L.Map} map
 * @param {import("./ground.js").Ground} ground
 */
export function bindBedrock(map, ground) {
  if (!(settings.ground ?? []).some((/** @type {any} */ one) => one.bedrock)) return;
  map.on("click", async ({ latlng, originalEvent }) => {
    const target = /** @type {Element | null} */ (originalEvent?.target ?? null);
    if (target?.closest(OTHER) || map.getContainer().classList.contains("drawing")) return;
    const units = await unitsAt(map, ground, latlng);
    if (units.length) L.popup({ maxWidth: 320, className: "bedrock-popup" }).setLatLng(latlng).setContent(article(units)).openOn(map);
  });
}

/**
 * @param {L.Map} map
 * @param {import("./ground.js").Ground} ground
 * @param {L.LatLng} latlng
 */
async function unitsAt(map, ground, latlng) {
  const found = [];
  for (const one of settings.ground ?? []) {
    const layer = /** @type {any} */ (ground.layers.get(one.id));
    if (!one.bedrock || !layer || !map.hasLayer(layer) || map.getZoom() < one.minZoom) continue;
    for (const properties of await layer.polygonsAt(latlng).catch(() => [])) found.push({ layer: one, properties });
  }
  return found;
}

/** @param {{layer: any, properties: Record<string, any>}[]} units */
function article(units) {
  return element("article", { class: "popup", tabIndex: -1, "aria-label": messages.geologicAges }, ...units.flatMap(({ layer, properties }) => unit(layer, properties)));
}

/** @param {any} layer @param {Record<string, any>} properties */
function unit({ bedrock, title, source }, properties) {
  const age = bedrock.ages.find((/** @type {any} */ one) => one.code === properties.age)?.label;
  const rocks = (properties.lithology ?? "").split("|").filter(Boolean).map((/** @type {string} */ code) => bedrock.rocks[code] ?? code).join(COMMA);
  return [
    element("h2", {}, properties.unit ?? title),
    element("p", { class: "line" }, `${messages.geologicAge}${COLON}${stated(age, properties.age_text)}`),
    element("p", { class: "line" }, `${messages.rock}${COLON}${stated(rocks, properties.lithology_text)}`),
    element("p", { class: "source" }, `${messages.source}${COLON}${source}`),
  ];
}

/** Return a term with what was reported where that is another text; what is not known is said. @param {string | undefined} term @param {string | undefined} text */
function stated(term, text) {
  if (!term) return text ?? messages.unknown;
  if (!text) return term;
  const reported = formatMessage(messages.reportedAs, { text });
  return lang === "zh" ? `${term}（${reported}）` : `${term} (${reported})`;
}
