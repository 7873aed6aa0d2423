// Reserves by country as bars with their ratio to the production of the year.

import { barX, text } from "@observablehq/plot";
import { picture } from "../charts/picture.js";
import { number, short, tonnes } from "../charts/quantities.js";
import { label } from "./series_palette.js";

const MOST = 12;

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, data, palette, width, settings }) {
  const rows = countries(data).slice(0, MOST);
  if (!rows.length) return null;
  const narrow = width < 480;
  return picture(
    {
      width,
      height: 20 + rows.length * (narrow ? 40 : 28),
      marginLeft: narrow ? 4 : 170,
      marginRight: narrow ? 150 : 190,
      marginTop: 4,
      marginBottom: 4,
      x: { axis: null, domain: [0, Math.max(...rows.map((one) => one.base_value))] },
      y: { type: "band", domain: rows.map((one) => one.area), axis: null, padding: narrow ? 0.55 : 0.25 },
      marks: [
        barX(rows, { y: "area", x: "base_value", fill: palette.reserve, insetTop: narrow ? 8 : 0, insetBottom: narrow ? -6 : 0 }),
        text(rows, {
          y: "area",
          text: (one) => short(label(one, settings.lang), narrow ? 30 : 22),
          frameAnchor: "left",
          textAnchor: narrow ? "start" : "end",
          dx: narrow ? 0 : -8,
          dy: narrow ? -11 : 0,
          fill: palette.ink,
        }),
        text(rows, { y: "area", x: "base_value", text: (one) => figures(one, settings), textAnchor: "start", dx: 5, dy: narrow ? 6 : 0, fill: palette.ink }),
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
  return settings.lang === "zh" ? data.formula.zh : data.formula.en;
}

/** @param {any} context */
export function table({ data, settings }) {
  const { texts, lang } = settings;
  const rows = data.reserves.map((one) => [
    one.period,
    label(one, lang),
    `${one.value_raw}`,
    one.base_value,
    one.production ?? "",
    one.ratio === null ? "" : `${one.at_least ? ">" : ""}${number(one.ratio, 3)}`,
    lang === "zh" ? one.flags_zh : one.flags_en,
    one.note,
    settings.sources?.[one.source] ?? one.source,
  ]);
  return {
    head: [texts.year, texts.country, texts.printed, `${texts.reserves} (t)`, `${texts.production} (t)`, texts.ratio, texts.flags, texts.remark, texts.source],
    rows,
  };
}

function figures(one, settings) {
  const amount = `${one.bound ?? ""}${tonnes(one.base_value, settings.lang)}`;
  return one.ratio === null ? amount : `${amount} · R/P ${one.at_least ? ">" : ""}${number(one.ratio, 3)}`;
}

function countries(data) {
  return data.reserves.filter((one) => !one.area.startsWith("WLD") && one.area !== "rest");
}
