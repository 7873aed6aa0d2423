// Nothing matches: what is nearest of what was asked, wherever it lies.

import { button, element } from "../page/element.js";
import { address, asked, kindsOf } from "../query/collection_query.js";
import { askJson, givenUp } from "../query/requests.js";
import { AREA } from "../query/state.js";
import { distance, filled, nameOf, settings, words } from "../page/settings.js";

/** Filters and values that ask of a place. */
const PLACES = ["country", "division", "inview", ...AREA];

/**
 * What stands where no record matches, with a way out; null when it is no longer wanted.
 * @param {import("../query/state.js").Screen} screen
 * @param {[number, number]} middle of the area or of the view, longitude and latitude
 * @param {AbortSignal} signal
 * @returns {Promise<Node[] | null>}
 */
export async function nothing(screen, middle, signal) {
  const wider = anywhere(screen.state);
  const { near } = screen.state.values;
  const found = await nearest(wider, near ? /** @type {[number, number]} */ (near.split(",").map(Number)) : middle, signal);
  if (signal.aborted || !found) return null;
  const parts = [element("span", {}, words.nothing)];
  if (found.length) {
    const { kind, feature, km } = found[0];
    const { choices, values } = wider;
    parts.push(element("span", {}, filled(near || screen.state.values.within ? words.nearest : words.nearestMiddle, { name: nameOf(feature.properties), distance: distance(km * 1000) })));
    parts.push(button(words.showNearest, () => screen.change({ choices, values, selected: `${kind}/${feature.id}` })));
  }
  return parts;
}

/** What is asked of a place falls away; what is asked of the records stays. @param {import("../query/state.js").State} state */
function anywhere(state) {
  const kept = (parts) => Object.fromEntries(Object.entries(parts).filter(([name]) => !PLACES.includes(name)));
  return { ...state, choices: kept(state.choices), values: kept(state.values) };
}

/**
 * @param {import("../query/state.js").State} state
 * @param {[number, number]} place
 * @param {AbortSignal} signal
 */
async function nearest(state, [lon, lat], signal) {
  const more = { nearest: `${lon.toFixed(5)},${lat.toFixed(5)}`, limit: "1", properties: "name_en,name_zh" };
  const found = [];
  for (const kind of kindsOf(state, Object.keys(settings.kinds))) {
    const query = asked(state, kind, settings.filters);
    if (!query) continue;
    try {
      const { features } = await askJson(address(`/api/collections/${kind}/items`, query, more), { signal });
      for (const feature of features) found.push({ kind, feature, km: feature.properties.distance_km });
    } catch (error) {
      if (givenUp(error)) return null;
    }
  }
  return found.sort((a, b) => a.km - b.km);
}
