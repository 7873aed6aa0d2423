// Distances, areas and circles on the spheroid (WGS 84), by Karney's algorithms.

import geodesic from "geographiclib-geodesic";

const { WGS84 } = /** @type {any} */ (geodesic).Geodesic;

/** @param {[number, number]} a longitude and latitude @param {[number, number]} b @returns {number} metres */
export function between([lon1, lat1], [lon2, lat2]) {
  return WGS84.Inverse(lat1, lon1, lat2, lon2).s12;
}

/** @param {[number, number][]} line @returns {number} metres */
export function length(line) {
  return line.slice(1).reduce((sum, at, i) => sum + between(line[i], at), 0);
}

/**
 * @param {[number, number][]} ring without its first point once more
 * @returns {{area: number, perimeter: number}} square metres, for either orientation, and metres
 */
export function extent(ring) {
  const polygon = WGS84.Polygon(false);
  for (const [lon, lat] of ring) polygon.AddPoint(lat, lon);
  const { area, perimeter } = polygon.Compute(false, true);
  return { area: Math.abs(area), perimeter };
}

/**
 * The points of a circle around a place, which are all equally far from it.
 * @param {[number, number]} centre
 * @param {number} metres
 * @param {number} [count]
 * @returns {[number, number][]}
 */
export function circle([lon, lat], metres, count = 128) {
  return Array.from({ length: count }, (_, i) => {
    const end = WGS84.Direct(lat, lon, (i / count) * 360, metres);
    // near the centre, not on the other side of the date line
    const turn = Math.round((lon - end.lon2) / 360) * 360;
    return /** @type {[number, number]} */ ([end.lon2 + turn, end.lat2]);
  });
}
