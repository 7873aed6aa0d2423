// Run by tests/lodeweb/pages/test_chart_modules.py: figures as text, lines of equal amounts, numbers as CSV.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { describeConcentration } from "../statistics/concentration_note.js";
import { partLabel } from "../statistics/stages.js";
import { apart, centre } from "../statistics/world.js";
import { sides, stacked } from "./bars_and_lines.js";
import { values } from "./counts.js";
import { csv, wrapped } from "./files.js";
import { domain, isolines, lettered, spaced } from "./grade_tonnage.js";
import { lasting, legible, placed } from "./history.js";
import { PAPER } from "./palette.js";
import { reached } from "./place.js";
import { number, percent, round, short, span, tonnes, yearTicks } from "./quantities.js";
import { graph } from "./sankey.js";

test("a mass is written in the unit that makes it short", () => {
  assert.deepEqual(
    [0.5, 950, 430e6, 2.1e9].map((t) => tonnes(t, "en")),
    ["0.5 t", "950 t", "430 Mt", "2.1 Gt"],
  );
  assert.deepEqual(
    [950, 25_000, 430e6].map((t) => tonnes(t, "zh")),
    ["950 吨", "2.5 万吨", "4.3 亿吨"],
  );
});

test("numbers keep their significant digits and have no exponent", () => {
  assert.deepEqual(
    [1234567, 0.000045678].map((v) => number(v)),
    ["1,235,000", "0.00004568"],
  );
  assert.equal(percent(0.4123), "0.412 %");
});

test("the last year of an axis has a label", () => {
  const years = (first, last) => Array.from({ length: last - first + 1 }, (_, n) => first + n);
  assert.deepEqual(yearTicks(years(2012, 2021), 4), [2012, 2015, 2018, 2021]);
  assert.deepEqual(yearTicks(years(2012, 2021), 10), years(2012, 2021));
  assert.deepEqual(yearTicks(years(2012, 2024), 10), [2012, 2014, 2016, 2018, 2020, 2022, 2024]);
  assert.deepEqual(yearTicks(years(1959, 2025), 4), [1959, 1981, 2003, 2025]);
  assert.deepEqual(yearTicks([2023, 2024], 4), [2023, 2024]);
  assert.deepEqual(yearTicks([2024], 4), [2024]);
});

test("an index of concentration is a range only if its ends differ", () => {
  const texts = { hhiOf: "HHI {year}: {range} (other countries as many, as one).", hhiAt: "HHI {year}: {value}." };
  const last = { year: "2021", hhi_low: 6027.1, hhi_high: 6027.4 };
  assert.equal(describeConcentration(texts, last), "HHI 2021: 6,027.");
  const wider = { ...last, hhi_high: 6100 };
  assert.equal(describeConcentration(texts, wider), "HHI 2021: 6,027–6,100 (other countries as many, as one).");
});

test("a length is rounded down to 1, 2 or 5 times a power of ten", () => {
  assert.deepEqual([90, 49, 199, 1000].map(round), [50, 20, 100, 1000]);
});

test("a long name is cut, a Chinese letter counting twice", () => {
  assert.equal(short("Alpala", 10), "Alpala");
  assert.equal(short("L".repeat(200), 10), `${"L".repeat(10)}…`);
  assert.equal(short("长".repeat(200), 10), `${"长".repeat(5)}…`);
});

test("a date known to the year or month spans it", () => {
  const days = (text) => span(text).map((date) => date.toISOString().slice(0, 10));
  assert.deepEqual(days("2019"), ["2019-01-01", "2020-01-01"]);
  assert.deepEqual(days("2019-12"), ["2019-12-01", "2020-01-01"]);
  assert.deepEqual(days("2019-02-28"), ["2019-02-28", "2019-03-01"]);
});

test("an axis has room around its points, and around a single one", () => {
  const [least, greatest] = domain([10, 1000]);
  assert.ok(least < 10 && greatest > 1000);
  const [below, above] = domain([5]);
  assert.ok(below < 5 && above > 5 && above / below > 2);
});

test("along a line the contained amount is the same, a power of ten", () => {
  const lines = isolines([1e6, 1e9], [0.1, 10]);
  assert.deepEqual(
    lines.map((one) => one.amount),
    [1e3, 1e4, 1e5, 1e6, 1e7, 1e8],
  );
  for (const one of lines) for (const [ore, grade] of one.ends) assert.ok(Math.abs((ore * grade) / 100 / one.amount - 1) < 1e-9);
  for (const one of lines) assert.ok(one.at[0] <= 1e9 && one.at[1] >= 0.1 - 1e-9);
});

test("labels of lines do not overlap: all are shown where they fit, else every second or third", () => {
  const x = /** @type {[number, number]} */ ([1e4, 1e11]);
  const lines = isolines(x, [0.02, 10]);
  const spacedAmounts = (width) => spaced(lines, x, width).map(({ amount }) => Math.round(Math.log10(amount)));
  assert.equal(spacedAmounts(1100).length, lines.length);
  const narrow = spacedAmounts(300);
  assert.deepEqual([...new Set(narrow.slice(1).map((one, i) => one - narrow[i]))], [2]);
  assert.equal(narrow.at(-1), Math.round(Math.log10(lines.at(-1).amount)));
});

test("estimates of one record have a letter each, those of several records one for each record", () => {
  const one = { id: "a", name: "Alpala", title: "Inferred", effective_date: "2019-01" };
  assert.deepEqual(
    lettered([one, { ...one, title: "Indicated", effective_date: null }]).map(({ letter, text }) => `${letter} ${text}`),
    ["A Inferred, 2019-01", "B Indicated"],
  );
  const letters = lettered([one, { ...one, id: "b", name: "Pebble" }, one]);
  assert.deepEqual(
    letters.map(({ letter, text, points }) => `${letter} ${text} ${points.length}`),
    ["A Alpala 2", "B Pebble 1"],
  );
});

