// The layer of records: one canvas, with a button over each mark for pointer, keyboard and screen reader.

import L from "leaflet";
import declared from "../../../../geodata/lodedata/maps/map_symbols.json" with { type: "json" };
import { element } from "../page/element.js";
import { fan, marks } from "./marks.js";
import { address } from "../query/collection_query.js";
import { pinnedVersion } from "../query/pinned.js";
import { isAborted } from "../query/requests.js";
import { radiusOf, ring } from "./ring.js";
import { fillOf, isOld, paint, shapeOf, sizeOf, Sprites } from "./symbols.js";
import { covering, SIDE, Tiles } from "./tiles.js";
import { DIRECTIONS, nearest, nextInDirection } from "./keyboard.js";

const { far: APART, near: APART_NEAR, nearZoom: NEAR_ZOOM } = declared.markDistances;
const WORLD = 256;
/** Zoom from which a spot that does not open any further fans out. */
const DEEPEST = 17;
/** Pixels from which a circle of accuracy says something. */
const MIN_CIRCLE = 14;

/**
 * @typedef {import("./marks.js").Mark} Mark
 * @typedef {object} Hooks
 * @property {(kind: string) => URLSearchParams | null} query the query parameters of a kind, null for none
 * @property {Record<string, string>} roots the address of each kind's tiles, with {z}, {y} and {x} in it
 * @property {(url: string, signal: AbortSignal) => Promise<ArrayBuffer>} fetchBytes
 * @property {Record<string, string>} countsAs
 * @property {(record: any) => string} nameOf
 * @property {(record: any) => string} describe what a record is called, for a screen reader
 * @property {(mark: Mark) => string} describeMany
 * @property {(record: any) => void} open
 * @property {(record: any | null) => void} point
 * @property {(error: unknown) => void} failed
 * @property {(marks: Mark[]) => void} drawn
 * @property {string} lang
 */

// Leaflet's renderer holds the canvas in place under pans and zooms; its members with _ are what a renderer is made of.
const Base = /** @type {any} */ (L.Renderer);

