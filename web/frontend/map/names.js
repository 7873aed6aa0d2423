// The names of countries on our own ground, in the language of the page, the larger ones first.

import L from "leaflet";

const FIRST_ZOOM = 2.5;
const LAST_ZOOM = 9;
const FONT = '11.5px system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';

/** @type {any} */
export const Names = L.Layer.extend({
  /**
   * @param {import("./middles.js").Name[]} names
   * @param {() => string} colour
   */
  initialize(names, colour) {
    this._names = names;
    this._colour = colour;
  },

  onAdd(map) {
    this._canvas = document.createElement("canvas");
    this._canvas.className = "leaflet-zoom-hide graticule";
    this._canvas.setAttribute("aria-hidden", "true");
    map.getPane("base").append(this._canvas);
    this._draw();
  },

  onRemove() {
    this._canvas.remove();
  },

  getEvents() {
    return { moveend: this._draw, resize: this._draw };
  },

  _draw() {
    const map = this._map;
    const size = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this._canvas, map.containerPointToLayerPoint([0, 0]));
    this._canvas.width = size.x * ratio;
    this._canvas.height = size.y * ratio;
    this._canvas.style.width = `${size.x}px`;
    this._canvas.style.height = `${size.y}px`;
    const zoom = map.getZoom();
    if (zoom < FIRST_ZOOM || zoom > LAST_ZOOM) return;
    const g = this._canvas.getContext("2d");
    g.scale(ratio, ratio);
    g.font = FONT;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.fillStyle = this._colour();
    /** @type {[number, number, number, number][]} */
    const taken = [];
    for (const { text, lon, lat, size: degrees } of this._names) {
      const { x, y } = map.latLngToContainerPoint([lat, lon]);
      const half = g.measureText(text).width / 2 + 3;
      // a name wider than its country would name its neighbours
      const across = (Math.sqrt(degrees) / 360) * 256 * 2 ** zoom;
      if (x < 0 || y < 0 || x > size.x || y > size.y || across < half * 1.1) continue;
      const box = /** @type {[number, number, number, number]} */ ([x - half, y - 9, x + half, y + 9]);
      if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
      taken.push(box);
      g.fillText(text, x, y);
    }
  },
});
