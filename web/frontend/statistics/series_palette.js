// Colours of countries and sources in a chart: mid-tones that read on light and on dark ground, and a dash for each source.

export const COLOURS = ["#c8553d", "#4e79a7", "#59a14f", "#e09f3e", "#8d6cab", "#2a9d8f", "#b56576", "#7d8597"];
export const OTHERS = "#9aa0a6";
export const DASHES = ["", "6 3", "2 3", "8 3 2 3"];

/** @param {number} n */
export function colour(n) {
  return COLOURS[n % COLOURS.length];
}

/**
 * The label of a row in the language of the page.
 * @param {any} row
 * @param {string} lang
 */
export function label(row, lang) {
  return lang === "zh" ? row.label_zh : row.label_en;
}
