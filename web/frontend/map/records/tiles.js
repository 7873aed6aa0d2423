// Vector tiles of the collections, fetched once and decoded.

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import { settings } from "../page/settings.js";
import { GROUPS } from "./symbols.js";

/** Side of a tile on the screen in pixels: twice the usual, so that a quarter of the requests is made. */
export const SIDE = 512;
const MAX_CACHED = 600;

/**
 * @typedef {object} TileItem x and y are parts of the world's side, from its north-west corner
 * @property {number} x
 * @property {number} y
 * @property {number} n
 * @property {Record<string, number>} mix
 * @property {any} [record]
 */

/**
 * Return the items of a tile.
 * @param {ArrayBuffer} bytes
 * @param {string} kind
 * @param {{z: number, x: number, y: number}} at
 * @returns {TileItem[]}
 */
export function items(bytes, kind, at) {
  const { layers } = new VectorTile(new PbfReader(new Uint8Array(bytes)));
  const scale = 2 ** at.z;
  const made = [];
  for (const [name, layer] of Object.entries(layers)) {
    for (let i = 0; i < layer.length; i++) {
      const feature = layer.feature(i);
      const [[point]] = feature.loadGeometry();
      const x = (at.x + point.x / layer.extent) / scale;
      const y = (at.y + point.y / layer.extent) / scale;
      const p = feature.properties;
      if (name === kind) {
        const group = groupOf(p);
        made.push({ x, y, n: 1, mix: { [group]: 1 }, record: { ...p, kind, group } });
      } else {
        made.push({ x, y, n: Number(p.n), mix: mixOf(p) });
      }
    }
  }
  return made;
}

/** The commodity group of a point, of which a kind that is not merged has the commodity alone. @param {Record<string, any>} p */
function groupOf(p) {
  const group = String(p.commodity_group ?? settings.groupOf?.[p.main_commodity]);
  return group in GROUPS ? group : "other";
}

/** @param {Record<string, any>} p */
function mixOf(p) {
  /** @type {Record<string, number>} */
  const mix = {};
  for (const group of Object.keys(GROUPS)) {
    const n = Number(p[`n_${group}`] ?? 0);
    if (n) mix[group] = n;
  }
  // counts of a kind that is not merged are not divided by group
  if (!Object.keys(mix).length) mix.other = Number(p.n);
  return mix;
}

/** Fetches each tile once and drops the oldest. */
export class Tiles {
  /** @param {(url: string, signal: AbortSignal) => Promise<ArrayBuffer>} fetchBytes */
  constructor(fetchBytes) {
    this.fetchBytes = fetchBytes;
    /** @type {Map<string, TileItem[]>} */
    this.cached = new Map();
    /** @type {Map<string, {promise: Promise<TileItem[]>, control: AbortController}>} */
    this.coming = new Map();
  }

  /** @param {string} url */
  have(url) {
    const found = this.cached.get(url);
    if (found) {
      this.cached.delete(url);
      this.cached.set(url, found);
    }
    return found;
  }

  /**
   * @param {string} url
   * @param {string} kind
   * @param {{z: number, x: number, y: number}} at
   */
  fetch(url, kind, at) {
    const known = this.coming.get(url);
    if (known) return known.promise;
    const control = new AbortController();
    const promise = this.fetchBytes(url, control.signal)
      .then((bytes) => {
        const found = items(bytes, kind, at);
        this.cached.set(url, found);
        for (const oldest of this.cached.keys()) {
          if (this.cached.size <= MAX_CACHED) break;
          this.cached.delete(oldest);
        }
        return found;
      })
      .finally(() => this.coming.delete(url));
    this.coming.set(url, { promise, control });
    return promise;
  }

  /**
   * Abort requests of tiles that are no longer wanted.
   * @param {Set<string>} wanted
   */
  keepOnly(wanted) {
    for (const [url, { control }] of this.coming) if (!wanted.has(url)) control.abort();
  }
}

/**
 * The tiles that cover a box of the world, whose sides are parts of the world's side.
 * @param {{west: number, north: number, east: number, south: number}} box
 * @param {number} z
 */
export function covering(box, z) {
  const last = 2 ** z - 1;
  const at = (value) => Math.min(last, Math.max(0, Math.floor(value * 2 ** z)));
  const found = [];
  for (let y = at(box.north); y <= at(box.south); y++) {
    for (let x = at(box.west); x <= at(box.east); x++) found.push({ z, x, y });
  }
  return found;
}
