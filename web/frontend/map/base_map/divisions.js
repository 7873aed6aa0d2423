// The outlines of first-level divisions, where the store has them, from its own tiles.

import { VectorTile } from "@mapbox/vector-tile";
import L from "leaflet";
import { PbfReader } from "pbf";
import { pinnedVersion } from "../query/pinned.js";

const SIDE = 512;
const FIRST_ZOOM = 4;
const URL = "/api/collections/zones/tiles/WebMercatorQuad/{z}/{y}/{x}?zone_kind=division";

/** @type {any} */
export const Divisions = L.GridLayer.extend({
  options: { pane: "borders", tileSize: SIDE, minZoom: FIRST_ZOOM, zIndex: 110, updateWhenZooming: false, className: "divisions" },

  /** @param {() => string} colour */
  initialize(colour) {
    this._colour = colour;
  },

  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.height = SIDE * ratio;
    const place = L.Util.template(URL, { x: coords.x, y: coords.y, z: coords.z - 1 });
    fetch(`${place}&${new URLSearchParams(pinnedVersion())}`)
      .then((response) => (response.ok ? response.arrayBuffer() : Promise.reject(new Error(String(response.status)))))
      .then((bytes) => {
        draw(/** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")), bytes, SIDE * ratio, this._colour());
        done(null, canvas);
      })
      // the ground is no reason for a message: records and their counts have their own
      .catch((error) => done(error, canvas));
    return canvas;
  },
});

/**
 * @param {CanvasRenderingContext2D} g
 * @param {ArrayBuffer} bytes
 * @param {number} side
 * @param {string} colour
 */
function draw(g, bytes, side, colour) {
  const layer = new VectorTile(new PbfReader(new Uint8Array(bytes))).layers.zones;
  if (!layer) return;
  const scale = side / layer.extent;
  g.strokeStyle = colour;
  g.lineWidth = Math.max(0.6, side / SIDE / 2);
  g.setLineDash([side / 128, side / 170]);
  for (let i = 0; i < layer.length; i++) {
    g.beginPath();
    for (const ring of layer.feature(i).loadGeometry()) {
      ring.forEach(({ x, y }, at) => {
        if (at) g.lineTo(x * scale, y * scale);
        else g.moveTo(x * scale, y * scale);
      });
    }
    g.stroke();
  }
}
