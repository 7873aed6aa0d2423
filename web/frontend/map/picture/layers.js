// The layers of the map painted on another context, as large as is wanted: lines and names anew, tiles as they are.

import L from "leaflet";
import { Names } from "../base_map/names.js";

/** Pixels of the page around the view in which the outlines of polygons are drawn. */
const MARGIN = 40;

/**
 * Paint all layers of the map in their order, in pixels of the page from the north-west corner of the view.
 * @param {L.Map} map
 * @param {CanvasRenderingContext2D} g scaled already
 * @param {number} scale device pixels for one of the page
 */
export async function paintLayers(map, g, scale) {
  const size = map.getSize();
  g.save();
  g.beginPath();
  g.rect(0, 0, size.x, size.y);
  g.clip();
  g.fillStyle = getComputedStyle(map.getContainer()).backgroundColor;
  g.fillRect(0, 0, size.x, size.y);
  /** @type {CanvasRenderingContext2D | null} */
  let ground = null;
  const flush = () => {
    if (ground) g.drawImage(ground.canvas, 0, 0, size.x, size.y);
    ground = null;
  };
  for (const layer of inOrder(map)) {
    const isGround = layer instanceof L.GridLayer;
    if (isGround && isDrawing(g)) ground ??= blank(size, scale);
    else flush();
    const to = ground ?? g;
    to.save();
    to.globalAlpha = 1;
    if (isGround) blend(to, getComputedStyle(paneOf(map, layer)));
    if (layer.paintOn) await layer.paintOn(to, scale);
    else if (isGround) paintTiles(map, to, layer);
    else if (layer instanceof L.Polyline) paintPath(map, to, layer, scale);
    to.restore();
  }
  flush();
  g.restore();
}

/** Return whether a context makes a drawing (SVG): the ground is one picture in it, as rivers have 100,000 lines. @param {any} g */
function isDrawing(g) {
  return !(g instanceof CanvasRenderingContext2D);
}

/** Return an empty picture of the view. @param {L.Point} size @param {number} scale */
function blank(size, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = size.x * scale;
  canvas.height = size.y * scale;
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  g.scale(scale, scale);
  return g;
}

/** Draw as the style of a pane does: hills are multiplied with what is below, and darker at night. @param {CanvasRenderingContext2D} g @param {CSSStyleDeclaration} style */
function blend(g, style) {
  g.globalAlpha = Number(style.opacity);
  if (style.mixBlendMode !== "normal") g.globalCompositeOperation = /** @type {GlobalCompositeOperation} */ (style.mixBlendMode);
  if (style.filter !== "none") g.filter = style.filter;
}

/** Return whether a layer of another host is shown, which a picture can't have. @param {L.Map} map */
export function hasForeignTiles(map) {
  return inOrder(map).some((layer) => layer instanceof L.GridLayer && tilesOf(layer).some((one) => !isOwn(one)));
}

/** Return the layers from below to above: by their pane, then as they were added. @param {L.Map} map @returns {any[]} */
function inOrder(map) {
  /** @type {any[]} */
  const found = [];
  map.eachLayer((layer) => found.push(layer));
  const depth = (/** @type {any} */ layer) => Number(getComputedStyle(paneOf(map, layer)).zIndex) || 0;
  // names are in the pane of borders, above them
  const rank = (/** @type {any} */ layer) => depth(layer) + (layer instanceof Names ? 0.5 : 0);
  return found.map((layer, n) => ({ layer, n, at: rank(layer) })).sort((a, b) => a.at - b.at || a.n - b.n).map(({ layer }) => layer);
}

/** @param {L.Map} map @param {any} layer @returns {HTMLElement} */
function paneOf(map, layer) {
  return layer.paneOn?.(map) ?? map.getPane(layer.options?.pane ?? "overlayPane") ?? map.getPanes().overlayPane;
}

/**
 * @param {L.Map} map
 * @param {CanvasRenderingContext2D} g
 * @param {L.Polyline} layer
 * @param {number} scale
 */
