// Labels of the built-in base map, in the language of the page: countries, divisions and places, next to the marks.

import { requestJson } from "../query/requests.js";
import { firstFree } from "./label_placement.js";
import { CanvasLayer } from "./canvas_layer.js";
import { lang } from "../page/settings.js";

const FAMILY = 'system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const WORLD = 256;
/** Font, range of zoom and alternative positions of each kind of name. */
const KINDS = {
  country: { font: `11.5px ${FAMILY}`, first: 2.5, last: 9, shifts: [0, 17, -17, 30, -30] },
  division: { font: `italic 11px ${FAMILY}`, first: 4.5, last: 10, shifts: [0, 16, -16, 28, -28] },
  place: { font: `10.5px ${FAMILY}`, first: 4, last: 18, shifts: [0] },
};
/** Zoom from which names are fetched that do not fit in a view of the world. */
const MORE_ZOOM = 4;
const URL = `/map/names.json?lang=${lang}`;

/**
 * @typedef {object} Spot what labels must not overlap: pixels of the world at a zoom
 * @property {number} x
 * @property {number} y
 * @property {number} n records there
 *
 * @typedef {import("./label_placement.js").Box} Box
 */

/** @type {any} */
export const Names = CanvasLayer.extend({
  /**
   * @param {import("./country_names.js").Name[]} countries
   * @param {() => {text: string, rim: string}} colours
   */
  initialize(countries, colours) {
    this._countries = countries;
    this._colours = colours;
    this._more = null;
    /** @type {{zoom: number, spots: Spot[]}} */
    this._taken = { zoom: -1, spots: [] };
  },

  /** Redraw the labels without overlapping the marks. @param {Spot[]} spots */
  avoid(spots) {
    if (!this._map) return;
    this._taken = { zoom: this._map.getZoom(), spots };
    this._draw();
  },

  _fetch() {
    this._more = { divisions: [], places: [] };
    requestJson(URL).then(
      (more) => {
        this._more = more;
        if (this._map) this._draw();
      },
      // missing names need no message; they are requested again at the next move
      () => {
        this._more = null;
      },
    );
  },

  _paint(g, size) {
    const zoom = this._map.getZoom();
    if (zoom >= MORE_ZOOM && !this._more) this._fetch();
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.lineJoin = "round";
    g.lineWidth = 3;
    const { text, rim } = this._colours();
    g.fillStyle = text;
    g.strokeStyle = rim;
    const taken = this._marks();
    const view = /** @type {Box} */ ([0, 0, size.x, size.y]);
    for (const one of this._countries) this._name(g, KINDS.country, one, taken, view);
    if (!this._more) return;
    for (const [name, lon, lat, degrees] of this._more.divisions) this._name(g, KINDS.division, { text: name, lon, lat, size: degrees }, taken, view);
    for (const [name, lon, lat, from] of this._more.places) if (zoom >= from) this._place(g, name, lon, lat, taken, view);
  },

  /** Return the boxes of the marks in the view. @returns {Box[]} */
  _marks() {
    const { zoom, spots } = this._taken;
    if (zoom !== this._map.getZoom()) return [];
    const { min } = this._map.getPixelBounds();
    return spots.map(({ x, y, n }) => {
      const reach = n === 1 ? 10 : 15;
      return /** @type {Box} */ ([x - min.x - reach, y - min.y - reach, x - min.x + reach, y - min.y + reach]);
    });
  },

  /** Draw a name at the centre of its area. */
  _name(g, kind, { text, lon, lat, size: degrees }, taken, view) {
    const zoom = this._map.getZoom();
    if (zoom < kind.first || zoom > kind.last) return;
    const { x, y } = this._map.latLngToContainerPoint([lat, lon]);
    if (x < 0 || y < 0 || x > view[2] || y > view[3]) return;
    g.font = kind.font;
    const half = g.measureText(text).width / 2 + 3;
    // a name wider than its country would name its neighbours
    const across = (Math.sqrt(degrees) / 360) * WORLD * 2 ** zoom;
    if (across < half * 1.1) return;
    // nor may it be moved out of it
    const shifts = kind.shifts.filter((by) => Math.abs(by) < across / 2.5);
    const box = firstFree(shifts.map((by) => /** @type {Box} */ ([x - half, y + by - 8, x + half, y + by + 8])), taken);
    if (!box) return;
    taken.push(box);
    write(g, text, x, (box[1] + box[3]) / 2);
  },

  /** Draw a place as a dot with its name to the right or the left. */
  _place(g, text, lon, lat, taken, view) {
    const { x, y } = this._map.latLngToContainerPoint([lat, lon]);
    if (x < 0 || y < 0 || x > view[2] || y > view[3]) return;
    g.font = KINDS.place.font;
    const wide = g.measureText(text).width;
    const right = /** @type {Box} */ ([x - 3, y - 7, x + wide + 7, y + 7]);
    const left = /** @type {Box} */ ([x - wide - 7, y - 7, x + 3, y + 7]);
    const box = firstFree([right, left], taken);
    if (!box) return;
    taken.push(box);
    g.beginPath();
    g.arc(x, y, 1.8, 0, 2 * Math.PI);
    g.fill();
    write(g, text, box === right ? x + 5 + wide / 2 : x - 5 - wide / 2, y);
  },
});

/**
 * @param {CanvasRenderingContext2D} g
 * @param {string} text
 * @param {number} x
 * @param {number} y
 */
function write(g, text, x, y) {
  g.strokeText(text, x, y);
  g.fillText(text, x, y);
}
