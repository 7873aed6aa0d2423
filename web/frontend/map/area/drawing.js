// Drawing on the map with Leaflet-Geoman, loaded when it is first used.

import "@geoman-io/leaflet-geoman-free";
import L from "leaflet";
import { STYLE } from "./outline.js";
import { between, extent, length } from "./spheroid.js";
import { DECIMALS, wkt } from "./wkt.js";
import { byId, element } from "../page/element.js";
import { area, distance } from "../page/format.js";
import { formatMessage, lang, messages } from "../page/settings.js";

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

/** End the current drawing. @param {L.Map} map */
export function stop(map) {
  /** @type {any} */ (map).pm.disableDraw();
}

/**
 * Draw an area.
 * @param {L.Map} map
 * @param {Shape} shape
 * @returns {Promise<Record<string, string> | null>} the values of the state for it, null when it was cancelled
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
 * Edit the vertices of a polygon of the map: move, add and remove.
 * @param {L.Map} map
 * @param {L.Polygon} shown
 * @returns {{end: () => string, drop: () => void}} end returns the polygon as WKT; drop discards the changes
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

/**
 * Measure the length of a line, or an area with its perimeter.
 * @param {L.Map} map
 * @param {"Line" | "Polygon"} shape
 * @param {(text: string) => void} say
 * @returns {Promise<L.Layer | null>} the drawn layer with its figure as a tooltip
 */
export async function measure(map, shape, say) {
  const layer = await drawn(map, shape, {}, (points) => {
    if (points.length > 1) say(formatMessage(messages.measured, { length: distance(length(points)) }));
  });
  if (!layer) return null;
  const points = (shape === "Line" ? layer.getLatLngs() : layer.getLatLngs()[0]).map(({ lat, lng }) => [lng, lat]);
  const { area: m2, perimeter } = shape === "Line" ? { area: 0, perimeter: length(points) } : extent(points);
  const text = shape === "Line" ? distance(perimeter) : formatMessage(messages.measuredArea, { area: area(m2), length: distance(perimeter) });
  layer.pm?.disable();
  layer.setStyle?.({ ...STYLE, dashArray: "6 4" });
  const section = shape === "Line" ? sectionAddress(points) : null;
  const shown = section ? element("a", { href: section }, `${text} · ${messages.drillSection}`) : text;
  layer.bindTooltip(shown, { permanent: true, direction: "center", className: "measure", interactive: Boolean(section) }).openTooltip();
  say(text);
  return layer;
}

/**
 * Return the address of the section through drill holes along a line of two points while their layer is shown, else null.
 * @param {number[][]} points
 */
function sectionAddress(points) {
  const layer = byId("layers").querySelector('[name="drill-holes"]');
  if (points.length !== 2 || !(layer instanceof HTMLInputElement && layer.checked)) return null;
  const line = points.map((point) => point.map((part) => part.toFixed(DECIMALS)).join(",")).join(";");
  return `/drill-section?${new URLSearchParams({ line, lang })}`;
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
      // pm:drawend is fired before pm:create
      window.setTimeout(() => resolve(made), 0);
    };
    map.on("pm:drawstart", started);
    map.on("pm:create", put);
    map.once("pm:drawend", () => window.setTimeout(end, 0));
    pm.enableDraw(shape, { continueDrawing: false, tooltips: true, ...options });
  });
}