function paintPath(map, g, layer, scale) {
  const { stroke, color, weight, opacity, fill, fillColor, fillOpacity, dashArray } = layer.options;
  const closed = layer instanceof L.Polygon;
  const size = map.getSize();
  g.strokeStyle = color ?? "#3388ff";
  g.fillStyle = fillColor ?? color ?? "#3388ff";
  g.lineWidth = weight ?? 3;
  g.lineJoin = "round";
  g.setLineDash(typeof dashArray === "string" ? dashArray.split(/[ ,]+/).map(Number) : (dashArray ?? []));
  // one path for each part, as a drawing (SVG) takes the square of the time for a long one
  for (const part of partsOf(/** @type {any} */ (layer.getLatLngs()), closed ? 2 : 1)) {
    const rings = (closed ? part : [part]).map((ring) => ring.map((at) => map.latLngToContainerPoint(at))).filter((ring) => !isOutside(ring, size));
    if (!rings.length) continue;
    g.beginPath();
    for (const ring of rings) {
      trace(g, ring, scale);
      if (closed) g.closePath();
    }
    g.globalAlpha = fillOpacity ?? 0.2;
    if (closed && fill !== false) g.fill("evenodd");
    g.globalAlpha = opacity ?? 1;
    if (stroke !== false) g.stroke();
  }
}

/** Return the lines or polygons of nested lists of positions, whose depth is as given. @param {any[]} lists @param {number} depth @returns {any[][]} */
function partsOf(lists, depth) {
  let found = 0;
  for (let one = lists; Array.isArray(one); one = one[0]) found++;
  return found > depth ? lists : [lists];
}

/** @param {L.Point[]} points @param {L.Point} size */
function isOutside(points, size) {
  const beyond = (/** @type {(point: L.Point) => boolean} */ test) => points.every(test);
  return beyond(({ x }) => x < -MARGIN) || beyond(({ x }) => x > size.x + MARGIN) || beyond(({ y }) => y < -MARGIN) || beyond(({ y }) => y > size.y + MARGIN);
}

/** Draw a line without the points that fall on the one before. @param {CanvasRenderingContext2D} g @param {L.Point[]} points @param {number} scale */
function trace(g, points, scale) {
  const round = (/** @type {number} */ value) => Math.round(value * scale * 2) / (scale * 2);
  let last = "";
  points.forEach((point, n) => {
    const [x, y] = [round(point.x), round(point.y)];
    const key = `${x} ${y}`;
    if (key === last) return;
    last = key;
    if (n) g.lineTo(x, y);
    else g.moveTo(x, y);
  });
}

/** @param {L.Map} map @param {CanvasRenderingContext2D} g @param {L.GridLayer} layer */
function paintTiles(map, g, layer) {
  g.globalAlpha *= /** @type {any} */ (layer.options).opacity ?? 1;
  const corner = map.getContainer().getBoundingClientRect();
  for (const tile of tilesOf(layer)) {
    if (!isOwn(tile) || !tile.width) continue;
    const box = tile.getBoundingClientRect();
    // half a pixel more, so that no seam is seen between tiles
    g.drawImage(copied(tile), box.left - corner.left, box.top - corner.top, box.width + 0.5, box.height + 0.5);
  }
}

/** @param {L.GridLayer} layer @returns {(HTMLCanvasElement | HTMLImageElement)[]} */
function tilesOf(layer) {
  return [.../** @type {any} */ (layer.getContainer()?.querySelectorAll("img.leaflet-tile-loaded, canvas.leaflet-tile-loaded") ?? [])];
}

/** Return whether a tile is of this site. @param {HTMLCanvasElement | HTMLImageElement} tile */
function isOwn(tile) {
  return tile instanceof HTMLCanvasElement || new URL(tile.src, location.href).origin === location.origin;
}

/** Return a tile as a canvas, which a drawing (SVG) has in itself where it would only link an image. @param {HTMLCanvasElement | HTMLImageElement} tile */
function copied(tile) {
  if (tile instanceof HTMLCanvasElement) return tile;
  const canvas = document.createElement("canvas");
  canvas.width = tile.naturalWidth;
  canvas.height = tile.naturalHeight;
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(tile, 0, 0);
  return canvas;
}
