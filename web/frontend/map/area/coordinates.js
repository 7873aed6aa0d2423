// Positions as text: parsed from any form, written in four. Longitude precedes latitude everywhere in code.

import proj4 from "proj4";

const UTM_LETTERS = "CDEFGHJKLMNPQRSTUVWX";

/** CGCS2000 in Gauss-Krüger zones; CGCS2000 and WGS 84 agree within a metre. @param {number} central @param {number} falseEasting */
function gauss(central, falseEasting) {
  return `+proj=tmerc +lat_0=0 +lon_0=${central} +k=1 +x_0=${falseEasting} +y_0=0 +ellps=GRS80 +units=m +no_defs`;
}

/** @param {number} zone @param {boolean} south */
function utm(zone, south) {
  return `+proj=utm +zone=${zone}${south ? " +south" : ""} +datum=WGS84 +units=m +no_defs`;
}

/** @typedef {"decimal" | "dms" | "utm" | "cgcs"} Form */
/** @type {Form[]} */
export const FORMS = ["decimal", "dms", "utm", "cgcs"];

/**
 * Return a position as text.
 * @param {number} lon
 * @param {number} lat
 * @param {Form} form
 * @returns {string} empty where the form has none
 */
export function formatPosition(lon, lat, form) {
  if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90)) return "";
  if (form === "dms") return `${dms(lon, "E", "W")} ${dms(lat, "N", "S")}`;
  if (form === "utm") return asUtm(lon, lat);
  if (form === "cgcs") return asGauss(lon, lat);
  return `${lon.toFixed(5)}, ${lat.toFixed(5)}`;
}

/**
 * @param {number} value
 * @param {string} plus
 * @param {string} minus
 */
function dms(value, plus, minus) {
  const tenths = Math.round(Math.abs(value) * 36_000);
  const seconds = (tenths % 600) / 10;
  const minutes = Math.floor(tenths / 600) % 60;
  const degrees = Math.floor(tenths / 36_000);
  return `${degrees}°${String(minutes).padStart(2, "0")}′${seconds.toFixed(1).padStart(4, "0")}″${value < 0 ? minus : plus}`;
}

/** @param {number} lon @param {number} lat */
function asUtm(lon, lat) {
  if (lat < -80 || lat > 84) return "";
  const zone = utmZone(lon, lat);
  const [x, y] = proj4(utm(zone, lat < 0), [lon, lat]);
  const letter = UTM_LETTERS[Math.min(19, Math.floor((lat + 80) / 8))];
  return `${zone}${letter} ${Math.round(x)} ${Math.round(y)}`;
}

/** With the wider zones of Norway and Svalbard. @param {number} lon @param {number} lat */
function utmZone(lon, lat) {
  if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32;
  if (lat >= 72 && lon >= 0 && lon < 42) return lon < 9 ? 31 : lon < 21 ? 33 : lon < 33 ? 35 : 37;
  return Math.min(60, Math.floor((lon + 180) / 6) + 1);
}

/** The three-degree zones in use in China, 25 to 45, with the zone before the easting. @param {number} lon @param {number} lat */
function asGauss(lon, lat) {
  const zone = Math.round(lon / 3);
  if (zone < 25 || zone > 45 || lat < 0 || lat > 56) return "";
  const [x, y] = proj4(gauss(zone * 3, 500_000), [lon, lat]);
  return `X=${Math.round(y)} Y=${zone}${String(Math.round(x)).padStart(6, "0")}`;
}

/**
 * Return the position of a text, or null: decimal degrees, degrees with minutes and seconds, UTM, or Gauss-Krüger of
 * CGCS2000 with the zone before the easting (3-degree zones 25 to 45, 6-degree zones 13 to 23).
 * Two numbers without letters are longitude and latitude, or latitude and longitude if only that is possible. If both orders are,
 * there are two positions, longitude first in the first.
 * @param {string} text
 * @returns {[number, number][]} longitude and latitude; empty if the text is no position
 */
export function parsePositions(text) {
  const plain = text.trim().replace(/[，、；;]/g, ",").replace(/[＋]/g, "+").replace(/[－−–]/g, "-");
  const found = fromUtm(plain) ?? fromGauss(plain);
  if (found) return [found];
  return fromMarked(plain) ?? fromPair(plain) ?? [];
}

/** Return a position as numbers with letters, latitude first. @param {[number, number]} position */
export function withLetters([lon, lat]) {
  return `${Math.abs(lat)}° ${lat < 0 ? "S" : "N"}, ${Math.abs(lon)}° ${lon < 0 ? "W" : "E"}`;
}

