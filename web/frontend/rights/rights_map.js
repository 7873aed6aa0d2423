// Mining rights on a map: their layer, and a popup of those at a clicked place.

import L from "leaflet";
import { isAborted, requestJson } from "../map/query/requests.js";
import { settings } from "../map/page/settings.js";
import { rightPopup } from "./right_popup.js";
import { RightsLayer } from "./rights_layer.js";

const MOST = 5;

/**
 * Return the layer of the page's rights for a map; a click opens the popup of those at the place.
 * @param {L.Map} map
 * @param {(error: unknown) => void} failed
 */
export function rightsLayer(map, failed) {
  const layer = new RightsLayer(map, settings.rights, failed);
  layer.on("load", () => document.documentElement.toggleAttribute("data-rights-drawn", true));
  const open = async (/** @type {L.LeafletMouseEvent} */ { latlng }) => {
    // a click while an area is drawn or measured is one of its corners
    if (map.getContainer().classList.contains("geoman-draw-cursor")) return;
    const found = layer.at(latlng);
    const ids = found.map((/** @type {any} */ right) => right.id).filter(Boolean);
    if (!ids.length) {
      // a square of several rights that are too small to be drawn at this zoom
      if (found.length) map.setView(latlng, Math.min(18, map.getZoom() + 3));
      return;
    }
    try {
      const shown = ids.slice(0, MOST).map(encodeURIComponent).join(",");
      const { features } = await requestJson(`/api/collections/mining-rights/items?id=${shown}&limit=${MOST}`);
      const popup = L.popup({ maxWidth: Math.min(320, window.innerWidth - 108), minWidth: 200, maxHeight: 320 });
      popup.setLatLng(latlng).setContent(rightPopup(features, found.length > features.length)).openOn(map);
    } catch (error) {
      if (!isAborted(error)) failed(error);
    }
  };
  layer.on("add", () => map.on("click", open));
  layer.on("remove", () => {
    map.off("click", open);
    document.documentElement.toggleAttribute("data-rights-drawn", false);
  });
  return layer;
}
