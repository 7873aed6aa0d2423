// Capacity by the quarter in which it arrives, a row of bars for each product, by state.

import { barY, ruleY, text } from "@observablehq/plot";
import { picture } from "./picture.js";
import { number, tonnes } from "./quantities.js";

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, palette, width, settings }) {
  const rows = spec.rows.filter((one) => one.tpa > 0).map((one) => ({ ...one, period: one.period || spec.texts.noDate }));
  if (!rows.length) return null;
  const products = [...new Set(rows.map((one) => one.product))];
  const periods = [...new Set(rows.map((one) => one.period))].sort((a, b) => Number(a === spec.texts.noDate) - Number(b === spec.texts.noDate) || a.localeCompare(b));
  const splits = Object.keys(spec.splits);
  // products differ by powers of ten, so each has a scale of its own and the sums are written
  /** @type {Map<string, any>} */
  const byPeriod = new Map();
  for (const one of rows) {
    const key = JSON.stringify([one.product, one.period]);
    byPeriod.set(key, { ...one, tpa: one.tpa + (byPeriod.get(key)?.tpa ?? 0) });
  }
  const sums = [...byPeriod.values()];
  const most = Object.fromEntries(products.map((name) => [name, Math.max(...sums.filter((one) => one.product === name).map((one) => one.tpa))]));
  return picture(
    {
      width,
      height: 60 + products.length * 96,
      marginLeft: 8,
      marginRight: 8,
      marginBottom: 56,
      x: { type: "band", domain: periods, label: null, tickRotate: periods.length * 60 > width ? -60 : 0 },
      y: { axis: null, domain: [0, 1.9] },
      fy: { domain: products, label: null, axis: null, padding: 0.3 },
      color: { domain: splits, range: splits.map((one) => shade(one, palette)) },
      marks: [
        barY(rows, { x: "period", y: (one) => one.tpa / most[one.product], fy: "product", fill: "split", order: splits, title: (one) => `${one.product} ${one.period}: ${number(one.tpa, 9)} t/a` }),
        text(sums, { x: "period", y: (one) => one.tpa / most[one.product], fy: "product", text: (one) => tonnes(one.tpa, settings.lang), dy: -8, fill: palette.ink }),
        ruleY([0], { stroke: palette.line }),
        text(products, { fy: (one) => one, text: (one) => one, frameAnchor: "top-left", dy: -4, fontWeight: 600, fill: palette.ink }),
      ],
    },
    palette,
    spec.title,
  );
}

/** @param {any} context */
export function legend({ spec }) {
  const colours = { done: "resource", "on-time": "quiet", late: "accent", "no-date": "reserve" };
  return Object.entries(spec.splits).map(([code, text]) => ({ glyph: "■", colour: colours[code], text }));
}

/** @param {any} context */
export function table({ spec }) {
  const { texts } = spec;
  return {
    head: [texts.product, texts.period, texts.split, texts.capacity, texts.phases, texts.unknown],
    rows: spec.rows.map((one) => [one.product, one.period || texts.noDate, spec.splits[one.split], one.tpa ?? "", one.phases, one.unknown]),
  };
}

function shade(split, palette) {
  return { done: palette.resource, "on-time": palette.quiet, late: palette.accent, "no-date": palette.reserve }[split];
}
