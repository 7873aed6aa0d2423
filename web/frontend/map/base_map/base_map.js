// Built-in land, borders and graticule, so that the map works without a network.

import L from "leaflet";
import { feature, mesh } from "topojson-client";
import declared from "../../../../geodata/lodedata/maps/map_symbols.json" with { type: "json" };
import { Divisions } from "./divisions.js";
import { countryNames } from "./country_names.js";
import { Names } from "./names.js";
import { CanvasLayer } from "./canvas_layer.js";
import { settings } from "../page/settings.js";

const { light: LIGHT, dark: DARK } = declared.base;
const STEPS = [30, 15, 10, 5, 2, 1, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01];
/** Pixels between two meridians, so that their degrees fit. */
const MIN_GAP = 90;


/**
 * @param {L.Map} map
 * @param {string} url
 * @param {string} attribution
 * @returns {Promise<{layers: L.LayerGroup, names: any}>}
 */
export async function drawBase(map, url, attribution) {
  map.createPane("base").style.zIndex = "150";
  // above the layers of the ground
  const above = map.createPane("borders");
  above.style.zIndex = "161";
  above.style.pointerEvents = "none";
  const renderer = L.canvas({ pane: "base", padding: 0.5 });
  const response = await fetch(url);
  const topology = await response.json();
  const countries = topology.objects.countries;
  const land = feature(topology, topology.objects.land ?? countries);
  const filled = /** @type {any} */ ({ interactive: false, pane: "base", renderer });
  const meshes = [mesh(topology, countries), ...(topology.objects.lines ? [mesh(topology, topology.objects.lines)] : [])];
  const lines = { type: "MultiLineString", coordinates: meshes.flatMap((one) => one.coordinates).flatMap(cut) };
  const ground = L.geoJSON(/** @type {any} */ (unwrapped(land)), { ...filled, attribution, style: () => landStyle() });
  const borders = L.geoJSON(/** @type {any} */ (lines), { ...filled, pane: "borders", renderer: L.canvas({ pane: "borders", padding: 0.5 }), style: () => borderStyle() });
  const names = new Names(countryNames(/** @type {any} */ (feature(topology, countries)).features), () => ({ text: colours().name, rim: colours().land }));
  const divisions = settings.divisions ? new Divisions(() => colours().border) : null;
  window.addEventListener("lode:scheme", () => {
    ground.setStyle(landStyle());
    borders.setStyle(borderStyle());
    names._map?.fire("moveend");
    divisions?.redraw();
  });
  return { layers: L.layerGroup([ground, ...(divisions ? [divisions] : []), borders, names]), names };
}

function colours() {
  return document.documentElement.dataset.bsTheme === "dark" ? DARK : LIGHT;
}

function landStyle() {
  return { stroke: false, fillColor: colours().land, fillOpacity: 1 };
}

function borderStyle() {
  return { color: colours().border, weight: 0.9, fill: false };
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

/** Meridians and parallels with their degrees at the edge of the view. @type {any} */
export const Graticule = CanvasLayer.extend({
  _pane(map) {
    if (!map.getPane("graticule")) {
      const pane = map.createPane("graticule");
      pane.style.zIndex = "320";
      pane.style.pointerEvents = "none";
    }
    return map.getPane("graticule");
  },

  _paint(g, size) {
    const map = this._map;
    const bounds = map.getBounds();
    const span = bounds.getEast() - bounds.getWest();
    const step = STEPS.filter((one) => (one / span) * size.x >= MIN_GAP).pop() ?? STEPS[0];
    g.strokeStyle = colours().grid;
    g.fillStyle = colours().text;
    g.globalAlpha = 0.5;
    g.lineWidth = 0.5;
    g.font = "10.5px system-ui, sans-serif";
    const line = (x1, y1, x2, y2) => {
      g.beginPath();
      g.moveTo(x1, y1);
      g.lineTo(x2, y2);
      g.stroke();
    };
    const say = (text, x, y) => {
      g.globalAlpha = 0.9;
      g.fillText(text, x, y);
      g.globalAlpha = 0.5;
    };
    for (let lon = Math.ceil(bounds.getWest() / step) * step; lon <= bounds.getEast(); lon += step) {
      const { x } = map.latLngToContainerPoint([0, lon]);
      line(x, 0, x, size.y);
      say(degrees(lon, "E", "W"), x + 3, 11);
    }
    for (let lat = Math.ceil(Math.max(-84, bounds.getSouth()) / step) * step; lat <= Math.min(84, bounds.getNorth()); lat += step) {
      const { y } = map.latLngToContainerPoint([lat, 0]);
      line(0, y, size.x, y);
      if (y > 22) {
        const text = degrees(lat, "N", "S");
        say(text, size.x - g.measureText(text).width - 46, y - 3);
      }
    }
  },
});

/**
 * @param {number} value
 * @param {string} plus
 * @param {string} minus
 */
function degrees(value, plus, minus) {
  const turned = ((((value + 180) % 360) + 360) % 360) - 180;
  const size = Math.round(Math.abs(plus === "E" ? turned : value) * 100) / 100;
  return `${size}°${size === 0 || size === 180 ? "" : (plus === "E" ? turned : value) < 0 ? minus : plus}`;
}
