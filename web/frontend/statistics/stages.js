// Shares of countries in each stage of production as bars of 100 %, one above the other.

import { barX, text } from "@observablehq/plot";
import { picture } from "../charts/picture.js";
import { percent, short } from "../charts/quantities.js";
import { colour, OTHERS } from "./series_palette.js";

const MIN_LABELLED = 9;
/** Width of a Latin letter of the labels, in pixels. */
const LETTER = 7;

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, palette, width }) {
  const rows = placed(spec.rows);
  if (!rows.length) return null;
  const stages = [...new Set(rows.map((one) => one.stage))];
  const letters = (one) => Math.floor((one.share / 100) * (width / LETTER)) - 1;
  return picture(
    {
      width,
      height: 14 + stages.length * 62,
      marginLeft: 4,
      marginRight: 4,
      marginTop: 6,
      marginBottom: 4,
      x: { axis: null, domain: [0, 100] },
      y: { type: "band", domain: stages, axis: null, padding: 0.4 },
      marks: [
        text(stages, { y: (stage) => stage, text: (stage) => stage, frameAnchor: "left", textAnchor: "start", dy: -26, fill: palette.ink }),
        barX(rows, { y: "stage", x1: "begin", x2: "end", fill: "colour", stroke: palette.paper, insetTop: 4, insetBottom: -4 }),
        text(
          rows.filter((one) => one.share >= MIN_LABELLED),
          { y: "stage", x: (one) => (one.begin + one.end) / 2, text: (one) => partLabel(one, letters(one)), dy: 4, fill: "#fff", stroke: "#0008", strokeWidth: 2 },
        ),
      ],
    },
    palette,
    spec.title,
  );
}

/** @param {any} context */
export function legend({ spec }) {
  const named = [...new Map(spec.rows.map((one) => [one.area, one.name]))].filter(([area]) => area !== "rest");
  return named.map(([area, name]) => ({ glyph: "■", colour: `series-${numbered(spec.rows).get(area)}`, text: name }));
}

/** @param {any} context */
export function table({ spec, settings }) {
  const { texts } = settings;
  return { head: [texts.stage, texts.country, `${texts.share} (%)`, texts.source], rows: spec.rows.map((one) => [one.stage, one.name, one.share, one.source]) };
}

/** The name and share of a part where they fit, else the share, else nothing: a figure is never cut. */
export function partLabel(one, letters) {
  return [`${one.name} ${percent(one.share)}`, percent(one.share)].find((text) => short(text, letters) === text) ?? "";
}

/** The number of the colour of each country, the same in all stages. */
function numbered(rows) {
  const areas = [...new Set(rows.map((one) => one.area))].filter((area) => area !== "rest");
  return new Map(areas.map((area, n) => [area, n % 8]));
}

function placed(rows) {
  const numbers = numbered(rows);
  const ends = new Map();
  return rows.map((one) => {
    const begin = ends.get(one.stage) ?? 0;
    ends.set(one.stage, begin + one.share);
    const number = numbers.get(one.area);
    return { ...one, begin, end: begin + one.share, colour: number === undefined ? OTHERS : colour(number) };
  });
}
