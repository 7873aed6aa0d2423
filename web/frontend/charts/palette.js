// Colours: on the screen those of the page, dark or light; on paper and in files fixed ones on white.

/** @typedef {{ink: string, quiet: string, line: string, paper: string, accent: string, land: string, sea: string, resource: string, reserve: string, endowment: string, yellow: string}} Palette */

const NAMES = ["ink", "quiet", "line", "paper", "accent", "land", "sea", "resource", "reserve", "endowment", "yellow"];

/** @type {Palette} */
export const SCREEN = /** @type {any} */ (Object.fromEntries(NAMES.map((name) => [name, `var(--chart-${name})`])));

/** @type {Palette} */
export const PAPER = {
  ink: "#1f2430",
  quiet: "#5b6070",
  line: "#d6d0c0",
  paper: "#ffffff",
  accent: "#b3261e",
  land: "#efe9da",
  sea: "#dfe9ee",
  resource: "#0b7a75",
  reserve: "#b3541e",
  endowment: "#5b6070",
  yellow: "#8a6100",
};

/** Glyph of each kind of estimate: distinguished by shape as well as by colour. */
export const SYMBOLS = { resource: "circle", reserve: "square", endowment: "diamond" };
export const GLYPHS = { resource: "●", reserve: "■", endowment: "◆" };
