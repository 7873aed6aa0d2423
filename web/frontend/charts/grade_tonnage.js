// Grade against tonnage, both by powers of ten, with lines of the same contained amount.

import { dot, line, pointer, ruleX, text, tip } from "@observablehq/plot";
import { GLYPHS, SYMBOLS } from "./palette.js";
import { picture } from "./picture.js";
import { number, percent, short, tonnes } from "./quantities.js";

/** What the label of a line takes up, in pixels. */
const LABEL_PX = 56;

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, data, palette, width, settings }) {
  const { texts, lang } = settings;
  const own = spec.own;
  const mine = new Set(own.map((one) => one.id));
  const others = (data?.points ?? []).filter((one) => !mine.has(one.id));
  const all = [...others, ...own];
  if (!all.length) return null;
  const x = domain(all.map((one) => one.ore_t));
  const y = domain(all.map((one) => one.grade_pct));
  const lines = isolines(x, y);
  const basis = data?.grade_basis ?? spec.basis;
  const shape = { symbol: (one) => SYMBOLS[one.kind], x: "ore_t", y: "grade_pct", r: 4, strokeWidth: 1 };
  const about = (one) => tooltip(one, settings);
  const svg = picture(
    {
      width,
      height: Math.round(Math.min(Math.max(width * 0.62, 300), 520)),
      marginLeft: 52,
      marginRight: 20,
      marginBottom: 42,
      x: {
        type: "log",
        domain: x,
        label: `${texts.ore} →`,
        labelArrow: "none",
        ticks: width < 500 ? 4 : 8,
        tickFormat: (value) => power(value, x, (v) => tonnes(v, lang)),
        grid: true,
      },
      y: {
        type: "log",
        domain: y,
        label: `↑ ${texts.grade} (${basis === "metal" ? texts.metal : basis})`,
        labelArrow: "none",
        ticks: 6,
        tickFormat: (value) => step(value, y),
        grid: true,
      },
      symbol: { type: "identity" },
      marks: [
        lines.map((one) =>
          line(one.ends, { x: (end) => end[0], y: (end) => end[1], stroke: palette.quiet, strokeOpacity: 0.6, strokeDasharray: "3 4", clip: true }),
        ),
        text(spaced(lines, x, width), {
          x: (one) => one.at[0],
          y: (one) => one.at[1],
          text: (one) => tonnes(one.amount, lang),
          fill: palette.quiet,
          dy: -6,
          dx: -3,
          textAnchor: "end",
          fontSize: 11,
        }),
        ruleX([x[0]], { stroke: palette.line }),
        dot(others, {
          ...shape,
          fill: (one) => palette[one.kind],
          fillOpacity: 0.55,
          stroke: (one) => palette[one.kind],
        }),
        dot(own, { ...shape, r: 9, fill: palette.accent, stroke: palette.paper, strokeWidth: 1.5 }),
        text(
          lettered(own).flatMap(({ letter, points }) => points.map((one) => ({ ...one, letter }))),
          {
            x: "ore_t",
            y: "grade_pct",
            text: "letter",
            fontWeight: 600,
            fill: palette.paper,
          },
        ),
        tip(all, pointer({ x: "ore_t", y: "grade_pct", title: about, fill: palette.paper, stroke: palette.quiet, maxRadius: 30 })),
      ].flat(),
    },
    palette,
    spec.title,
  );
  // a picture holds no links (WAI-ARIA 1.2, img): for the keyboard they are in the table of numbers, each once
  svg.addEventListener("click", () => {
    const chosen = /** @type {any} */ (svg).value;
    if (chosen) location.assign(address(chosen));
  });
  return svg;
}

/**
 * Return the address of the page of a record.
 * @param {any} one
 */
function address(one) {
  return one.href ?? `/records/${encodeURIComponent(one.id)}`;
}

/** @param {any} context */
export function legend({ spec, data, settings }) {
  const { kinds, texts } = settings;
  const there = new Set([...(data?.points ?? []), ...spec.own].map((one) => one.kind));
  const shapes = Object.keys(GLYPHS)
    .filter((kind) => there.has(kind))
    .map((kind) => ({ glyph: GLYPHS[kind], colour: spec.url ? kind : "ink", text: kinds[kind] }));
  const own = lettered(spec.own).map(({ letter, text }) => ({ glyph: letter, colour: "accent", text }));
  return [...own, ...shapes, { glyph: "╌", colour: "quiet", text: texts.isolines }];
}

/** @param {any} context */
export function note({ spec, data, settings }) {
  if (!spec.url || !data?.points.length) return "";
  const { texts } = settings;
  if (data.plottable !== null) return texts.plotted.replace("{all}", number(data.plottable, 9));
  const graded = data.commodities.find((one) => one.commodity === data.of)?.graded ?? 0;
  return texts.shown.replace("{shown}", number(data.points.length, 9)).replace("{all}", number(graded, 9));
}

