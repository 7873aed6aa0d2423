// Mining rights and tailings facilities inside an area: their number, the first ten, and a link to all.

import { wkt } from "./wkt.js";
import { element } from "../page/element.js";
import { number } from "../page/format.js";
import { formatMessage, messages, nameOf } from "../page/settings.js";
import { address } from "../query/collection_query.js";
import { requestJson } from "../query/requests.js";

const FIRST = 10;
/** The collections and the properties that name their records. @type {[string, string][]} */
const INSIDE = [["mining-rights", "name_en,name_zh,right_no"], ["tailings-facilities", "name_en,name_zh"]];

/**
 * Return the lists of what lies in a polygon.
 * @param {import("leaflet").Polygon} polygon
 * @param {AbortSignal} signal
 * @returns {Promise<HTMLElement[]>}
 */
export async function listInside(polygon, signal) {
  const query = new URLSearchParams({ within: wkt(polygon.getLatLngs()) });
  return Promise.all(INSIDE.map(([kind, properties]) => listOf(kind, properties, query, signal)));
}

/**
 * @param {string} kind
 * @param {string} properties
 * @param {URLSearchParams} query
 * @param {AbortSignal} signal
 */
async function listOf(kind, properties, query, signal) {
  const path = `/api/collections/${kind}/items`;
  const found = await requestJson(address(path, query, { limit: String(FIRST), properties }), { signal });
  const title = formatMessage(messages[`inside_${kind}`], { n: number(found.numberMatched) });
  if (!found.numberMatched) return element("p", { class: "inside" }, title);
  const rows = found.features.map(({ id, properties: p }) => {
    const name = p.name_en || p.name_zh ? nameOf(p) : (p.right_no ?? messages.unnamed);
    return element("li", {}, element("a", { href: `/records/${encodeURIComponent(id)}` }, name));
  });
  const all = element("a", { href: address(path, query, { f: "html" }) }, formatMessage(messages.insideAll, { n: number(found.numberMatched) }));
  return element("details", { class: "inside" }, element("summary", {}, title), element("ol", {}, ...rows), found.numberMatched > FIRST && all);
}
