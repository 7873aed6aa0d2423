// A figure of a deposit's estimates over the dates of their reports, one line a class; a point opens its report at the page.

import { dot, line, pointer, ruleX, text, tip } from "@observablehq/plot";
import { GLYPHS, SYMBOLS } from "./palette.js";
import { picture } from "./picture.js";
import { number, percent, short, span, tonnes } from "./quantities.js";

/** Dashes by which lines of classes differ besides their label. */
const DASHES = ["", "6 3", "2 3", "8 3 2 3", "1 4", "10 4", "4 2"];

/** Figures of which the greatest is more than so many times the least are drawn by powers of ten. */
const LOG_RATIO = 30;
/** Texts begin at points of the left half and end at those of the right one, so that none leaves the chart. @type {{anchor: "start" | "end", sign: number}[]} */
const SIDES = [
  { anchor: "start", sign: 1 },
  { anchor: "end", sign: -1 },
];
/** The least distance of two labels, in pixels. */
const LABEL_PX = 15;

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, palette, width, settings }) {
  const points = placed(spec.points);
  if (!points.length) return null;
  const events = spec.events.map((one) => ({ ...one, at: span(one.date)[0] }));
  const times = [...points, ...events].map((one) => Number(one.at));
  const middle = (Math.min(...times) + Math.max(...times)) / 2;
  const write = (value) => shown(spec.figure, value, settings.lang);
  const classes = [...new Set(points.map((one) => one.category))];
  const least = Math.min(...points.map((one) => one.value));
  const greatest = Math.max(...points.map((one) => one.value));
  const height = Math.round(Math.min(Math.max(width * 0.45, 240), 380));
  const labels = legible(lasting(points), height);
  const svg = picture(
    {
      width,
      height,
      marginLeft: 78,
      marginRight: 24,
      marginBottom: 34,
      x: { type: "utc", label: null, nice: true, ticks: width < 500 ? 4 : 8, tickFormat: (date) => String(date.getUTCFullYear()) },
      y: { type: greatest / least > LOG_RATIO ? "log" : "linear", zero: greatest / least <= LOG_RATIO, label: null, ticks: 5, tickFormat: write, grid: true },
      symbol: { type: "identity" },
      marks: [
        ruleX(events, { x: "at", stroke: palette.quiet, strokeDasharray: "3 3" }),
        ...SIDES.map(({ anchor, sign }) =>
          text(
            events.filter((one) => one.at > middle === sign < 0),
            // each on a line of its own, as events of neighbouring years would cover each other
            { x: "at", frameAnchor: "top", text: (one) => "\n".repeat(events.indexOf(one)) + one.text, fill: palette.quiet, textAnchor: anchor, dx: 4 * sign },
          ),
        ),
        ...classes.map((category, n) =>
          line(
            points.filter((one) => one.category === category && one.role !== "part"),
            { x: "at", y: "value", stroke: palette.quiet, strokeDasharray: DASHES[n % DASHES.length] },
          ),
        ),
        dot(points, {
          x: "at",
          y: "value",
          r: 5,
          symbol: (one) => SYMBOLS[one.kind],
          fill: (one) => (one.role === "part" ? palette.paper : palette[one.kind]),
          stroke: (one) => palette[one.kind],
          strokeWidth: 1.5,
        }),
        ...SIDES.map(({ anchor, sign }) =>
          text(
            labels.filter((one) => one.at > middle === sign < 0),
            {
              x: "at",
              y: "value",
              text: (one) => short(one.category, width < 500 ? 16 : 44),
              textAnchor: anchor,
              dx: 9 * sign,
              dy: -9,
              fill: palette.ink,
              stroke: palette.paper,
              strokeWidth: 3,
            },
          ),
        ),
        tip(points, pointer({ x: "at", y: "value", title: (one) => about(one, spec, settings), fill: palette.paper, stroke: palette.quiet, maxRadius: 30 })),
      ],
    },
    palette,
    spec.title,
  );
  // a picture holds no links (WAI-ARIA 1.2, img): for the keyboard they are in the table of numbers
  svg.addEventListener("click", () => {
    const chosen = /** @type {any} */ (svg).value;
    if (chosen?.href) location.assign(chosen.href);
  });
  return svg;
}

/** @param {any} context */
export function legend({ spec, settings }) {
  const there = new Set(spec.points.map((one) => one.kind));
  return Object.keys(GLYPHS)
    .filter((kind) => there.has(kind))
    .map((kind) => ({ glyph: GLYPHS[kind], colour: kind, text: settings.kinds[kind] }));
}

/** @param {any} context */
export function table({ spec, settings }) {
  const { texts } = spec;
  return {
    head: [texts.date, settings.texts.class, texts.zone, spec.title, texts.report, texts.page],
    rows: spec.points.map((one) => [
      one.date,
      one.category,
      one.zone ?? "",
      one.value,
      one.href ? { text: one.report, href: one.href } : one.report,
      one.page ?? "",
    ]),
  };
}

/**
 * Return the points with the middle of the time that their date spans.
 * @param {any[]} points
 */
export function placed(points) {
  return points.map((one) => {
    const [first, last] = span(one.date);
    return { ...one, at: new Date((Number(first) + Number(last)) / 2) };
  });
}

/**
 * Return the last point of each class, next to which its label is.
 * @param {any[]} points
 */
export function lasting(points) {
  return [...new Map(points.map((one) => [one.category, one])).values()];
}

/**
 * Return the points whose labels do not overlap those of greater values.
 * @param {any[]} points
 * @param {number} height in pixels
 */
export function legible(points, height) {
  const greatest = Math.max(...points.map((one) => one.value));
  const least = Math.min(...points.map((one) => one.value));
  const place = greatest / least > LOG_RATIO ? (value) => Math.log(value / least) / Math.log(greatest / least) : (value) => value / greatest;
  let last = Infinity;
  return [...points]
    .sort((a, b) => b.value - a.value)
    .filter((one) => {
      const at = place(one.value) * height;
      if (last - at < LABEL_PX) return false;
      last = at;
      return true;
    });
}

/**
 * @param {string} figure
 * @param {number} value
 * @param {string} lang
 */
function shown(figure, value, lang) {
  return figure === "grade_pct" ? percent(value) : tonnes(value, lang);
}

/** @param {any} one @param {any} spec @param {any} settings */
function about(one, spec, settings) {
  const where = one.page ? ` · ${spec.texts.page} ${number(one.page, 9)}` : "";
  const zone = one.zone ? `\n${short(one.zone, 40)}` : "";
  return `${one.category} · ${one.date}${zone}\n${shown(spec.figure, one.value, settings.lang)}\n${short(one.report, 60)}${where}`;
}
