// How a mining right is drawn: colour by kind, hatched if it ends within a year, a dotted outline if it is not in force.

/** By kind of right, its colour in the light and in the dark scheme. @type {Record<string, [string, string]>} */
const COLOURS = {
  exploration: ["#1d5fa8", "#7ab8ff"],
  "discovery-claim": ["#6b3fa0", "#c4a0ff"],
  mining: ["#a8201a", "#ff8a80"],
  "reserved-range": ["#8a5a00", "#f2c14e"],
  quarry: ["#3f6b1f", "#a5d66f"],
  contract: ["#0b6e69", "#4cc2bb"],
};
/** @type {[string, string]} */
const OTHER = ["#4a5160", "#b4bbc8"];
export const KINDS = Object.keys(COLOURS);
const ENDED = ["applied", "expired", "cancelled", "revoked"];

/**
 * Return the colour of a kind of right.
 * @param {string | undefined} kind
 * @param {boolean} dark
 */
export function colourOf(kind, dark) {
  return (COLOURS[kind ?? ""] ?? OTHER)[dark ? 1 : 0];
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
  if (!judged && (ENDED.includes(status ?? "") || early || (over && status !== "in-extension"))) return "ended";
  return valid_to && !over && valid_to < soon ? "soon" : "valid";
}
