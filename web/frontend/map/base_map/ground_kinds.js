// How each kind of ground layer is drawn, from below to above, in light and dark.

import declared from "../../../../geodata/lodedata/maps/map_symbols.json" with { type: "json" };

/**
 * @typedef {object} KindStyle
 * @property {number} z order of the layer's pane
 * @property {string} [fill] colours for light and dark, separated by a space
 * @property {string} [stroke]
 * @property {number} [width] of lines, in pixels
 * @property {number[]} [dash]
 * @property {number} [dot] radius of points
 * @property {string} [by] property whose value gives the colour
 */

/**
 * @typedef {object} Bedrock ages with their colours on the chart, the youngest first, and labels of rocks
 * @property {{code: string, label: string, colour: string}[]} ages
 * @property {Record<string, string>} rocks
 * @property {number} unknown features whose age is not of the chart or not stated
 * @property {string} unknownColour
 */

/** @type {Record<string, KindStyle>} */
export const KINDS = {
  relief: { z: 151 },
  shade: { z: 152 },
  imagery: { z: 153 },
  geology: { z: 154, by: "prov_type" },
  bedrock: { z: 154, stroke: "#4a4a4a55 #e0e0e033", width: 0.4, by: "age" },
  urban: { z: 155, fill: "#d9a99a99 #6b4a4599" },
  protected: { z: 155, fill: "#5fa05a44 #5fa05a33" },
  glaciers: { z: 156, fill: "#ffffffcc #cfe3ee55" },
  lakes: declared.water.lakes,
  rivers: declared.water.rivers,
  roads: { z: 159, stroke: "#b0693f #8a5f45", width: 0.9 },
  railways: { z: 160, stroke: "#6d6a64 #8f8c86", width: 1, dash: [5, 2] },
  borders: { z: 162, stroke: "#8c6f9a #9d86aa", width: 1.2 },
  faults: { z: 163, stroke: "#b3261e #ff7b72", width: 0.8 },
  ports: { z: 164, fill: "#1f5f8b #79b8e0", dot: 2.4 },
  airports: { z: 164, fill: "#6d6a64 #a5a29c", dot: 2 },
  "power-plants": { z: 164, fill: "#b8860b #e0b64a", dot: 1.8 },
  towns: { z: 164, fill: "#3a3a3a #d6d3cd", dot: 1.8 },
};
export const PICTURES = ["relief", "shade", "imagery"];
const PALETTE = ["#e6a57e", "#c6b38e", "#d98880", "#a3c9a8", "#b8a9c9", "#9fc5d8", "#e8d28c", "#cfa5b4", "#8fb9a8", "#c9c9a3", "#d9b38c", "#a9b8d0"];

/** Return one of the colours of a kind for the scheme of the page. @param {string | undefined} pair */
export function schemed(pair) {
  const [light, dark] = (pair ?? "").split(" ");
  return document.documentElement.dataset.bsTheme === "dark" ? (dark ?? light) : light;
}

/**
 * Return the colour of an age on the chart, grey for one that is not of it.
 * @param {Bedrock} bedrock
 * @param {string | undefined} age
 */
export function ageColour({ ages, unknownColour }, age) {
  return `${ages.find((one) => one.code === age)?.colour ?? unknownColour}b3`;
}

/** Return the colour of a value, the same in each tile and at each visit. @param {string} value */
export function colourOf(value) {
  let sum = 0;
  for (let i = 0; i < value.length; i++) sum = (sum * 31 + value.charCodeAt(i)) >>> 0;
  return `${PALETTE[sum % PALETTE.length]}88`;
}
