// Shares of countries by year as stacked areas; the countries with the smaller shares are one.

import { areaY, axisY, gridY, text } from "@observablehq/plot";
import { picture } from "../charts/picture.js";
import { number, percent, short, yearTicks } from "../charts/quantities.js";
import { describeConcentration } from "./concentration_note.js";
import { colour, label, OTHERS } from "./series_palette.js";

const MOST = 7;

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, data, palette, width, settings }) {
  const years = data.years.filter((one) => one.areas.length);
  if (!years.length) return null;
  const named = leaders(years);
  const rows = long(years, named, settings);
  const narrow = width < 560;
  const last = years[years.length - 1].year;
  // one year has no area: it is drawn as a year wide
  const single = years.length === 1;
  const at = (year) => Number(year);
  const shown = single ? [rows, rows.map((one) => ({ ...one, year: String(at(one.year) + 1) }))].flat() : rows;
  return picture(
    {
      width,
      height: narrow ? 300 : 380,
      marginLeft: 44,
      marginRight: narrow ? 108 : 170,
      marginTop: 26,
      x: { type: "linear", label: null, tickFormat: String, ticks: yearTicks(years.map((one) => at(one.year)), narrow ? 4 : 8) },
      y: { domain: [0, 100], label: settings.texts.share, labelArrow: "none" },
      marks: [
        gridY({ stroke: palette.line }),
        axisY({ anchor: "left", ticks: 5, tickFormat: (value) => `${value} %`, label: settings.texts.share, labelArrow: "none" }),
        areaY(shown, { x: (one) => at(one.year), y: "share", fill: (one) => one.colour, z: "area", order: "rank", fillOpacity: 0.85 }),
        text(edges(rows, last, single, narrow ? 9 : 5), {
          x: (one) => at(one.year),
          y: "middle",
          text: (one) => (narrow ? `${short(one.title, 16)}\n${percent(one.share)}` : short(`${one.title} ${percent(one.share)}`, 24)),
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
  const years = data.years.filter((one) => one.areas.length);
  const named = leaders(years);
  const first = years[years.length - 1].areas;
  return [
    ...named.map((area, n) => ({
      glyph: "■",
      colour: `series-${n}`,
      text: label(first.find((one) => one.area === area) ?? { label_en: area, label_zh: area }, settings.lang),
    })),
    { glyph: "■", colour: "series-others", text: settings.texts.otherCountries },
  ];
}

/** @param {any} context */
export function note({ spec, data, settings }) {
  const last = data.years.filter((one) => one.areas.length).pop();
  if (!last) return "";
  const parts = [describeConcentration(settings.texts, last)];
  if (last.withheld.length) parts.push(settings.texts.withheld.replace("{areas}", spec.withheld || last.withheld.join(", ")));
  return parts.join(" ");
}

/** @param {any} context */
export function table({ data, settings }) {
  const { texts, lang } = settings;
  const rows = data.years.flatMap((year) => [
    ...year.areas.map((one) => [year.year, label(one, lang), one.value, one.share_percent]),
    ...(year.rest_percent ? [[year.year, texts.otherCountries, (year.rest_percent * year.sum) / 100, year.rest_percent]] : []),
    ...(year.hhi_low === null ? [] : [[year.year, texts.hhi, "", `${number(year.hhi_low, 4)}–${number(year.hhi_high, 4)}`]]),
  ]);
  return { head: [texts.year, texts.country, `${texts.value} (${data.unit ?? ""})`, texts.share], rows };
}

/** The areas with the largest shares in the last year, the largest first. */
function leaders(years) {
  return years[years.length - 1].areas.slice(0, MOST).map((one) => one.area);
}

function long(years, named, { lang, texts }) {
  return years.flatMap((year) => {
    const known = named.map((area, n) => {
      const found = year.areas.find((one) => one.area === area);
      return { year: year.year, area, title: found ? label(found, lang) : area, share: found?.share_percent ?? 0, colour: colour(n), rank: n };
    });
    const rest = 100 - known.reduce((sum, one) => sum + one.share, 0);
    return [...known, { year: year.year, area: "rest", title: texts.otherCountries, share: Math.max(0, rest), colour: OTHERS, rank: named.length }];
  });
}

/** The labels at the last year, in the middle of their area; small areas have none. */
function edges(rows, last, single, least) {
  let sum = 0;
  return rows
    .filter((one) => one.year === last)
    .map((one) => {
      sum += one.share;
      return { ...one, year: single ? String(Number(one.year) + 1) : one.year, middle: sum - one.share / 2 };
    })
    .filter((one) => one.share > least);
}