/** @type {any} */
export const Records = Base.extend({
  /** @param {Hooks} hooks */
  initialize(hooks) {
    Base.prototype.initialize.call(this, { pane: "records", padding: 0.25 });
    this.hooks = hooks;
    this.tiles = new Tiles(hooks.fetchBytes);
    this.sprites = new Sprites(window.devicePixelRatio || 1);
    /** @type {Mark[]} */
    this.marks = [];
    this.marked = null;
    this.spread = null;
    this.round = 0;
  },

  onAdd(map) {
    for (const [name, z] of [["records", "450"], ["marks", "620"]]) if (!map.getPane(name)) map.createPane(name).style.zIndex = z;
    this.buttons = element("div", { class: "marks leaflet-zoom-hide", role: "group" });
    map.getPane("marks").append(this.buttons);
    this.buttons.addEventListener("keydown", (event) => this._walk(event));
    // a click that reaches the map counts as one outside the marks
    L.DomEvent.on(this.buttons, "click dblclick", L.DomEvent.stopPropagation);
    Base.prototype.onAdd.call(this, map);
    this.refresh();
  },

  getEvents() {
    const events = Base.prototype.getEvents.call(this);
    events.click = () => this._fold();
    return events;
  },

  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
    this._g = this._container.getContext("2d");
  },

  _destroyContainer() {
    this._container.remove();
    this.buttons.remove();
  },

  _updatePaths() {},

  _onZoomEnd() {},

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    if (this.spread && this.spread.zoom !== this._map.getZoom()) this.spread = null;
    // the canvas is set anew when its records are there: until then the last ones stay, moved and scaled
    if (this.ready) this.refresh();
    else this._place();
  },

  /** Puts the canvas where the map looks now. */
  _place() {
    Base.prototype._update.call(this);
    const size = this._bounds.getSize();
    const ratio = this.sprites.ratio;
    L.DomUtil.setPosition(this._container, this._bounds.min);
    this._container.width = ratio * size.x;
    this._container.height = ratio * size.y;
    this._container.style.width = `${size.x}px`;
    this._container.style.height = `${size.y}px`;
    this._g.scale(ratio, ratio);
    this._g.translate(-this._bounds.min.x, -this._bounds.min.y);
  },

  /** Request the tiles in view and draw when all have arrived. */
  async refresh() {
    const map = this._map;
    if (!map) return;
    this.ready = true;
    const round = ++this.round;
    const wanted = this._wanted();
    this.tiles.keepOnly(new Set(wanted.map(({ url }) => url)));
    try {
      await Promise.all(wanted.map(({ url, kind, at }) => this.tiles.have(url) ?? this.tiles.fetch(url, kind, at)));
    } catch (error) {
      if (round === this.round && !isAborted(error)) this.hooks.failed(error);
      return;
    }
    if (round !== this.round || map._animatingZoom) return;
    this._compose(wanted.flatMap(({ url }) => this.tiles.have(url) ?? []));
    this.draw();
    this.hooks.drawn(this.marks);
  },

  /** Return the tiles of the view and a margin, for each queried kind. */
  _wanted() {
    const map = this._map;
    const zoom = map.getZoom();
    const z = Math.max(0, Math.floor(zoom) - Math.log2(SIDE / WORLD));
    const side = WORLD * 2 ** zoom;
    const { min, max } = map.getPixelBounds();
    const rim = 0.1 * (max.x - min.x);
    const clamp = (value) => Math.min(1, Math.max(0, value / side));
    const box = { west: clamp(min.x - rim), north: clamp(min.y - rim), east: clamp(max.x + rim), south: clamp(max.y + rim) };
    const found = [];
    for (const [kind, root] of Object.entries(this.hooks.roots)) {
      const query = this.hooks.query(kind);
      if (!query) continue;
      for (const at of covering(box, z)) {
        const path = root.replace("{z}", at.z).replace("{y}", at.y).replace("{x}", at.x);
        found.push({ url: address(path, query, pinnedVersion()), kind, at });
      }
    }
    return found;
  },

  /** @param {import("./tiles.js").TileItem[]} items */
  _compose(items) {
    const side = WORLD * 2 ** this._map.getZoom();
    const apart = this._map.getZoom() >= NEAR_ZOOM ? APART_NEAR : APART;
    this.marks = marks(
      items.map((item) => ({ ...item, x: item.x * side, y: item.y * side })),
      apart,
    );
    this.marks.sort((a, b) => a.n - b.n);
  },

  /** Return whether a mark lies in the part of the map that is seen. */
  anyInView() {
    const { min, max } = this._map.getPixelBounds();
    return this.marks.some(({ x, y }) => x >= min.x && x <= max.x && y >= min.y && y <= max.y);
  },

  /** Return the marks in the part of the map that is seen. @returns {Mark[]} */
  seen() {
    const { min, max } = this._map.getPixelBounds();
    return this.marks.filter(({ x, y }) => x >= min.x && x <= max.x && y >= min.y && y <= max.y);
  },

  /**
   * Draw the marks on another context, in pixels of the page from the corner of the view.
   * @param {CanvasRenderingContext2D} g
   * @param {number} ratio
   */
  paintOn(g, ratio) {
    const { sprites } = this;
    const corner = this._map.layerPointToContainerPoint([0, 0]);
    g.translate(corner.x, corner.y);
    this.sprites = new Sprites(ratio);
    this._paint(g, this._inside());
    this.sprites = sprites;
  },

  /** Draws the marks and puts the buttons over them. */
  draw() {
    this._place();
    const inside = this._inside();
    this._paint(this._g, inside);
    this._label(inside);
  },

  /** Return the marks on the canvas with their place on it. */
  _inside() {
    const origin = this._map.getPixelOrigin();
    const shown = this.marks.map((mark) => ({ mark, x: mark.x - origin.x, y: mark.y - origin.y }));
    const { min, max } = this._bounds;
    return shown.filter(({ x, y }) => x > min.x && x < max.x && y > min.y && y < max.y);
  },

  _paint(g, inside) {
    for (const { mark, x, y } of inside) if (mark.n === 1 && mark.records.length) this._circle(g, mark.records[0], x, y);
    for (const { mark, x, y } of inside) {
      if (mark.n === 1 && mark.records.length) this._symbol(g, mark.records[0], x, y);
      else ring(g, mark, x, y, this.hooks.lang);
    }
    this._legs(g);
    this._highlight(g);
  },

  _symbol(g, record, x, y) {
    const side = sizeOf(record);
    const sprite = this.sprites.get(shapeOf(record), record.group, fillOf(record, this.hooks.countsAs), side, isOld(record));
    g.globalAlpha = record.position_doubtful ? 0.45 : 1;
    g.drawImage(sprite, x - side / 2 - 2, y - side / 2 - 2, side + 4, side + 4);
    g.globalAlpha = 1;
    if (record.position_doubtful) doubtMark(g, x + side / 2, y - side / 2);
  },

  _circle(g, record, x, y) {
    if (record.position_doubtful) return;
    const metres = Number(record.position_accuracy_m ?? 0);
    const radius = metres / this._metresPerPixel(y);
    if (radius < MIN_CIRCLE || radius > 4000) return;
    const { edge, body } = paint(record.group, "unknown");
    g.beginPath();
    g.arc(x, y, radius, 0, 2 * Math.PI);
    g.globalAlpha = 0.18;
    g.fillStyle = body;
    g.fill();
    g.globalAlpha = 0.75;
    g.setLineDash([5, 4]);
    g.strokeStyle = edge;
    g.lineWidth = 1.2;
    g.stroke();
    g.setLineDash([]);
    g.globalAlpha = 1;
  },

  _metresPerPixel(y) {
    const { lat } = this._map.layerPointToLatLng([0, y]);
    return (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / (WORLD * 2 ** this._map.getZoom());
  },

  /** A spot that has been fanned out: its records on legs around it. */
  _legs(g) {
    if (!this.spread) return;
    const { legs } = this.spread;
    const { x, y } = this._spreadAt();
    // from the rim, so that the count can be read; dark on a rim of white, as the symbols are, for either ground
    const rim = radiusOf(legs.length) + 3;
    for (const [colour, width] of /** @type {[string, number][]} */ ([["rgba(255, 255, 255, 0.8)", 3.4], ["#3c4250", 1.4]])) {
      g.strokeStyle = colour;
      g.lineWidth = width;
      g.beginPath();
      for (const { dx, dy } of legs) {
        const from = rim / Math.hypot(dx, dy);
        g.moveTo(x + dx * from, y + dy * from);
        g.lineTo(x + dx, y + dy);
      }
      g.stroke();
    }
    for (const { record, dx, dy } of legs) this._symbol(g, record, x + dx, y + dy);
  },

  _spreadAt() {
    const origin = this._map.getPixelOrigin();
    return { x: this.spread.x - origin.x, y: this.spread.y - origin.y };
  },

  _highlight(g) {
    if (!this.marked) return;
    const { x, y } = this._map.latLngToLayerPoint(this.marked);
    g.beginPath();
    g.arc(x, y, 19, 0, 2 * Math.PI);
    g.lineWidth = 6;
    g.strokeStyle = "rgba(255, 255, 255, 0.9)";
    g.stroke();
    g.lineWidth = 3;
    g.strokeStyle = "#d4006a";
    g.stroke();
  },

  /** Draw a ring around a place, or none. @param {[number, number] | null} at latitude and longitude */
  mark(at) {
    if (String(at) === String(this.marked)) return;
    this.marked = at;
    if (this._map && !this._map._animatingZoom && this.marks.length + (at ? 1 : 0)) this.draw();
  },

  /** Sets the buttons anew; the one with the focus keeps it when its mark is still there. */
  _label(inside) {
    const { hooks } = this;
    const focused = this.buttons.contains(document.activeElement) ? document.activeElement?.getAttribute("data-key") : null;
    const size = this._map.getSize();
    const made = [];
    const add = (key, x, y, side, attributes) => {
      const at = this._map.layerPointToContainerPoint([x, y]);
      if (at.x < 0 || at.y < 0 || at.x > size.x || at.y > size.y) return;
      const own = element("button", { type: "button", tabIndex: -1, "data-key": key, ...attributes });
      own.style.transform = `translate(${Math.round(x - side / 2)}px, ${Math.round(y - side / 2)}px)`;
      own.style.width = own.style.height = `${side}px`;
      made.push(own);
    };
    const one = (record, x, y) => {
      const name = hooks.nameOf(record);
      add(`${record.kind}/${record.id}`, x, y, Math.max(24, sizeOf(record)), {
        class: "mark record",
        title: name,
        "aria-label": hooks.describe(record),
        onclick: () => this._clicked(() => hooks.open(record)),
        onpointerenter: () => hooks.point(record),
        onpointerleave: () => hooks.point(null),
      });
    };
    for (const { mark, x, y } of inside) {
      if (mark.n === 1 && mark.records.length) one(mark.records[0], x, y);
      else {
        add(mark.key, x, y, 2 * radiusOf(mark.n), {
          class: "mark cluster",
          "aria-label": hooks.describeMany(mark),
          "data-n": mark.n,
          onclick: () => this._clicked(() => this._open(mark)),
        });
      }
    }
    if (this.spread) {
      const at = this._spreadAt();
      for (const { record, dx, dy } of this.spread.legs) one(record, at.x + dx, at.y + dy);
    }
    this.buttons.replaceChildren(...made);
    const again = made.find((button) => button.getAttribute("data-key") === focused);
    const entry = again ?? nearest(made, this._map.containerPointToLayerPoint(size.divideBy(2)));
    if (entry) entry.tabIndex = 0;
    again?.focus({ preventScroll: true });
  },

  /** @param {() => void} act not after a drag that began on the mark */
  _clicked(act) {
    if (!this._map.dragging?.moved()) act();
  },

  /** Zoom to the records of a mark, or fan them out if zooming would not separate them. @param {Mark} mark */
  _open(mark) {
    const map = this._map;
    const zoom = map.getZoom();
    const reach = Math.max(mark.box[2] - mark.box[0], mark.box[3] - mark.box[1]);
    const apart = reach * 2 ** (DEEPEST - zoom);
    const known = !mark.cells && mark.records.length === mark.n;
    if (known && (apart < APART_NEAR || zoom >= DEEPEST)) {
      this._spread(mark);
      return;
    }
    const corner = (x, y) => map.unproject([x, y], zoom);
    const bounds = L.latLngBounds(corner(mark.box[0], mark.box[1]), corner(mark.box[2], mark.box[3]));
    const wide = map.getBoundsZoom(bounds, false, L.point(120, 120));
    const next = Math.min(DEEPEST, Math.max(Math.floor(zoom) + 1, Math.min(wide, zoom + (known ? 9 : 3))));
    map.setView(reach ? bounds.getCenter() : corner(mark.x, mark.y), next);
  },

  /** @param {Mark} mark */
  _spread(mark) {
    const ends = fan(mark.records.length);
    const legs = mark.records.map((record, i) => ({ record, dx: ends[i][0], dy: ends[i][1] }));
    this.spread = { x: mark.x, y: mark.y, zoom: this._map.getZoom(), legs };
    this.draw();
    this.buttons.querySelector(`[data-key="${legs[0].record.kind}/${legs[0].record.id}"]`)?.focus({ preventScroll: true });
  },

  _fold() {
    if (!this.spread) return;
    this.spread = null;
    this.draw();
  },

  /** Move the focus between marks by the arrow keys. @param {KeyboardEvent} event */
  _walk(event) {
    const direction = DIRECTIONS[event.key];
    if (event.key === "Escape" && this.spread) {
      this._fold();
      event.stopPropagation();
      return;
    }
    const from = /** @type {HTMLElement} */ (event.target);
    if (!direction || !from.matches(".mark")) return;
    event.preventDefault();
    event.stopPropagation();
    const best = nextInDirection(from, this.buttons.children, direction);
    if (!best) return;
    from.tabIndex = -1;
    best.tabIndex = 0;
    best.focus({ preventScroll: true });
  },
});

/** Marks a position as doubtful next to its symbol. @param {CanvasRenderingContext2D} g @param {number} x @param {number} y */
function doubtMark(g, x, y) {
  g.font = "bold 13px sans-serif";
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.lineWidth = 3;
  g.strokeStyle = "rgba(255, 255, 255, 0.9)";
  g.strokeText("?", x, y);
  g.fillStyle = "#a3230d";
  g.fillText("?", x, y);
}
