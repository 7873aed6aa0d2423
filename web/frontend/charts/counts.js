// How many records there are by value of one field, the most frequent first and the rest together.

import { barX, text } from "@observablehq/plot";
import { picture } from "./picture.js";
import { number, short } from "./quantities.js";

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, data, palette, width, settings }) {
  const rows = grouped(spec, data, settings);
  if (!rows.length) return null;
  const narrow = width < 480;
  return picture(
    {
      width,
      height: 16 + rows.length * (narrow ? 38 : 26),
      marginLeft: narrow ? 4 : 210,
      marginRight: 64,
      marginTop: 4,
      marginBottom: 4,
      x: { axis: null, domain: [0, Math.max(...rows.map((one) => one.count))] },
      y: { type: "band", domain: rows.map((one) => one.key), axis: null, padding: narrow ? 0.55 : 0.25 },
      marks: [
        barX(rows, {
          y: "key",
          x: "count",
          fill: (one) => (one.rest ? palette.quiet : palette.resource),
          insetTop: narrow ? 8 : 0,
          insetBottom: narrow ? -6 : 0,
        }),
        text(rows, {
          y: "key",
          text: (one) => short(one.title, narrow ? 40 : 28),
          frameAnchor: "left",
          textAnchor: narrow ? "start" : "end",
          dx: narrow ? 0 : -8,
          dy: narrow ? -11 : 0,
          fill: palette.ink,
        }),
        text(rows, { y: "key", x: "count", text: (one) => number(one.count, 9), textAnchor: "start", dx: 5, dy: narrow ? 6 : 0, fill: palette.ink }),
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
  const rows = values(spec, data, settings);
  return { head: [spec.what, settings.texts.code, settings.texts.records], rows: rows.map((one) => [one.title, one.code ?? "", one.count]) };
}

/**
 * Return the values that the query leaves; a facet does not reflect the selection of its own field.
 * @param {any} spec
 * @param {any} data
 * @param {any} settings
 */
export function values(spec, data, settings) {
  const facetValues = data?.facets?.[0]?.values ?? [];
  return facetValues
    .filter((one) => !spec.chosen || spec.chosen.includes(one.value))
    .map((one) => ({
      code: one.value,
      title: one.value === null ? settings.texts.none : ((settings.lang === "zh" ? one.label_zh : one.label_en) ?? one.value),
      count: one.count,
    }));
}

/** The most frequent values, and in the last row all others. */
function grouped(spec, data, settings) {
  const all = values(spec, data, settings);
  const shown = all.length <= spec.most + 1 ? all : all.slice(0, spec.most);
  const rest = all.slice(shown.length);
  const rows = shown.map((one, n) => ({ ...one, key: n, rest: one.code === null }));
  if (!rest.length) return rows;
  const count = rest.reduce((sum, one) => sum + one.count, 0);
  return [...rows, { code: null, key: rows.length, rest: true, title: settings.texts.others.replace("{n}", String(rest.length)), count }];
}
