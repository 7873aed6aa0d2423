// The share of one country by year as a line.

import { dot, gridY, lineY, text } from "@observablehq/plot";
import { picture } from "../charts/picture.js";
import { percent, yearTicks } from "../charts/quantities.js";
import { COLOURS, label } from "./series_palette.js";

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, data, palette, width, settings }) {
  const rows = shares(spec, data, settings);
  if (!rows.length) return null;
  const narrow = width < 560;
  return picture(
    {
      width,
      height: narrow ? 240 : 300,
      marginLeft: 48,
      marginRight: 40,
      // the first label is not over the axis
      insetLeft: 30,
      marginTop: 30,
      x: { type: "linear", label: null, ticks: yearTicks(rows.map((one) => one.year), narrow ? 4 : 10), tickFormat: String },
      y: {
        domain: [0, Math.min(100, 1.2 * Math.max(...rows.map((one) => one.share)))],
        label: settings.texts.share,
        labelArrow: "none",
        tickFormat: (value) => `${value} %`,
        ticks: 5,
      },
      marks: [
        gridY({ stroke: palette.line }),
        lineY(rows, { x: "year", y: "share", stroke: COLOURS[0], strokeWidth: 2.5 }),
        dot(rows, { x: "year", y: "share", fill: COLOURS[0], r: 3.5 }),
        text(
          rows.filter((_, n) => !narrow || n === 0 || n === rows.length - 1),
          { x: "year", y: "share", text: (one) => percent(one.share), dy: -12, fill: palette.ink },
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
export function table({ spec, data, settings }) {
  const { texts } = settings;
  const rows = shares(spec, data, settings).map((one) => [String(one.year), one.title, one.value, one.sum, one.share]);
  return { head: [texts.year, texts.country, `${texts.value} (${data.unit ?? ""})`, texts.sumOfCountries, texts.share], rows };
}

function shares(spec, data, { lang }) {
  return data.years.flatMap((year) => {
    const one = year.areas.find((area) => area.area === spec.area);
    return one ? [{ year: Number(year.year), share: one.share_percent, value: one.value, sum: year.sum, title: label(one, lang) }] : [];
  });
}
