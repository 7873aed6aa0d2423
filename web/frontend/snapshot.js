// The map of a static snapshot: points of one file over the land, without borders, on which points of view differ.

import L from "leaflet";
import { feature } from "topojson-client";

const OUTLINE = { color: "#98a2ad", weight: 0.7, fillColor: "#f6f4ee", fillOpacity: 1, interactive: false };
const PLAIN = "#374151";

/** @param {string} path */
const json = async (path) => (await fetch(path)).json();

/**
 * Return a ring that goes on beyond the date line, where the one of the file jumps to the other side.
 * @param {number[][]} ring
 */
function unwrapped(ring) {
  let shift = 0;
  return ring.map(([lon, lat], n) => {
    const step = n ? lon - ring[n - 1][0] : 0;
    if (Math.abs(step) > 180) shift -= Math.sign(step) * 360;
    return [lon + shift, lat];
  });
}

async function draw() {
  const element = document.getElementById("map");
  if (!element) return;
  const chinese = document.documentElement.lang.startsWith("zh");
  const [world, { colours, points }] = await Promise.all([json("../map/land.json"), json("../map/points.json")]);
  const map = L.map(element, { preferCanvas: true, worldCopyJump: true, attributionControl: false }).setView([20, 20], 1);
  const land = /** @type {any} */ (feature(world, world.objects.land));
  for (const { geometry } of land.features) geometry.coordinates = geometry.coordinates.map((polygon) => polygon.map(unwrapped));
  L.geoJSON(land, { style: OUTLINE }).addTo(map);
  const layers = L.featureGroup().addTo(map);
  for (const [collection, rows] of Object.entries(points)) {
    for (const [lon, lat, id, group, english, other] of /** @type {any[][]} */ (rows)) {
      const link = document.createElement("a");
      link.href = `${collection}/${id}.html`;
      link.textContent = (chinese ? other || english : english || other) || id;
      const style = { radius: 4, weight: 1, color: "#ffffff", fillColor: colours[group] ?? PLAIN, fillOpacity: 0.85 };
      L.circleMarker([lat, lon], style).bindPopup(link).addTo(layers);
    }
  }
  if (layers.getLayers().length) map.fitBounds(layers.getBounds(), { maxZoom: 6 });
  element.dataset.points = String(layers.getLayers().length);
}

draw();
