// Capacity in Lode, operating and coming, next to the national output, with the coverage.

import { barX, text, tickX } from "@observablehq/plot";
import { picture } from "../charts/picture.js";
import { percent, short, tonnes } from "../charts/quantities.js";
import { label } from "./series_palette.js";

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, data, palette, width, settings }) {
  const rows = data.areas.filter((one) => one.output_t || one.operating_tpa || one.coming_tpa);
  if (!rows.length) return null;
  const narrow = width < 480;
  const bars = rows.flatMap((one) => [
    { area: one.area, from: 0, to: one.operating_tpa ?? 0, kind: "resource" },
    { area: one.area, from: one.operating_tpa ?? 0, to: capacity(one), kind: "endowment" },
  ]);
  return picture(
    {
      width,
      height: 20 + rows.length * (narrow ? 46 : 34),
      marginLeft: narrow ? 4 : 150,
      marginRight: 12,
      marginTop: 4,
      marginBottom: 4,
      x: { axis: null, domain: [0, (narrow ? 2.2 : 1.5) * Math.max(...rows.map((one) => Math.max(one.output_t ?? 0, capacity(one))))] },
      y: { type: "band", domain: rows.map((one) => one.area), axis: null, padding: narrow ? 0.55 : 0.35 },
      marks: [
        barX(bars, {
          y: "area",
          x1: "from",
          x2: "to",
          fill: (one) => palette[one.kind],
          fillOpacity: (one) => (one.kind === "resource" ? 1 : 0.45),
          insetTop: narrow ? 8 : 0,
          insetBottom: narrow ? -6 : 0,
        }),
        tickX(
          rows.filter((one) => one.output_t),
          { y: "area", x: "output_t", stroke: palette.accent, strokeWidth: 3, insetTop: narrow ? 4 : -3, insetBottom: narrow ? -10 : -3 },
        ),
        text(rows, {
          y: "area",
          text: (one) => short(label(one, settings.lang), narrow ? 24 : 20),
          frameAnchor: "left",
          textAnchor: narrow ? "start" : "end",
          dx: narrow ? 0 : -8,
          dy: narrow ? -13 : 0,
          fill: palette.ink,
        }),
        text(rows, {
          y: "area",
          x: (one) => Math.max(one.output_t ?? 0, capacity(one)),
          text: (one) => summary(one, settings),
          textAnchor: "start",
          dx: 8,
          dy: narrow ? 6 : 0,
          fill: palette.ink,
        }),
      ],
    },
    palette,
    spec.title,
  );
}

/** @param {any} context */
export function legend({ settings }) {
  return [
    { glyph: "■", colour: "resource", text: settings.texts.operating },
    { glyph: "▨", colour: "endowment", text: settings.texts.coming },
    { glyph: "┃", colour: "accent", text: settings.texts.output },
  ];
}

/** @param {any} context */
export function note({ data, settings }) {
  const { texts, lang } = settings;
  const formula = lang === "zh" ? data.formula.coverage.zh : data.formula.coverage.en;
  const above = Math.max(0, ...data.areas.map((one) => one.left_out));
  return above ? `${formula} · ${texts.leftOut}: ${above}` : formula;
}

/** @param {any} context */
export function table({ data, settings }) {
  const { texts, lang } = settings;
  const rows = data.areas.map((one) => [
    label(one, lang),
    one.year ?? "",
    one.output_t ?? "",
    one.operating_tpa ?? "",
    one.coming_tpa ?? "",
    one.coverage_percent ?? "",
    one.utilisation_percent ?? "",
    one.sites,
    one.without_figure,
    one.left_out,
  ]);
  const head = [texts.country, texts.year, `${texts.output} (t)`, `${texts.operating} (t/a)`, `${texts.coming} (t/a)`];
  return { head: [...head, `${texts.coverage} (%)`, `${texts.utilisation} (%)`, texts.sites, texts.withoutFigure, texts.leftOut], rows };
}

/** The length of the bar; capacity without a figure has none. */
function capacity(one) {
  return (one.operating_tpa ?? 0) + (one.coming_tpa ?? 0);
}

function summary(one, settings) {
  const output = one.output_t ? tonnes(one.output_t, settings.lang) : "";
  return one.coverage_percent === null ? output : `${output} · ${settings.texts.coverage} ${percent(one.coverage_percent)}`;
}
