// Figures over a number such as a decade or a count: bars stacked by group, running totals as lines, or single values as dots.

import { dot, line, pointer, rectY, ruleY, text, tip } from "@observablehq/plot";
import { colour, DASHES } from "../statistics/series_palette.js";
import { picture } from "./picture.js";
import { number, short, tonnes } from "./quantities.js";

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, palette, width, settings }) {
  const rows = spec.rows.filter((one) => one.y !== null);
  if (!rows.length) return null;
  const groups = [...new Set(rows.map((one) => one.group))];
  const fill = (one) => colour(groups.indexOf(one.group));
  const written = (value) => shown(spec, value, settings);
  const narrow = width < 520;
  return picture(
    {
      width,
      height: Math.round(Math.min(Math.max(width * 0.42, 230), 360)),
      marginLeft: 72,
      marginRight: spec.mark === "line" && groups.length > 1 ? (narrow ? 84 : 170) : 24,
      marginBottom: 40,
      x: { label: `${spec.x} →`, labelArrow: "none", ticks: narrow ? 5 : 10, tickFormat: String },
      y: { type: spec.log ? "log" : "linear", zero: !spec.log, label: null, ticks: 5, tickFormat: written, grid: true },
      marks: [
        spec.log ? null : ruleY([0], { stroke: palette.line }),
        ...marks(spec, rows, groups, fill),
        spec.mark === "line" && groups.length > 1
          ? text(ends(rows, groups), {
              x: "x",
              y: "y",
              text: (one) => short(one.group, narrow ? 11 : 24),
              textAnchor: "start",
              dx: 6,
              fill: palette.ink,
            })
          : null,
        tip(rows, pointer({ x: "x", y: "y", title: (one) => about(one, spec, written), fill: palette.paper, stroke: palette.quiet, maxRadius: 40 })),
      ],
    },
    palette,
    spec.title,
  );
}

/** @param {any} spec @param {any[]} rows @param {string[]} groups @param {(one: any) => string} fill */
function marks(spec, rows, groups, fill) {
  if (spec.mark === "bars") {
    const [x1, x2] = [0, 1].map((end) => (one) => sides(one, spec)[end]);
    return [rectY(stacked(rows), { x1, x2, y1: "y1", y2: "y2", fill })];
  }
  const lines = groups.map((group, n) =>
    line(
      rows.filter((one) => one.group === group),
      { x: "x", y: "y", stroke: colour(n), strokeWidth: 2, strokeDasharray: DASHES[n % DASHES.length], curve: spec.mark === "line" ? "step-after" : "linear" },
    ),
  );
  return [...lines, dot(rows, { x: "x", y: "y", r: 3, fill })];
}

/**
 * Return the sides of a bar: a decade follows its number, a count has it in the middle.
 * @param {any} one @param {any} spec
 */
export function sides(one, spec) {
  const left = spec.centred ? one.x - spec.step / 2 : one.x;
  return [left + spec.step * 0.08, left + spec.step * 0.92];
}

/**
 * Return the rows with the ends of their bars: those of one place are on top of each other in their order.
 * @param {any[]} rows
 */
export function stacked(rows) {
  /** @type {Map<number, number>} */
  const tops = new Map();
  return rows.map((one) => {
    const y1 = tops.get(one.x) ?? 0;
    tops.set(one.x, y1 + one.y);
    return { ...one, y1, y2: y1 + one.y };
  });
}

/** @param {any[]} rows @param {string[]} groups */
function ends(rows, groups) {
  return groups.map((group) => rows.filter((one) => one.group === group).pop());
}

/** @param {any} context */
export function legend({ spec }) {
  const groups = [...new Set(spec.rows.filter((one) => one.y !== null).map((one) => one.group))];
  if (groups.length < 2) return [];
  return groups.map((group, n) => ({ glyph: spec.mark === "bars" ? "■" : "━", colour: `series-${n}`, text: group }));
}

/** @param {any} context */
export function table({ spec }) {
  const several = new Set(spec.rows.map((one) => one.group)).size > 1;
  return {
    head: [...(several ? [spec.groups] : []), spec.x, spec.title],
    rows: spec.rows.map((one) => [...(several ? [one.group] : []), one.x, one.y ?? ""]),
  };
}

/** @param {any} spec @param {number} value @param {any} settings */
function shown(spec, value, settings) {
  if (spec.unit === "t") return tonnes(value, settings.lang);
  return spec.unit === "%" ? `${number(value * 100, 3)} %` : number(value, 9);
}

/** @param {any} one @param {any} spec @param {(value: number) => string} written */
function about(one, spec, written) {
  return `${one.group ? `${short(one.group, 40)}\n` : ""}${spec.x} ${one.x}\n${written(one.y)}`;
}
