// Contained metal by class: one row for each class. Bars are not stacked.

import { dot, link, text, tickX } from "@observablehq/plot";
import { domain } from "./grade_tonnage.js";
import { GLYPHS } from "./palette.js";
import { picture } from "./picture.js";
import { number, short, tonnes } from "./quantities.js";

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, data, palette, width, settings }) {
  const { texts, lang } = settings;
  const rows = classes(data, lang);
  if (!rows.length) return null;
  const x = domain(rows.flatMap((one) => [one.smallest_t, one.largest_t, one.total_t ?? one.largest_t]));
  const narrow = width < 560;
  const colour = (one) => palette[one.kind];
  return picture(
    {
      width,
      height: 56 + rows.length * (narrow ? 48 : 36),
      marginLeft: narrow ? 14 : 230,
      marginRight: 96,
      marginBottom: 40,
      x: {
        type: "log",
        domain: x,
        label: `${texts.contained} →`,
        labelArrow: "none",
        ticks: narrow ? 3 : 6,
        tickFormat: (value) => (Number.isInteger(Math.log10(value)) ? tonnes(value, lang) : ""),
        grid: true,
      },
      y: { type: "band", domain: rows.map((one) => one.category), label: null, axis: null },
      marks: [
        text(rows, {
          y: "category",
          text: (one) => `${short(one.title, narrow ? 34 : 32)} (${number(one.records, 9)})`,
          frameAnchor: "left",
          textAnchor: narrow ? "start" : "end",
          dx: narrow ? 0 : -10,
          dy: narrow ? -14 : 0,
          fill: palette.ink,
        }),
        link(rows, { y: "category", x1: "smallest_t", x2: "largest_t", stroke: colour, strokeWidth: 3, strokeOpacity: 0.6 }),
        dot(
          rows.filter((one) => one.smallest_t === one.largest_t),
          { y: "category", x: "smallest_t", r: 3, fill: colour },
        ),
        tickX(rows, { y: "category", x: "median_t", stroke: colour, strokeWidth: 3, insetTop: 8, insetBottom: 8 }),
        dot(
          rows.filter((one) => one.total_t !== null),
          { y: "category", x: "total_t", symbol: "star", r: 7, fill: palette.accent, stroke: palette.paper },
        ),
        text(
          rows.filter((one) => one.total_t !== null),
          {
            y: "category",
            x: "total_t",
            text: (one) => tonnes(one.total_t, lang),
            textAnchor: "start",
            dx: 11,
            fontWeight: 600,
            fill: palette.ink,
            stroke: palette.paper,
            strokeWidth: 4,
          },
        ),
      ],
    },
    palette,
    spec.title,
  );
}

/** @param {any} context */
export function legend({ data, settings }) {
  const there = new Set((data?.classes ?? []).map((one) => one.kind));
  const kinds = Object.keys(GLYPHS)
    .filter((kind) => there.has(kind))
    .map((kind) => ({ glyph: "━", colour: kind, text: settings.kinds[kind] }));
  const total = (data?.classes ?? []).some((one) => one.total_t !== null) ? [{ glyph: "★", colour: "accent", text: settings.texts.total }] : [];
  return [...kinds, { glyph: "┃", colour: "quiet", text: settings.texts.range }, ...total];
}

/** @param {any} context */
export function table({ data, settings }) {
  const { texts, lang, kinds } = settings;
  return {
    head: [
      texts.class,
      texts.kind,
      texts.records,
      `${texts.smallest} (t)`,
      `${texts.median} (t)`,
      `${texts.largest} (t)`,
      `${texts.total} (t)`,
      texts.notCounted,
    ],
    rows: classes(data, lang).map((one) => [
      one.title,
      kinds[one.kind],
      one.records,
      one.smallest_t,
      one.median_t,
      one.largest_t,
      one.total_t ?? texts.noTotal,
      one.not_counted,
    ]),
  };
}

/**
 * @param {any} data
 * @param {string} lang
 */
function classes(data, lang) {
  return (data?.classes ?? []).map((one) => ({ ...one, title: lang === "zh" ? one.label_zh : one.label_en }));
}
