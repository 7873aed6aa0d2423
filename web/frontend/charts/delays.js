// Days late by division and milestone: a cell each, darker where more days, with the figure in it.

import { cell, text } from "@observablehq/plot";
import { picture } from "./picture.js";
import { number, short } from "./quantities.js";

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, palette, width }) {
  const { rows } = spec;
  if (!rows.length) return null;
  const milestones = [...new Set(rows.map((one) => one.milestone))];
  const places = [...new Set(rows.map((one) => one.place))];
  const most = Math.max(1, ...rows.map((one) => one.days));
  return picture(
    {
      width,
      height: 120 + places.length * 34,
      marginLeft: Math.min(150, width / 3),
      marginTop: 4,
      marginBottom: 100,
      marginRight: 8,
      padding: 0.06,
      x: { type: "band", domain: milestones, label: null, tickRotate: -50 },
      y: { type: "band", domain: places, label: null, tickFormat: (one) => short(one, 18) },
      marks: [
        cell(rows, { x: "milestone", y: "place", fill: (one) => (one.days > 0 ? palette.accent : palette.resource), fillOpacity: (one) => 0.15 + (0.6 * one.days) / most }),
        text(rows, { x: "milestone", y: "place", text: (one) => number(one.days, 4), fill: palette.ink }),
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
export function table({ spec }) {
  const { texts } = spec;
  return {
    head: [texts.place, texts.milestone, texts.measured, texts.late, texts.days],
    rows: spec.rows.map((one) => [one.place, one.milestone, one.measured, one.late, one.days]),
  };
}
