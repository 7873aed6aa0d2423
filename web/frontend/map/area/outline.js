// The area of the filter as a layer of the map.

import L from "leaflet";
import { circle } from "./spheroid.js";

export const STYLE = { color: "#d4006a", weight: 2, fillOpacity: 0.08 };

/**
 * Return the outline of the area of a state as a layer.
 * @param {Record<string, string>} values
 * @returns {L.Polygon | null}
 */
export function outline(values) {
  const style = { ...STYLE, interactive: false, fillOpacity: 0.05, smoothFactor: 0 };
  if (values.near && values.radius_km) {
    const [lon, lat] = values.near.split(",").map(Number);
    if (![lon, lat, Number(values.radius_km)].every(Number.isFinite)) return null;
    return L.polygon(circle([lon, lat], Number(values.radius_km) * 1000).map(([x, y]) => /** @type {[number, number]} */ ([y, x])), style);
  }
  const rings = values.within ? ringsOf(values.within) : [];
  return rings.length ? L.polygon(/** @type {any} */ (rings), style) : null;
}

/**
 * Return the polygons of a WKT or GeoJSON text, latitude first as in Leaflet.
 * @param {string} text
 * @returns {[number, number][][][]}
 */
function ringsOf(text) {
  if (text.trimStart().startsWith("{")) {
    const { type, coordinates } = JSON.parse(text);
    return (type === "Polygon" ? [coordinates] : coordinates).map((rings) => rings.map((ring) => ring.map(([x, y]) => [y, x])));
  }
  const polygons = text.replace(/^\s*(MULTI)?POLYGON\s*Z?\s*/i, "").split(/\)\s*\)\s*,\s*\(\s*\(/);
  return polygons.map((polygon) =>
    polygon.split(/\)\s*,\s*\(/).map((ring) =>
      ring
        .replace(/[()]/g, "")
        .split(",")
        .map((pair) => pair.trim().split(/\s+/).map(Number))
        .map(([x, y]) => /** @type {[number, number]} */ ([y, x])),
    ),
  );
}
