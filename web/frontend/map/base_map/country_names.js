// Names of countries and their positions.

import { lang, settings } from "../page/settings.js";

/** @typedef {{text: string, lon: number, lat: number, size: number}} Name */

/**
 * Return the names with their positions, largest country first. A position is the centroid of the largest part. A feature
 * that is not in the vocabulary of countries has a name only if the map of the operator gives one.
 * @param {any[]} features
 * @returns {Name[]}
 */
export function countryNames(features) {
  const made = features.flatMap(({ id, properties, geometry }) => {
    const text = settings.labels?.country?.[settings.m49?.[id]] ?? (lang === "zh" ? properties.NAME_ZH : undefined) ?? properties.NAME;
    if (!text || !geometry) return [];
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const parts = polygons.map(([ring]) => centroid(ring)).sort((a, b) => b.size - a.size);
    return parts.length ? [{ text, ...parts[0] }] : [];
  });
  return made.sort((a, b) => b.size - a.size);
}

/**
 * Return the centroid of a ring and its size in square degrees, as shown on the map.
 * @param {[number, number][]} ring
 */
export function centroid(ring) {
  let [twice, x, y, turn] = [0, 0, 0, 0];
  for (let i = 0; i < ring.length - 1; i++) {
    const x1 = ring[i][0] + turn;
    // a ring that crosses the date line goes on beyond it
    if (Math.abs(ring[i + 1][0] - ring[i][0]) > 180) turn += ring[i][0] > 0 ? 360 : -360;
    const x2 = ring[i + 1][0] + turn;
    const [y1, y2] = [ring[i][1], ring[i + 1][1]];
    const cross = x1 * y2 - x2 * y1;
    twice += cross;
    x += (x1 + x2) * cross;
    y += (y1 + y2) * cross;
  }
  if (!twice) return { lon: ring[0][0], lat: ring[0][1], size: 0 };
  return { lon: x / (3 * twice), lat: y / (3 * twice), size: Math.abs(twice / 2) };
}
