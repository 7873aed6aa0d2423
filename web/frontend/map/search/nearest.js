// No record matches: find the nearest record of the same query without the filters of place.

import { button, element } from "../page/element.js";
import { address, collectionQuery, kindsOf } from "../query/collection_query.js";
import { requestJson, isAborted } from "../query/requests.js";
import { AREA } from "../query/state.js";
import { distance } from "../page/format.js";
import { formatMessage, messages, nameOf, settings } from "../page/settings.js";

/** Filters and values of a place. */
const PLACES = ["country", "division", "inview", ...AREA];

/**
 * Return the message if no record matches, with the nearest record; null if it is no longer wanted.
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
  const parts = [element("span", {}, messages.nothing)];
  if (found.length) {
    const { kind, feature, km } = found[0];
    const { choices, values } = wider;
    parts.push(element("span", {}, formatMessage(near || screen.state.values.within ? messages.nearest : messages.nearestMiddle, { name: nameOf(feature.properties), distance: distance(km * 1000) })));
    parts.push(button(messages.showNearest, () => screen.change({ choices, values, selected: `${kind}/${feature.id}` })));
  }
  return parts;
}

/** Return a state without the filters of a place. @param {import("../query/state.js").State} state */
function anywhere(state) {
  const withoutPlaces = (parts) => Object.fromEntries(Object.entries(parts).filter(([name]) => !PLACES.includes(name)));
  return { ...state, choices: withoutPlaces(state.choices), values: withoutPlaces(state.values) };
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
    const query = collectionQuery(state, kind, settings.filters);
    if (!query) continue;
    try {
      const { features } = await requestJson(address(`/api/collections/${kind}/items`, query, more), { signal });
      for (const feature of features) found.push({ kind, feature, km: feature.properties.distance_km });
    } catch (error) {
      if (isAborted(error)) return null;
    }
  }
  return found.sort((a, b) => a.km - b.km);
}
