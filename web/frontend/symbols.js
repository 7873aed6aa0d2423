// Colours by commodity group and shapes by kind. The letter tells groups apart where colours can't.

/** @type {Record<string, {colour: string, letter: string}>} */
export const GROUPS = {
  copper: { colour: "#b3541e", letter: "Cu" },
  lithium: { colour: "#0b7a75", letter: "Li" },
  nickel: { colour: "#2c6e2f", letter: "Ni" },
  cobalt: { colour: "#1d4ed8", letter: "Co" },
  tin: { colour: "#6b7280", letter: "Sn" },
  aluminium: { colour: "#a21caf", letter: "Al" },
  other: { colour: "#374151", letter: "·" },
};

/** @type {Record<string, string>} */
const SHAPES = {
  deposits: '<circle cx="11" cy="11" r="9.5"/>',
  discoveries: '<path d="M11 1 21.2 19.5H.8z"/>',
  projects: '<rect x="1.5" y="1.5" width="19" height="19" rx="2"/>',
};

/**
 * The symbol of a record as SVG text; nothing in it comes from data.
 * @param {string} collection
 * @param {string} group
 */
export function symbol(collection, group) {
  const { colour, letter } = GROUPS[group] ?? GROUPS.other;
  const y = collection === "discoveries" ? 17 : 14.5;
  return (
    `<svg class="symbol" viewBox="0 0 22 22" width="22" height="22" aria-hidden="true" fill="${colour}">` +
    `${SHAPES[collection]}<text x="11" y="${y}" text-anchor="middle">${letter}</text></svg>`
  );
}