/** @param {any} context */
export function table({ spec, data, settings }) {
  const { texts, lang, kinds, countries } = settings;
  const mine = new Set(spec.own.map((one) => one.id));
  const rows = [...spec.own, ...(data?.points ?? []).filter((one) => !mine.has(one.id)).sort((a, b) => b.ore_t - a.ore_t)];
  return {
    head: [texts.name, texts.country, texts.kind, texts.class, texts.date, `${texts.ore} (t)`, `${texts.grade} (%, ${data?.grade_basis ?? spec.basis})`, "×"],
    rows: rows.map((one) => [
      { text: name(one, lang), href: address(one), own: mine.has(one.id) },
      countries[one.country] ?? one.country ?? "",
      kinds[one.kind] ?? one.kind,
      one.title ?? settings.classes[one.category] ?? one.category,
      one.effective_date ?? "",
      one.ore_t,
      one.grade_pct,
      one.factor ?? "",
    ]),
  };
}

/**
 * @param {any} one
 * @param {string} lang
 */
function name(one, lang) {
  return one.name ?? (lang === "zh" ? (one.name_zh ?? one.name_en) : (one.name_en ?? one.name_zh)) ?? one.id;
}

/**
 * @param {any} one
 * @param {any} settings
 */
function tooltip(one, settings) {
  const { lang, kinds, classes } = settings;
  const what = one.title ?? classes[one.category] ?? kinds[one.kind];
  const when = one.effective_date ? ` · ${one.effective_date}` : "";
  return `${short(name(one, lang), 40)}\n${what}${when}\n${tonnes(one.ore_t, lang)} · ${percent(one.grade_pct)}`;
}

/** @param {any[]} own */
function several(own) {
  return new Set(own.map((one) => one.id)).size > 1;
}

/**
 * Return the letters of the page's own points: one for each record, or for each estimate of a single record.
 * @param {any[]} own
 * @returns {{letter: string, text: string, points: any[]}[]}
 */
export function lettered(own) {
  /** @type {Map<string, any[]>} */
  const grouped = new Map();
  for (const [n, one] of own.entries()) {
    const key = several(own) ? one.id : String(n);
    grouped.set(key, [...(grouped.get(key) ?? []), one]);
  }
  return [...grouped.values()].map((points, n) => ({
    letter: String.fromCharCode(65 + (n % 26)),
    text: several(own) ? points[0].name : [points[0].title, points[0].effective_date].filter(Boolean).join(", "),
    points,
  }));
}

/**
 * From a bit below the least to a bit above the greatest.
 * @param {number[]} values
 * @returns {[number, number]}
 */
export function domain(values) {
  const least = Math.min(...values);
  const greatest = Math.max(...values);
  const more = Math.max((greatest / least) ** 0.06, least === greatest ? 3 : 1.25);
  return [least / more, greatest * more];
}

/**
 * Lines of the same contained amount, a power of ten each, and the positions of their labels.
 * @param {[number, number]} x in tonnes
 * @param {[number, number]} y in per cent
 */
export function isolines(x, y) {
  const made = [];
  const last = Math.floor(Math.log10((x[1] * y[1]) / 100));
  for (let k = Math.ceil(Math.log10((x[0] * y[0]) / 100)); k <= last; k++) {
    const amount = 10 ** k;
    const grade = (ore) => (amount * 100) / ore;
    const right = grade(x[1]) >= y[0] ? [x[1], grade(x[1])] : [grade(y[0]), y[0]];
    made.push({
      amount,
      ends: [
        [x[0], grade(x[0])],
        [x[1], grade(x[1])],
      ],
      at: right,
    });
  }
  return made;
}

/**
 * Return the lines whose labels do not overlap: every second or third in a narrow chart.
 * @param {ReturnType<typeof isolines>} lines
 * @param {[number, number]} x
 * @param {number} width in pixels
 */
export function spaced(lines, x, width) {
  const decade = width / Math.log10(x[1] / x[0]);
  const every = Math.max(1, Math.ceil(LABEL_PX / decade));
  return lines.filter((_, i) => (lines.length - 1 - i) % every === 0);
}

/** Powers of ten are written at the axis, and 2 and 5 times them where there would be few. */
function power(value, [least, greatest], write) {
  const shown = greatest / least > 300 ? [1] : [1, 2, 5];
  return shown.some((one) => Math.abs(first(value) - one) < 1e-6) ? write(value) : "";
}

/** Of a grade 1, 2 and 5 times the powers of ten are written, and more where there would be few. */
function step(value, [least, greatest]) {
  const shown = greatest / least > 8 ? [1, 2, 5] : [1, 2, 3, 4, 5, 6, 8];
  return shown.some((one) => Math.abs(first(value) - one) < 1e-6) ? `${number(value, 2)} %` : "";
}

/** @param {number} value its first digits */
function first(value) {
  return value / 10 ** Math.floor(Math.log10(value) + 1e-9);
}
