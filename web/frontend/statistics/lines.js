// Observations over time as lines, one for each source or series, so that sources that disagree are next to each other.

import { dot, gridY, lineY, text } from "@observablehq/plot";
import { picture } from "../charts/picture.js";
import { number, span as spanOf, tonnes, yearTicks } from "../charts/quantities.js";
import { colour, DASHES } from "./series_palette.js";

/** Height of a label at the end of a line, in pixels. */
const LABEL_HEIGHT = 15;
const YEAR = /^\d{4}$/;

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, data, palette, width, settings }) {
  const rows = known(data, settings);
  if (!rows.length) return null;
  const names = [...new Set(rows.map((one) => one.name))];
  const narrow = width < 560;
  const few = rows.length <= 60;
  // annual figures have no months between them, however few they are
  const years = data.observations.every((one) => YEAR.test(one.period)) && few;
  const labelled = new Set(yearTicks(rows.map((one) => one.at.getUTCFullYear()), narrow ? 4 : 10));
  const ends = names.map((name) => rows.filter((one) => one.name === name).pop());
  const written = (value) => (rows[0].unit === "t" ? tonnes(value, settings.lang) : number(value));
  return picture(
    {
      width,
      height: narrow ? 260 : 320,
      marginLeft: 70,
      marginRight: 80,
      marginTop: 26,
      x: { type: "utc", label: null, ticks: years ? "year" : narrow ? 4 : 8, ...(years ? { tickFormat: yearOf(labelled) } : settings.lang === "zh" ? { tickFormat: chineseDate } : {}) },
      y: { label: rows[0].unit === "t" ? settings.texts.value : spec.unit || rows[0].unit, labelArrow: "none", tickFormat: written, ticks: 5, zero: true },
      marks: [
        gridY({ stroke: palette.line }),
        ...names.map((name, n) =>
          lineY(
            rows.filter((one) => one.name === name),
            { x: "at", y: "value", stroke: colour(n), strokeWidth: few ? 2 : 1.4, strokeDasharray: DASHES[n % DASHES.length] },
          ),
        ),
        ...(few ? [dot(rows, { x: "at", y: "value", r: 3, fill: (one) => colour(names.indexOf(one.name)) })] : []),
        text(apart(ends, (LABEL_HEIGHT * Math.max(...rows.map((one) => one.value))) / (narrow ? 200 : 260)), {
          x: "at",
          y: "value",
          text: (one) => written(one.value),
          textAnchor: "start",
          dx: 6,
          fill: palette.ink,
        }),
      ],
    },
    palette,
    spec.title,
  );
}

/** @param {any} context */
export function legend({ data, settings }) {
  return [...new Set(known(data, settings).map((one) => one.name))].map((name, n) => ({ glyph: "━", colour: `series-${n}`, text: name }));
}

/** @param {any} context */
export function table({ data, settings }) {
  const { texts, lang } = settings;
  const rows = data.observations.map((one) => [
    one.period,
    settings.sources?.[one.source] ?? one.source,
    `${one.bound ?? ""}${one.value_raw}`.replace(/^([<>])\1/, "$1"),
    one.base_value ?? "",
    one.base_unit ?? "",
    lang === "zh" ? one.flags_zh : one.flags_en,
    `${one.release} (${one.released_on})`,
    one.note,
    one.source_row,
  ]);
  return { head: [texts.period, texts.source, texts.printed, texts.value, texts.unit, texts.flags, texts.release, texts.remark, texts.sourceRow], rows };
}

/** The ends whose labels are so far apart that none is over another; the legend has all names. */
function apart(ends, least) {
  const shown = [];
  for (const one of [...ends].sort((a, b) => b.value - a.value)) if (!shown.length || shown[shown.length - 1].value - one.value >= least) shown.push(one);
  return shown;
}

/** The text of a tick: its year if that is labelled. */
function yearOf(/** @type {Set<number>} */ labelled) {
  return (/** @type {Date} */ date) => (labelled.has(date.getUTCFullYear()) ? String(date.getUTCFullYear()) : "");
}

/** A tick of a time axis in Chinese: the year at its beginning, else the month. */
function chineseDate(/** @type {Date} */ date) {
  return date.getUTCMonth() === 0 ? `${date.getUTCFullYear()}` : `${date.getUTCMonth() + 1}月`;
}

function known(data, settings) {
  return data.observations
    .filter((one) => one.base_value !== null)
    .map((one) => ({ at: spanOf(one.period)[0], value: one.base_value, unit: one.base_unit, name: settings.sources?.[one.source] ?? one.source }))
    .sort((a, b) => Number(a.at) - Number(b.at));
}
