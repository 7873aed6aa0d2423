// How a mining right is drawn: colour by kind, hatched if it ends within a year, a dotted outline if it is not in force.

import declared from "../../../geodata/lodedata/maps/map_symbols.json" with { type: "json" };

export const { rights: STYLE } = declared;
/** By kind of right, its colour in the light and in the dark scheme. @type {Record<string, string[]>} */
const COLOURS = STYLE.colours;
export const KINDS = Object.keys(COLOURS);

/**
 * Return the colour of a kind of right.
 * @param {string | undefined} kind
 * @param {boolean} dark
 */
export function colourOf(kind, dark) {
  return (COLOURS[kind ?? ""] ?? STYLE.otherColours)[dark ? 1 : 0];
}

/**
 * Return whether a right is in force on a day and ends within a year; texts of partial dates count with all of their days.
 * @param {{status?: string, valid_from?: string, valid_to?: string}} right
 * @param {{day: string, soon: string, judged: boolean}} on the day, a year later, and whether all rights are known to be in force
 * @returns {"ended" | "soon" | "valid"}
 */
export function stateOf({ status, valid_from, valid_to }, { day, soon, judged }) {
  const over = Boolean(valid_to) && String(valid_to) < day.slice(0, String(valid_to).length);
  const early = Boolean(valid_from) && String(valid_from) > day;
  if (!judged && (STYLE.notInForce.includes(status ?? "") || early || (over && status !== "in-extension"))) return "ended";
  return valid_to && !over && valid_to < soon ? "soon" : "valid";
}
