// A layer of the ground from this site's own tiles: pictures, or features drawn at each zoom from the nearest coarser tile.

import { VectorTile } from "@mapbox/vector-tile";
import L from "leaflet";
import { PbfReader } from "pbf";
import { ageColour, colourOf, KINDS, PICTURES, schemed } from "./ground_kinds.js";

const SIDE = 512;
const MAX_CACHED = 64;
/** From this zoom on relief whose tiles end before it is hidden, as enlarged tiles are a blur. */
const BLURRED_ZOOM = 8;

/**
 * @typedef {object} Drawn a feature in parts of the world's width and height, from the north-west
 * @property {number} type 1 for points, 2 for lines, 3 for polygons
 * @property {Record<string, any>} properties
 * @property {number[][]} parts x and y in turn
 *
 * @typedef {{kind: string, url: string, form: string, cuts: number[], minZoom: number, maxZoom: number, tileSize: number, attribution: string, bedrock?: import("./ground_kinds.js").Bedrock}} GroundLayer
 */

/**
 * Return the layer that draws a part of the ground.
 * @param {L.Map} map
 * @param {GroundLayer} of
 * @returns {L.GridLayer}
 */
export function groundLayer(map, of) {
  const { z } = KINDS[of.kind];
  const name = `ground-${of.kind}`;
  if (!map.getPane(name)) {
    const pane = map.createPane(name);
    pane.style.zIndex = String(z);
    pane.style.pointerEvents = "none";
  }
  const shared = { pane: name, attribution: of.attribution.replace(/[&<>"]/g, " "), updateWhenZooming: false };
  if (!PICTURES.includes(of.kind)) return new Features(of, { ...shared, tileSize: SIDE, minZoom: of.minZoom });
  const offset = of.tileSize === 512 ? 1 : 0;
  const native = of.maxZoom + offset;
  const maxZoom = of.kind !== "imagery" && native < BLURRED_ZOOM ? BLURRED_ZOOM - 1 : 18;
  const zooms = { minZoom: of.minZoom, minNativeZoom: of.minZoom + offset, maxNativeZoom: native, maxZoom, zoomOffset: -offset };
  return L.tileLayer(of.url, { ...shared, ...zooms, tileSize: of.tileSize });
}

/** @type {any} */
const Features = L.GridLayer.extend({
  /** @param {GroundLayer} of @param {any} options */
  initialize(of, options) {
    L.setOptions(this, options);
    this._of = of;
    /** @type {Map<string, Promise<Drawn[]>>} */
    this._cached = new Map();
  },

  /**
   * Draw the features of the view on another context, in pixels of the page from its corner.
   * @param {CanvasRenderingContext2D} g
   */
  async paintOn(g) {
    const map = this._map;
    const zoom = Math.round(map.getZoom()) - 1;
    if (zoom < 0 || map.getZoom() < this.options.minZoom) return;
    // of the page for one of a tile, which differ between whole zooms
    const enlarged = map.getZoomScale(map.getZoom(), zoom + 1);
    const { min, max } = map.getPixelBounds();
    const side = SIDE * enlarged;
    const across = 1 << zoom;
    for (let row = Math.max(0, Math.floor(min.y / side)); row <= Math.min(across - 1, Math.floor(max.y / side)); row++) {
      for (let x = Math.floor(min.x / side); x <= Math.floor(max.x / side); x++) {
        const column = ((x % across) + across) % across;
        const features = await this._features({ zoom, column, row });
        g.save();
        g.translate(x * side - min.x, row * side - min.y);
        g.scale(enlarged, enlarged);
        g.beginPath();
        g.rect(0, 0, SIDE, SIDE);
        g.clip();
        draw(g, features, { scale: across * SIDE, x: column * SIDE, y: row * SIDE, ratio: 1, zoom }, this._of);
        g.restore();
      }
    }
  },

  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.height = SIDE * ratio;
    // a tile of 512 pixels is one zoom before that of the map
    const zoom = coords.z - 1;
    const across = 1 << zoom;
    const place = { zoom, column: ((coords.x % across) + across) % across, row: coords.y };
    if (zoom < 0 || coords.y < 0 || coords.y >= across) setTimeout(() => done(null, canvas));
    else
      this._features(place)
        .then((features) => {
          const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
          draw(g, features, { scale: across * SIDE * ratio, x: place.column * SIDE * ratio, y: place.row * SIDE * ratio, ratio, zoom }, this._of);
          done(null, canvas);
        })
        .catch((error) => done(error, canvas));
    return canvas;
  },

  /**
   * Return the properties of the polygons at a place, as the zoom of the map has them.
   * @param {L.LatLng} latlng
   * @returns {Promise<Record<string, any>[]>}
   */
  async polygonsAt(latlng) {
    const zoom = Math.max(0, Math.round(this._map.getZoom()) - 1);
    const { lng, lat } = latlng.wrap();
    const [x, y] = projected([[lng, lat]]);
    const across = 1 << zoom;
    const features = await this._features({ zoom, column: Math.floor(x * across), row: Math.floor(y * across) });
    return features.filter(({ type, parts: lists }) => type === 3 && isInside(lists, x, y)).map(({ properties }) => properties);
  },

  /** Return the features of the tile that a place is drawn from. @param {{zoom: number, column: number, row: number}} place */
  _features({ zoom, column, row }) {
    const { cuts, form, maxZoom, minZoom, url } = this._of;
    const native = form === "application/geo+json" ? cuts.filter((one) => one <= zoom).pop() : Math.min(zoom, maxZoom);
    if (native < (form === "application/geo+json" ? 0 : minZoom)) return Promise.resolve([]);
    const up = zoom - native;
    const at = { z: native, x: column >> up, y: row >> up };
    const address = L.Util.template(url, at);
    let found = this._cached.get(address);
    if (!found) {
      found = fetch(address).then(async (response) => {
        if (response.status === 204) return [];
        if (!response.ok) throw new Error(String(response.status));
        return form === "application/geo+json" ? ofGeoJson(await response.json()) : ofVectorTile(await response.arrayBuffer(), at);
      });
      found.catch(() => this._cached.delete(address));
      this._cached.set(address, found);
      if (this._cached.size > MAX_CACHED) this._cached.delete(this._cached.keys().next().value);
    }
    return found;
  },
});

/**
 * Return whether a point is inside of rings by the rule of even and odd.
 * @param {number[][]} lists
 * @param {number} x
 * @param {number} y
 */
export function isInside(lists, x, y) {
  let inside = false;
  for (const list of lists) {
    for (let n = 0, last = list.length - 2; n < list.length; last = n, n += 2) {
      const [ax, ay, bx, by] = [list[n], list[n + 1], list[last], list[last + 1]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

/** @param {any} collection @returns {Drawn[]} */
function ofGeoJson(collection) {
  return collection.features.flatMap(({ properties, geometry }) => parts(geometry).map(([type, lists]) => ({ type, properties, parts: lists.map(projected) })));
}

/** Return type and lists of positions of a geometry. @param {any} geometry @returns {[number, number[][][]][]} */
function parts({ type, coordinates, geometries }) {
  if (type === "GeometryCollection") return geometries.flatMap(parts);
  if (type === "Point") return [[1, [[coordinates]]]];
  if (type === "MultiPoint") return [[1, coordinates.map((one) => [one])]];
  if (type === "LineString") return [[2, [coordinates]]];
  if (type === "MultiLineString") return [[2, coordinates]];
  if (type === "Polygon") return [[3, coordinates]];
  return [[3, coordinates.flat()]];
}

/** @param {number[][]} positions */
function projected(positions) {
  const made = [];
  for (const [lon, lat] of positions) {
    const sine = Math.sin((Math.max(-85.0511, Math.min(85.0511, lat)) * Math.PI) / 180);
    made.push(lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
  }
  return made;
}

/** @param {ArrayBuffer} bytes @param {{z: number, x: number, y: number}} at @returns {Drawn[]} */
function ofVectorTile(bytes, { z, x, y }) {
  const made = [];
  for (const layer of Object.values(new VectorTile(new PbfReader(new Uint8Array(bytes))).layers)) {
    for (let i = 0; i < layer.length; i++) {
      const one = layer.feature(i);
      const lists = one.loadGeometry().map((ring) => ring.flatMap((point) => [(x + point.x / layer.extent) / 2 ** z, (y + point.y / layer.extent) / 2 ** z]));
      made.push({ type: one.type, properties: one.properties, parts: lists });
    }
  }
  return made;
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Drawn[]} features
 * @param {{scale: number, x: number, y: number, ratio: number, zoom: number}} to
 * @param {GroundLayer} of
 */
function draw(g, features, { scale, x, y, ratio, zoom }, of) {
  const style = KINDS[of.kind];
  g.lineJoin = "round";
  g.strokeStyle = schemed(style.stroke);
  g.setLineDash((style.dash ?? []).map((one) => one * ratio));
  for (const { type, properties, parts: lists } of features) {
    // the map's zoom is one more than that of its tiles
    if (Number(properties.min_zoom ?? 0) > zoom + 2) continue;
    g.beginPath();
    for (const list of lists) trace(g, list, type, (value, n) => (n % 2 ? value * scale - y : value * scale - x), (style.dot ?? 2) * ratio);
    const fill = of.bedrock ? ageColour(of.bedrock, properties.age) : style.by ? colourOf(String(properties[style.by] ?? "")) : schemed(style.fill);
    if (type !== 2 && fill) {
      g.fillStyle = fill;
      g.fill("evenodd");
    }
    if (type !== 1 && style.stroke) {
      g.lineWidth = (style.width ?? 1) * ratio * (1 + Math.max(0, 6 - Number(properties.scalerank ?? 6)) / 8);
      g.stroke();
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {number[]} list
 * @param {number} type
 * @param {(value: number, n: number) => number} turned
 * @param {number} dot
 */
function trace(g, list, type, turned, dot) {
  for (let n = 0; n < list.length; n += 2) {
    const at = [turned(list[n], 0), turned(list[n + 1], 1)];
    if (type === 1) {
      g.moveTo(at[0] + dot, at[1]);
      g.arc(at[0], at[1], dot, 0, 2 * Math.PI);
    } else if (n) g.lineTo(at[0], at[1]);
    else g.moveTo(at[0], at[1]);
  }
}
