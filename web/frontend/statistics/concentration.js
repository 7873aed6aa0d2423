// The Herfindahl-Hirschman index by year as a band: other countries count as many at its lower edge, as one at its upper edge.

import { areaY, dot, gridY, lineY, text } from "@observablehq/plot";
import { picture } from "../charts/picture.js";
import { number, yearTicks } from "../charts/quantities.js";
import { describeConcentration } from "./concentration_note.js";
import { COLOURS } from "./series_palette.js";

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, data, palette, width, settings }) {
  const rows = known(data);
  if (!rows.length) return null;
  const narrow = width < 560;
  const most = Math.max(...rows.map((one) => one.hhi_high));
  return picture(
    {
      width,
      height: 200,
      marginLeft: 58,
      marginRight: 48,
      // the first label is not over the axis
      insetLeft: 30,
      marginTop: 28,
      x: { type: "linear", label: null, ticks: yearTicks(rows.map((one) => one.at), narrow ? 4 : 10), tickFormat: String },
      y: { domain: [0, Math.min(10_000, 1.25 * most)], label: settings.texts.hhi, labelArrow: "none", ticks: 4 },
      marks: [
        gridY({ stroke: palette.line }),
        areaY(rows, { x: "at", y1: "hhi_low", y2: "hhi_high", fill: COLOURS[1], fillOpacity: 0.3 }),
        lineY(rows, { x: "at", y: "hhi_low", stroke: COLOURS[1], strokeWidth: 2.5 }),
        dot(rows, { x: "at", y: "hhi_low", r: 3.5, fill: COLOURS[1] }),
        text(
          rows.filter((_, n) => n === 0 || n === rows.length - 1),
          { x: "at", y: "hhi_high", text: (one) => number(one.hhi_low, 4), dy: -12, fill: palette.ink },
        ),
      ],
    },
    palette,
    spec.title,
  );
}

export function legend() {
  return [];
}

/** @param {any} context */
export function note({ data, settings }) {
  return describeConcentration(settings.texts, known(data).pop());
}

/** @param {any} context */
export function table({ data, settings }) {
  const { texts } = settings;
  return { head: [texts.year, texts.hhiLow, texts.hhiHigh], rows: known(data).map((one) => [one.year, one.hhi_low, one.hhi_high]) };
}

function known(data) {
  return data.years.filter((one) => one.hhi_low !== null).map((one) => ({ ...one, at: Number(one.year) }));
}
