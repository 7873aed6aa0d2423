// What the page tells its script: words, labels and addresses, in the language of the page.

const told = globalThis.document?.getElementById("lode-settings")?.textContent;

/** @type {any} */
export const settings = JSON.parse(told ?? '{"words":{},"labels":{},"kinds":{},"groups":{}}');
/** @type {Record<string, string>} */
export const words = settings.words;
/** @type {"en" | "zh"} */
export const lang = settings.lang === "zh" ? "zh" : "en";
const LOCALE = lang === "zh" ? "zh-CN" : "en";
export const COMMA = lang === "zh" ? "、" : ", ";

/** @param {number} value */
export function number(value) {
  return value.toLocaleString(LOCALE);
}

/**
 * A sentence with its parts put in: {name} stands for a part.
 * @param {string} text
 * @param {Record<string, string | number>} parts
 */
export function filled(text, parts) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in parts ? String(parts[name]) : whole));
}

/**
 * @param {string | undefined} vocabulary
 * @param {string} code
 * @returns {string}
 */
export function label(vocabulary, code) {
  return (vocabulary && settings.labels[vocabulary]?.[code]) || code;
}

/**
 * The name of a record: the page's language first.
 * @param {any} p
 */
export function nameOf(p) {
  return (lang === "zh" ? p.name_zh || p.name_en : p.name_en || p.name_zh) || words.unnamed;
}

/** @param {number} metres */
export function distance(metres) {
  if (metres < 1000) return `${number(Math.round(metres))} ${words.metres}`;
  const km = metres / 1000;
  return `${number(km < 100 ? Math.round(km * 10) / 10 : Math.round(km))} ${words.kilometres}`;
}

/** @param {number} m2 */
export function area(m2) {
  if (m2 < 1e5) return `${number(Math.round(m2))} m²`;
  const km2 = m2 / 1e6;
  return `${number(km2 < 100 ? Math.round(km2 * 100) / 100 : Math.round(km2))} km²`;
}

const MASSES = lang === "zh" ? [[1e8, "亿吨"], [1e4, "万吨"], [1, "吨"]] : [[1e9, "Gt"], [1e6, "Mt"], [1e3, "kt"], [1, "t"]];

/** A mass in the unit that people of the language use. @param {number} tonnes */
export function mass(tonnes) {
  const [by, unit] = MASSES.find(([least]) => tonnes >= Number(least)) ?? MASSES[MASSES.length - 1];
  return `${Number((tonnes / Number(by)).toPrecision(4)).toLocaleString(LOCALE)} ${unit}`.replace(/ (?=[\u4e00-\u9fff])/, "");
}

/** A size in bytes. @param {number} n */
export function bytes(n) {
  const [by, unit] = [[1e9, "GB"], [1e6, "MB"], [1e3, "KB"]].find(([least]) => n >= Number(least)) ?? [1, "B"];
  return `${Number((n / Number(by)).toPrecision(3)).toLocaleString(LOCALE)} ${unit}`;
}