test("numbers go into a CSV as they are, and a text that begins like a formula does not run", () => {
  const table = {
    head: ["name", "t"],
    rows: [
      [{ text: '=HYPERLINK("x")' }, 1.5],
      ["a,b", null],
      ["-1", 0.00004],
    ],
  };
  assert.equal(csv(table), '\ufeffname,t\r\n"\'=HYPERLINK(""x"")",1.5\r\n"a,b",\r\n\'-1,0.00004\r\n');
});

test("a part of a stage has its name and share, its share, or nothing, and never a cut figure", () => {
  const part = { name: "Indonesia", share: 9.72 };
  assert.deepEqual([20, 9, 4].map((letters) => partLabel(part, letters)), ["Indonesia 9.72 %", "9.72 %", ""]);
});

test("labels on the map of shares are not over each other: the larger share has its label", () => {
  const [finland, norway, chile] = [{ at: [26, 64] }, { at: [14, 64] }, { at: [-71, -35] }];
  assert.deepEqual(apart([finland, norway, chile], 1100), [finland, chile]);
});

test("a long title is broken, in Chinese between any two letters", () => {
  assert.deepEqual(wrapped("one two three", 8), ["one two", "three"]);
  assert.deepEqual(wrapped("品位与矿石量", 6), ["品位与", "矿石量"]);
  assert.deepEqual(wrapped("", 6), []);
});

test("counts are those of the query: a value selected for the field excludes the others", () => {
  const settings = { lang: "zh", texts: { none: "未说明" } };
  const facetValues = [
    { value: "CHL", label_en: "Chile", label_zh: "智利", count: 3 },
    { value: null, count: 2 },
  ];
  const data = { facets: [{ values: facetValues }] };
  assert.deepEqual(
    values({ chosen: null }, data, settings).map((one) => one.title),
    ["智利", "未说明"],
  );
  assert.deepEqual(
    values({ chosen: ["CHL"] }, data, settings).map((one) => one.count),
    [3],
  );
});

test("a map of a place shows its ring completely", () => {
  assert.equal(reached({ accuracy_m: null }), 250);
  assert.ok(reached({ accuracy_m: 200_000 }) > 200);
});

test("a map of two that may be one shows both, near or far", () => {
  const pair = (lat) => reached({ lon: -69.1, lat: -24.3, accuracy_m: 2_500, near: [{ lon: -69.1, lat }], whole: true });
  assert.ok(pair(-30.3) > 667 && pair(-30.3) < 1_000);
  assert.ok(pair(-24.2) < 50);
});

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r, g, b] = parts.map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test("shapes contrast with the ground (WCAG 2.2, 1.4.11: 3 to 1)", () => {
  for (const name of ["resource", "reserve", "endowment", "accent", "quiet", "ink"]) {
    assert.ok(1.05 / (luminance(PAPER[name]) + 0.05) >= 3, name);
  }
});

test("both colour schemes define every colour of the charts", () => {
  const css = readFileSync(new URL("../theme/_colours.scss", import.meta.url), "utf8");
  const turning = new Set(["ink", "quiet", "line", "paper"]); // a colour of Bootstrap, which has both
  for (const name of Object.keys(PAPER)) assert.equal(css.split(`--chart-${name}:`).length - 1, turning.has(name) ? 1 : 2, name);
});

test("flows of one pair are one band, and a plant and a metal of one name are two nodes", () => {
  const { nodes, links } = graph([
    { stream: "Scrap", plant: "Copper", metal: "Copper", tonnes: 3 },
    { stream: "Wire", plant: "Copper", metal: "Copper", tonnes: 4 },
  ]);
  assert.equal(nodes.length, 4);
  assert.deepEqual(
    links.map((one) => one.value),
    [3, 7, 4],
  );
});

test("a country's circle lies in its largest part", () => {
  const square = (x, side) => [
    [
      [x, 0],
      [x, side],
      [x + side, side],
      [x + side, 0],
      [x, 0],
    ],
  ];
  const [lon] = centre({ type: "MultiPolygon", coordinates: [square(-100, 1), square(10, 4)] });
  assert.ok(lon > 10 && lon < 14);
});

test("a point of the history is at the middle of its date, and the last one of a class is labelled", () => {
  const points = placed([
    { date: "2010", category: "indicated", value: 10 },
    { date: "2012-06", category: "indicated", value: 20 },
  ]);
  assert.deepEqual(
    points.map((one) => one.at.toISOString().slice(0, 10)),
    ["2010-07-02", "2012-06-16"],
  );
  assert.deepEqual(
    lasting(points).map((one) => one.value),
    [20],
  );
});

test("labels of the history do not overlap", () => {
  const points = [100, 99, 50].map((value) => ({ value }));
  assert.deepEqual(
    legible(points, 300).map((one) => one.value),
    [100, 50],
  );
});

test("a bar of a count has its number in the middle, one of a decade follows it", () => {
  assert.deepEqual(sides({ x: 3 }, { step: 1, centred: true }), [2.58, 3.42]);
  assert.deepEqual(sides({ x: 1960 }, { step: 10 }), [1960.8, 1969.2]);
});

test("bars of one decade are on top of each other", () => {
  const rows = [
    { x: 1960, y: 3, group: "a" },
    { x: 1970, y: 1, group: "a" },
    { x: 1960, y: 2, group: "b" },
  ];
  assert.deepEqual(
    stacked(rows).map((one) => [one.y1, one.y2]),
    [
      [0, 3],
      [0, 1],
      [3, 5],
    ],
  );
});
