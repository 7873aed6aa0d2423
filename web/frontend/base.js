// Land and borders drawn by ourselves, so that the map works with no network.

import L from "leaflet";
import { feature, mesh } from "topojson-client";

/**
 * @param {L.Map} map
 * @param {string} url
 * @param {string} attribution
 */
export async function drawBase(map, url, attribution) {
  map.createPane("base").style.zIndex = "150";
  const renderer = L.canvas({ pane: "base", padding: 0.5 });
  const response = await fetch(url);
  const topology = await response.json();
  const countries = topology.objects.countries;
  const land = feature(topology, topology.objects.land ?? countries);
  L.geoJSON(unwrapped(land), {
    interactive: false,
    pane: "base",
    renderer,
    style: { stroke: false, fillColor: "#f4f1e8", fillOpacity: 1 },
    attribution,
  }).addTo(map);
  L.geoJSON({ type: "MultiLineString", coordinates: mesh(topology, countries).coordinates.flatMap(cut) }, {
    interactive: false,
    pane: "base",
    renderer,
    style: { color: "#b8b2a0", weight: 0.8, fill: false },
  }).addTo(map);
}

/**
 * Rings that cross the date line run on beyond 180 degrees instead of back over the whole map, and once more from -180.
 * @param {any} collection
 */
function unwrapped(collection) {
  const geometries = (collection.features ?? [collection]).map((f) => f.geometry);
  const polygons = geometries.flatMap((g) => (g.type === "Polygon" ? [g.coordinates] : g.coordinates));
  const made = polygons.flatMap((rings) => {
    const straight = rings.map(straightened);
    const crosses = straight[0].some(([x]) => Math.abs(x) > 180.001);
    if (!crosses) return [straight];
    const back = straight[0][0][0] > 0 ? -360 : 360;
    return [straight, straight.map((ring) => ring.map(([x, y]) => [x + back, y]))];
  });
  return { type: "MultiPolygon", coordinates: made };
}

/** @param {number[][]} ring */
function straightened(ring) {
  let shift = 0;
  return ring.map(([x, y], i) => {
    if (i > 0 && x - ring[i - 1][0] > 180) shift -= 360;
    if (i > 0 && x - ring[i - 1][0] < -180) shift += 360;
    return [x + shift, y];
  });
}

/**
 * A line in pieces that don't jump over the date line, nor run along the map's lower edge as Antarctica's outline does.
 * @param {number[][]} line
 */
function cut(line) {
  const pieces = [[line[0]]];
  for (let i = 1; i < line.length; i++) {
    const jumps = Math.abs(line[i][0] - line[i - 1][0]) > 180;
    const atEdge = Math.max(line[i][1], line[i - 1][1]) < -85;
    if (jumps || atEdge) pieces.push([]);
    pieces[pieces.length - 1].push(line[i]);
  }
  return pieces.filter((piece) => piece.length > 1);
}
