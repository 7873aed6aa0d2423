// A file of the filtered records: address, likely size and omissions.

import { address } from "../query/collection_query.js";

/**
 * @typedef {object} Format
 * @property {string} name
 * @property {string} title
 * @property {string} text
 * @property {string} loss what a record loses in this format, empty for nothing
 * @property {number} rowBytes
 * @property {boolean} crs whether it can be of another system than WGS 84
 * @property {boolean} relations whether it holds estimates and phases as tables
 * @property {boolean} labels whether it has labels of terms in place of codes
 * @property {boolean} [tiled] whether it holds the tiles of the map: it has no choice of columns and no package
 *
 * @typedef {object} Choice
 * @property {string} kind
 * @property {Format} format
 * @property {string[]} columns none for all of them
 * @property {string} lang empty for codes
 * @property {string} crs empty for WGS 84
 * @property {boolean} packed
 */

const EPSG = "http://www.opengis.net/def/crs/EPSG/0/";
/** The kind of a file that holds all kinds. */
export const ALL = "all";
/** Formats of such a file. */
export const OF_ALL = ["csv", "xlsx", "gpkg"];
/** Size of the fixed part of each record, in columns. */
const FIXED_COLUMNS = 3;

/**
 * @param {Choice} choice
 * @param {URLSearchParams} query the query parameters of the collection
 * @param {string[]} [kinds] the kinds of a file of all of them
 */
export function fileAddress({ kind, format, columns, lang, crs, packed }, query, kinds = []) {
  /** @type {Record<string, string>} */
  const more = {};
  if (format.tiled) return address(`/api/collections/${kind}/download/${format.name}`, query, more);
  if (columns.length) more.columns = columns.join(",");
  if (lang) more.lang = lang;
  if (crs && format.crs) more.crs = `${EPSG}${crs}`;
  if (kind === ALL) return address(`/api/download/${format.name}`, query, { ...more, collections: kinds.join(",") });
  if (packed) more.package = "1";
  return address(`/api/collections/${kind}/download/${format.name}`, query, more);
}

/**
 * Return the likely size of the file in bytes, before a package is zipped.
 * @param {Choice} choice
 * @param {number} rows
 * @param {number} all number of columns
 */
export function likelyBytes({ format, columns }, rows, all) {
  const share = columns.length ? (Math.min(columns.length, all) + FIXED_COLUMNS) / (all + FIXED_COLUMNS) : 1;
  return Math.round(rows * format.rowBytes * share);
}

/**
 * Return the coordinate systems of a file: WGS 84, CGCS2000, Web Mercator, and the zones that its records lie in.
 * @param {{epsg: number, records: number}[]} zones zones of UTM and of Gauss-Kruger, the one with most records first
 * @returns {{code: string, name: string, zone?: number, records?: number}[]} EPSG codes, empty for WGS 84
 */
export function systems(zones) {
  const fixed = [{ code: "", name: "wgs84" }, { code: "4490", name: "cgcs2000" }, { code: "3857", name: "mercator" }];
  return [...fixed, ...zones.map(({ epsg, records }) => ({ code: String(epsg), records, ...zoneOf(epsg) }))];
}

/** @param {number} epsg EPSG:4513 to 4533 are the three-degree zones 25 to 45 */
function zoneOf(epsg) {
  if (epsg < 5000) return { name: "gauss", zone: epsg - 4488 };
  return epsg < 32700 ? { name: "utmNorth", zone: epsg - 32600 } : { name: "utmSouth", zone: epsg - 32700 };
}

/**
 * Return what a file leaves out, each as the name of a message and its number.
 * @param {Choice} choice
 * @param {{all: number, nowhere: number, others: number}} counts columns that there are, records without a position, records of
 *   other kinds that the filters choose too
 * @returns {{name: string, n?: number}[]}
 */
export function leftOut({ kind, format, columns, packed }, { all, nowhere, others }) {
  /** @type {{name: string, n?: number}[]} */
  const found = [];
  if (nowhere) found.push({ name: "nowhere", n: nowhere });
  if (columns.length && columns.length < all) found.push({ name: "columns", n: all - columns.length });
  if (!format.relations && !packed && kind !== ALL) found.push({ name: "relations" });
  if (format.loss) found.push({ name: "loss" });
  if (others) found.push({ name: "others", n: others });
  return found;
}
