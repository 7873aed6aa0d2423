// Distances from a place to what the ground layers hold: highway, railway, port, power plant, settlement.

import { element } from "../page/element.js";
import { distance } from "../page/format.js";
import { COMMA, formatMessage, lang, messages } from "../page/settings.js";
import { requestJson } from "../query/requests.js";

/**
 * Return the distances that are known as text, with the kinds that no layer holds; empty where no layer is held.
 * @param {number} lon
 * @param {number} lat
 */
export async function groundDistances(lon, lat) {
  const query = new URLSearchParams({ lon: lon.toFixed(5), lat: lat.toFixed(5), f: "json" });
  // the place is shown without them
  const found = await requestJson(`/api/ground/distances?${query}`).catch(() => ({ distances: [] }));
  const title = (one) => one.title[lang] ?? one.kind;
  const known = found.distances.filter(({ km }) => km !== null).map((one) => `${title(one)} ${distance(one.km * 1000)}`);
  const missing = found.distances.filter(({ held }) => !held).map(title);
  if (!known.length) return "";
  const text = formatMessage(messages.groundNear, { distances: known.join(COMMA) });
  return missing.length ? `${text} ${formatMessage(messages.groundMissing, { kinds: missing.join(COMMA) })}` : text;
}

/** Return a paragraph that the distances from a place fill. @param {number} lon @param {number} lat */
export function groundLine(lon, lat) {
  const line = element("p", { class: "note" });
  groundDistances(lon, lat).then((text) => {
    line.textContent = text;
  });
  return line;
}
