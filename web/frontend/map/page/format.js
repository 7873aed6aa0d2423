// Numbers, distances, areas, masses and file sizes as text in the language of the page.

import { formatMessage, lang, messages } from "./settings.js";

const LOCALE = lang === "zh" ? "zh-CN" : "en";

/** @param {number} value */
export function number(value) {
  return value.toLocaleString(LOCALE);
}

/** @param {number} metres */
export function distance(metres) {
  if (metres < 1000) return `${number(Math.round(metres))} ${messages.metres}`;
  const km = metres / 1000;
  return `${number(km < 100 ? Math.round(km * 10) / 10 : Math.round(km))} ${messages.kilometres}`;
}

/** @param {number} m2 */
export function area(m2) {
  if (m2 < 1e5) return `${number(Math.round(m2))} m²`;
  const km2 = m2 / 1e6;
  return `${number(km2 < 100 ? Math.round(km2 * 100) / 100 : Math.round(km2))} km²`;
}

const MASSES = lang === "zh" ? [[1e8, "亿吨"], [1e4, "万吨"], [1, "吨"]] : [[1e9, "Gt"], [1e6, "Mt"], [1e3, "kt"], [1, "t"]];

/** Return a mass in the usual unit of the language. @param {number} tonnes */
export function mass(tonnes) {
  const [by, unit] = MASSES.find(([least]) => tonnes >= Number(least)) ?? MASSES[MASSES.length - 1];
  return `${Number((tonnes / Number(by)).toPrecision(4)).toLocaleString(LOCALE)} ${unit}`.replace(/ (?=[\u4e00-\u9fff])/, "");
}

/** Return a grade: below a hundredth of a per cent in grams per tonne. @param {number} percent */
export function grade(percent) {
  const [value, unit] = percent < 0.01 ? [percent * 1e4, "g/t"] : [percent, "%"];
  return `${Number(value.toPrecision(4)).toLocaleString(LOCALE, { maximumSignificantDigits: 4 })} ${unit}`;
}

/** Return a size in bytes. @param {number} n */
export function bytes(n) {
  const [by, unit] = [[1e9, "GB"], [1e6, "MB"], [1e3, "KB"]].find(([least]) => n >= Number(least)) ?? [1, "B"];
  return `${Number((n / Number(by)).toPrecision(3)).toLocaleString(LOCALE)} ${unit}`;
}

/** Return what another source gives where it contradicts the leading figure, else nothing. @param {any} p @returns {string} */
export function contradiction(p) {
  return p.figure_elsewhere_t ? formatMessage(messages.elsewhere, { amount: mass(p.figure_elsewhere_t) }) : "";
}

/** Return that the leading figure is one of several classes which are not added, else nothing. @param {any} p @returns {string} */
export function oneOfSeveral(p) {
  return p.figure_one_of_several ? messages.oneOfSeveral : "";
}
