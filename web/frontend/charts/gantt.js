// Phases on a time line: the baseline behind, actual or expected dates before it, and a line for the day.

import { dot, link, ruleX, text } from "@observablehq/plot";
import { picture } from "./picture.js";
import { short } from "./quantities.js";

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, palette, width }) {
  const rows = spec.bars.map((one, row) => ({ ...one, row }));
  const dates = rows.flatMap((one) => [...(one.planned ?? []), ...(one.real ?? [])]).map((day) => Number(new Date(day)));
  if (!dates.length) return null;
  const today = new Date(spec.today);
  const least = Math.min(...dates, Number(today));
  const greatest = Math.max(...dates, Number(today));
  const margin = Math.max((greatest - least) * 0.04, 40 * 86_400_000);
  const bars = (name) => rows.filter((one) => one[name]).map((one) => ({ row: one.row, light: one.light, x1: new Date(one[name][0]), x2: new Date(one[name][1]) }));
  const marks = rows.flatMap((one) => one.marks.map((mark) => ({ ...mark, row: one.row, at: new Date(mark.date) })));
  return picture(
    {
      width,
      height: 44 + rows.length * 40,
      marginLeft: 8,
      marginRight: 8,
      x: { type: "utc", domain: [new Date(least - margin), new Date(greatest + margin)], label: null, ticks: width < 500 ? 4 : 8 },
      y: { type: "band", domain: rows.map((one) => one.row), axis: null },
      marks: [
        link(bars("planned"), { y: "row", x1: "x1", x2: "x2", dy: 8, stroke: palette.line, strokeWidth: 14 }),
        link(bars("real"), { y: "row", x1: "x1", x2: "x2", dy: 8, stroke: (one) => colour(one.light, palette), strokeWidth: 6 }),
        dot(marks, {
          y: "row",
          x: "at",
          dy: 8,
          r: 4,
          symbol: "diamond",
          fill: (one) => (one.done ? palette.resource : palette.paper),
          stroke: palette.resource,
          strokeWidth: 1.5,
        }),
        ruleX([today], { stroke: palette.accent, strokeDasharray: "4 3" }),
        text([today], { x: (one) => one, text: () => spec.texts.today, frameAnchor: "top", dy: -6, fill: palette.accent }),
        text(rows, { y: "row", text: (one) => short(one.label, Math.floor(width / 7.5)), frameAnchor: "left", dy: -11, fill: palette.ink, stroke: palette.paper, strokeWidth: 3 }),
      ],
    },
    palette,
    spec.title,
  );
}

/** @param {any} context */
export function legend({ spec }) {
  return [
    { glyph: "▬", colour: "quiet", text: spec.texts.planned },
    { glyph: "▬", colour: "resource", text: spec.texts.real },
    { glyph: "┊", colour: "accent", text: spec.texts.today },
  ];
}

/** @param {any} context */
export function table({ spec }) {
  const { texts } = spec;
  return {
    head: [texts.phase, texts.planned, texts.real, texts.milestone],
    rows: spec.bars.map((one) => [
      one.label,
      (one.planned ?? []).join(" – "),
      (one.real ?? []).join(" – "),
      one.marks.map((mark) => `${mark.title} ${mark.date}`).join("; "),
    ]),
  };
}

function colour(light, palette) {
  return light === "red" ? palette.accent : light === "yellow" ? palette.yellow : palette.resource;
}
