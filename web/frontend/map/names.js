// The names of countries on our own ground, in the language of the page, the larger ones first.

import { Sheet } from "./sheet.js";

const FIRST_ZOOM = 2.5;
const LAST_ZOOM = 9;
const FONT = '11.5px system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';

/** @type {any} */
export const Names = Sheet.extend({
  /**
   * @param {import("./middles.js").Name[]} names
   * @param {() => string} colour
   */
  initialize(names, colour) {
    this._names = names;
    this._colour = colour;
  },

  _paint(g, size) {
    const map = this._map;
    const zoom = map.getZoom();
    if (zoom < FIRST_ZOOM || zoom > LAST_ZOOM) return;
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
