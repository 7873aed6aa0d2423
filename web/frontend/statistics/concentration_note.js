// The sentence that states the index of concentration of the last year.

import { number } from "../charts/quantities.js";

/**
 * The sentence for a year: a range if it matters whether other countries count as many or as one.
 * @param {{ hhiOf: string, hhiAt: string }} texts
 * @param {{ year: string, hhi_low: number, hhi_high: number }} last
 */
export function describeConcentration(texts, last) {
  const [low, high] = [number(last.hhi_low, 4), number(last.hhi_high, 4)];
  if (low === high) return texts.hhiAt.replace("{year}", last.year).replace("{value}", low);
  return texts.hhiOf.replace("{year}", last.year).replace("{range}", `${low}–${high}`);
}