/** @param {string} text @returns {[number, number] | null} */
function fromUtm(text) {
  const found = /^(?:UTM\s*)?(\d{1,2})\s*([C-HJ-NP-X])\s*,?\s*(\d{6}(?:\.\d+)?)\s*m?\s*E?[\s,]+(\d{1,8}(?:\.\d+)?)\s*m?\s*N?$/i.exec(text);
  if (!found) return null;
  const zone = Number(found[1]);
  if (zone < 1 || zone > 60) return null;
  return checked(/** @type {[number, number]} */ (proj4(utm(zone, found[2].toUpperCase() < "N")).inverse([Number(found[3]), Number(found[4])])));
}

/** @param {string} text @returns {[number, number] | null} */
function fromGauss(text) {
  const named = /^X\s*[=:：]?\s*(\d+(?:\.\d+)?)\s*m?[\s,]+Y\s*[=:：]?\s*(\d+(?:\.\d+)?)\s*m?$/i.exec(text);
  const bare = /^(\d{6,8}(?:\.\d+)?)[\s,]+(\d{6,8}(?:\.\d+)?)$/.exec(text);
  const found = named ?? bare;
  if (!found) return null;
  const pair = [found[1], found[2]];
  // the easting is the one that begins with a zone, so it has eight figures
  const at = pair.findIndex((one) => one.split(".")[0].length === 8);
  if (at < 0) return null;
  const zone = Number(pair[at].slice(0, 2));
  const central = zone >= 25 && zone <= 45 ? zone * 3 : zone >= 13 && zone <= 23 ? zone * 6 - 3 : null;
  if (central === null) return null;
  const easting = Number(pair[at]) - zone * 1e6;
  return checked(/** @type {[number, number]} */ (proj4(gauss(central, 500_000)).inverse([easting, Number(pair[1 - at])])));
}

const PART = /([NSEW东西南北])?(?:经|纬)?\s*([+-]?\d+(?:\.\d+)?)\s*[°度d:]?\s*(?:(\d+(?:\.\d+)?)\s*['′’分m:]\s*)?(?:(\d+(?:\.\d+)?)\s*(?:["″”秒s]|''|′′)?\s*)?([NSEW])?/iy;
const SIDES = { 东: "E", 西: "W", 南: "S", 北: "N" };

/** @param {string} text @returns {[number, number][] | null} */
function fromMarked(text) {
  if (!/[NSEW东西南北°度′'″"]/i.test(text)) return null;
  /** @type {{value: number, side: string}[]} */
  const parts = [];
  let at = 0;
  while (at < text.length && parts.length < 3) {
    while (/[\s,]/.test(text[at] ?? "")) at++;
    if (at >= text.length) break;
    PART.lastIndex = at;
    const found = PART.exec(text);
    if (!found) return null;
    const [match, before, degrees, minutes, seconds, after] = found;
    if (Number(minutes ?? 0) >= 60 || Number(seconds ?? 0) >= 60) return null;
    const side = (before ? (SIDES[before] ?? before) : (after ?? "")).toUpperCase();
    const size = Math.abs(Number(degrees)) + Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3600;
    parts.push({ value: degrees.startsWith("-") || side === "S" || side === "W" ? -size : size, side });
    // a letter after a part that has one before it belongs to the next
    at += match.length - (before && after ? after.length : 0);
  }
  if (parts.length !== 2) return null;
  const [a, b] = parts;
  const turned = /[NS]/.test(a.side) || /[EW]/.test(b.side);
  if (/[NS]/.test(a.side) && /[NS]/.test(b.side)) return null;
  if (/[EW]/.test(a.side) && /[EW]/.test(b.side)) return null;
  if (!a.side && !b.side) return eitherOrder([a.value, b.value]);
  const found = checked(turned ? [b.value, a.value] : [a.value, b.value]);
  return found && [found];
}

/** @param {string} text @returns {[number, number][] | null} */
function fromPair(text) {
  const found = /^([+-]?\d+(?:\.\d+)?)°?\s*(?:,|\s)\s*([+-]?\d+(?:\.\d+)?)°?$/.exec(text);
  return found && eitherOrder([Number(found[1]), Number(found[2])]);
}

/**
 * Return the positions that two numbers can mean.
 * @param {[number, number]} pair
 * @returns {[number, number][]}
 */
function eitherOrder([a, b]) {
  const [first, second] = [checked([a, b]), checked([b, a])];
  if (first && second && a !== b) return [first, second];
  const one = first ?? second;
  return one ? [one] : [];
}

/** @param {[number, number]} pair @returns {[number, number] | null} the pair if it is a longitude and a latitude */
function checked([lon, lat]) {
  return Number.isFinite(lon) && Number.isFinite(lat) && Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null;
}
