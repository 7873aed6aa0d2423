// The layer of mining rights: canvases of vector tiles, which contain each right at every zoom.

import { VectorTile } from "@mapbox/vector-tile";
import L from "leaflet";
import { PbfReader } from "pbf";
import { pinnedVersion } from "../map/query/pinned.js";
import { isAborted, request } from "../map/query/requests.js";
import { colourOf, stateOf, STYLE } from "./right_state.js";

const SIDE = 512;
const PITCH = STYLE.hatchPitch;
const plane = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

/**
 * @typedef {object} Right
 * @property {Path2D} path in pixels of its tile
 * @property {Record<string, any>} properties
 */

/** @typedef {{x: number, y: number, z: number, rights: Right[], control: AbortController}} Tile */

/** @typedef {{tiles: string, day: string, soon: string, judged: boolean}} LayerSettings */

/** @type {any} */
export const RightsLayer = L.GridLayer.extend({
  options: { tileSize: SIDE, minZoom: 1, maxZoom: 18, pane: "rights", updateWhenZooming: false },

  /**
   * @param {L.Map} map
   * @param {LayerSettings} settings
   * @param {(error: unknown) => void} failed
   */
  initialize(map, settings, failed) {
    // over the base map and below the marks of records
    if (!map.getPane("rights")) map.createPane("rights").style.zIndex = "350";
    L.Util.setOptions(this, {});
    this.map = map;
    this.settings = settings;
    this.failed = failed;
    /** @type {Map<HTMLCanvasElement, Tile>} */
    this.tiles = new Map();
    this.on("tileunload", (/** @type {any} */ { tile }) => {
      this.tiles.get(tile)?.control.abort();
      this.tiles.delete(tile);
    });
  },

  onAdd(map) {
    L.GridLayer.prototype.onAdd.call(this, map);
    this._again = () => this.redraw();
    window.addEventListener("lode:scheme", this._again);
  },

  onRemove(map) {
    window.removeEventListener("lode:scheme", this._again);
    L.GridLayer.prototype.onRemove.call(this, map);
  },

  createTile({ x, y, z }, done) {
    const ratio = window.devicePixelRatio || 1;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE * ratio;
    const control = new AbortController();
    /** @type {Tile} */
    const tile = { x, y, z, rights: [], control };
    this.tiles.set(canvas, tile);
    // a tile of 512 pixels is that of the zoom before
    const path = this.settings.tiles.replace("{z}", z - 1).replace("{y}", y).replace("{x}", x);
    const version = new URLSearchParams(pinnedVersion()).toString();
    const url = version ? `${path}${path.includes("?") ? "&" : "?"}${version}` : path;
    request(url, { signal: control.signal }, (response) => response.arrayBuffer())
      .then((bytes) => {
        tile.rights = rightsOf(bytes);
        paint(canvas, ratio, tile.rights, this.settings);
        done(undefined, canvas);
      })
      .catch((error) => {
        done(error, canvas);
        if (!isAborted(error)) this.failed(error);
      });
    return canvas;
  },

  /**
   * Return the rights at a place, the smallest first.
   * @param {L.LatLng} at
   * @returns {Record<string, any>[]}
   */
  at(at) {
    const zoom = Math.round(this.map.getZoom());
    const point = this.map.project(at.wrap(), zoom);
    const coords = point.divideBy(SIDE).floor();
    const tile = [...this.tiles.values()].find(({ x, y, z }) => x === coords.x && y === coords.y && z === zoom);
    const { x, y } = point.subtract(coords.multiplyBy(SIDE));
    const rights = tile?.rights ?? [];
    return rights.filter(({ path }) => plane.isPointInPath(path, x, y, "evenodd")).map(({ properties }) => properties);
  },
});

/** @param {ArrayBuffer} bytes @returns {Right[]} */
function rightsOf(bytes) {
  const layer = new VectorTile(new PbfReader(new Uint8Array(bytes))).layers["mining-rights"];
  const made = [];
  for (let i = 0; i < (layer?.length ?? 0); i++) {
    const feature = layer.feature(i);
    const path = new Path2D();
    for (const ring of feature.loadGeometry()) {
      // the first one of a path begins it
      for (const { x, y } of ring) path.lineTo((x * SIDE) / layer.extent, (y * SIDE) / layer.extent);
      path.closePath();
    }
    made.push({ path, properties: feature.properties });
  }
  return made;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} ratio
 * @param {Right[]} rights
 * @param {LayerSettings} settings
 */
function paint(canvas, ratio, rights, settings) {
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const dark = document.documentElement.dataset.bsTheme === "dark";
  g.scale(ratio, ratio);
  const shown = rights.map(({ path, properties }) => ({ path, state: stateOf(properties, settings), colour: colourOf(properties.right_kind, dark) }));
  for (const colour of new Set(shown.map((one) => one.colour))) {
    const filled = (/** @type {string[]} */ states) => {
      const all = new Path2D();
      for (const one of shown) if (one.colour === colour && states.includes(one.state)) all.addPath(one.path);
      // outlines have the same orientation, so that ground of several rights is filled once
      g.fill(all, "nonzero");
    };
    g.fillStyle = colour;
    g.globalAlpha = STYLE.fillOpacity[dark ? 1 : 0];
    filled(["valid", "soon"]);
    g.globalAlpha = 1;
    g.fillStyle = hatching(g, colour, ratio);
    filled(["soon"]);
  }
  for (const { path, state, colour } of shown) {
    g.strokeStyle = colour;
    g.setLineDash(state === "ended" ? STYLE.endedDash : []);
    g.lineWidth = state === "ended" ? STYLE.endedWidth : STYLE.width;
    g.stroke(path);
  }
}

/**
 * Return a pattern of oblique lines, whose pitch divides the side of a tile, so that it continues on the next one.
 * @param {CanvasRenderingContext2D} g
 * @param {string} colour
 * @param {number} ratio
 */
function hatching(g, colour, ratio) {
  const cell = document.createElement("canvas");
  cell.width = cell.height = PITCH * ratio;
  const lines = /** @type {CanvasRenderingContext2D} */ (cell.getContext("2d"));
  lines.scale(ratio, ratio);
  lines.strokeStyle = colour;
  lines.lineWidth = STYLE.hatchWidth;
  lines.beginPath();
  for (const shift of [-PITCH, 0, PITCH]) {
    lines.moveTo(shift - 1, PITCH + 1);
    lines.lineTo(shift + PITCH + 1, -1);
  }
  lines.stroke();
  const pattern = /** @type {CanvasPattern} */ (g.createPattern(cell, "repeat"));
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}
