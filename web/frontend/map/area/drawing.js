// Drawing on the map with Leaflet-Geoman, fetched when somebody first draws.

import "@geoman-io/leaflet-geoman-free";
import L from "leaflet";
import { STYLE } from "./outline.js";
import { between, extent, length } from "./spheroid.js";
import { area, distance, filled, lang, words } from "../page/settings.js";

const DECIMALS = 5;

/** @typedef {"Polygon" | "Rectangle" | "Circle"} Shape */

/** @param {L.Map} map */
function prepared(map) {
  const drawable = /** @type {any} */ (map);
  // Geoman prepares the maps that are made after it came
  drawable.pm ??= new /** @type {any} */ (L).PM.Map(map);
  const { pm } = drawable;
  pm.setLang(lang === "zh" ? "zh" : "en");
  pm.setGlobalOptions({ snappable: false, allowSelfIntersection: false, pathOptions: STYLE, templineStyle: STYLE, hintlineStyle: { ...STYLE, dashArray: "5 5" } });
  return pm;
}

/** End whatever is being drawn. @param {L.Map} map */
export function stop(map) {
  /** @type {any} */ (map).pm.disableDraw();
}

/**
 * Let somebody draw an area.
 * @param {L.Map} map
 * @param {Shape} shape
 * @returns {Promise<Record<string, string> | null>} the values of the state that say it, null when it was given up
 */
export function drawArea(map, shape) {
  return drawn(map, shape, { finishOn: "dblclick" }).then((layer) => {
    if (!layer) return null;
    if (shape === "Circle") {
      const { lat, lng } = layer.getLatLng();
      // Geoman's radius is Leaflet's, on a sphere; what was drawn is a point of the circle
      const edge = L.latLng(lat, layer.getBounds().getEast());
      layer.remove();
      const metres = between([lng, lat], [edge.lng, edge.lat]);
      return { near: `${lng.toFixed(DECIMALS)},${lat.toFixed(DECIMALS)}`, radius_km: String(Number((metres / 1000).toPrecision(4))), within: "" };
    }
    layer.remove();
    return { within: wkt(layer.getLatLngs()), near: "", radius_km: "" };
  });
}

/**
 * Let somebody move the corners of a polygon that lies on the map, add some between them, and take some away.
 * @param {L.Map} map
 * @param {L.Polygon} shown
 * @returns {{end: () => string, drop: () => void}} ends it and tells the polygon as WKT; or drops what was done
 */
export function editArea(map, shown) {
  prepared(map);
  const layer = /** @type {any} */ (L.polygon(shown.getLatLngs(), STYLE).addTo(map));
  layer.pm ??= new /** @type {any} */ (L).PM.Edit.Polygon(layer);
  shown.remove();
  layer.pm.enable({ allowSelfIntersection: false, snappable: false, removeLayerBelowMinVertexCount: false });
  map.getContainer().classList.add("drawing");
  const drop = () => {
    map.getContainer().classList.remove("drawing");
    layer.pm.disable();
    layer.remove();
  };
  const end = () => {
    drop();
    return wkt(layer.getLatLngs());
  };
  return { drop, end };
}

/** @param {any} latlngs rings, or polygons of rings */
function wkt(latlngs) {
  const ring = (points) => {
    const told = points.map(({ lat, lng }) => `${lng.toFixed(DECIMALS)} ${lat.toFixed(DECIMALS)}`);
    return `(${[...told, told[0]].join(",")})`;
  };
  const polygon = (rings) => `(${rings.map(ring).join(",")})`;
  return Array.isArray(latlngs[0][0]) ? `MULTIPOLYGON(${latlngs.map(polygon).join(",")})` : `POLYGON${polygon(latlngs)}`;
}

/**
 * Let somebody measure: a line's length, or an area with its outline.
 * @param {L.Map} map
 * @param {"Line" | "Polygon"} shape
 * @param {(text: string) => void} say
 * @returns {Promise<L.Layer | null>} what was drawn, with its figure on it
 */
export async function measure(map, shape, say) {
  const layer = await drawn(map, shape, {}, (points) => {
    if (points.length > 1) say(filled(words.measured, { length: distance(length(points)) }));
  });
  if (!layer) return null;
  const points = (shape === "Line" ? layer.getLatLngs() : layer.getLatLngs()[0]).map(({ lat, lng }) => [lng, lat]);
  const { area: m2, perimeter } = shape === "Line" ? { area: 0, perimeter: length(points) } : extent(points);
  const text = shape === "Line" ? distance(perimeter) : filled(words.measuredArea, { area: area(m2), length: distance(perimeter) });
  layer.pm?.disable();
  layer.setStyle?.({ ...STYLE, dashArray: "6 4" });
  layer.bindTooltip(text, { permanent: true, direction: "center", className: "measure" }).openTooltip();
  say(text);
  return layer;
}

/**
 * @param {L.Map} map
 * @param {string} shape
 * @param {any} options
 * @param {(points: [number, number][]) => void} [grown]
 * @returns {Promise<any>}
 */
function drawn(map, shape, options, grown) {
  const pm = prepared(map);
  return new Promise((resolve) => {
    let made = null;
    const put = (event) => {
      made = event.layer;
    };
    const started = (event) => {
      event.workingLayer?.on("pm:vertexadded", () => {
        grown?.(event.workingLayer.getLatLngs().map(({ lat, lng }) => [lng, lat]));
      });
    };
    // a click on a mark is one of the drawing then
    map.getContainer().classList.add("drawing");
    const end = () => {
      map.getContainer().classList.remove("drawing");
      map.off("pm:create", put);
      map.off("pm:drawstart", started);
      // the end is told before what was made
      window.setTimeout(() => resolve(made), 0);
    };
    map.on("pm:drawstart", started);
    map.on("pm:create", put);
    map.once("pm:drawend", () => window.setTimeout(end, 0));
    pm.enableDraw(shape, { continueDrawing: false, tooltips: true, ...options });
  });
}
