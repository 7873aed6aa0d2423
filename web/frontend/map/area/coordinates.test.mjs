// Run by tests/lodeweb/pages/map/test_map_modules.py: positions in any form.

import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPosition, parsePositions, withLetters } from "./coordinates.js";

// Dexing's pit in each form; UTM and Gauss-Krüger by PROJ 9 (cs2cs EPSG:4326 to EPSG:32650 and EPSG:4527)
const DEXING = [117.73, 29.0189];
const WRITTEN = [
  "117.73, 29.0189",
  "117.73 29.0189",
  "117.73，29.0189",
  "E117.73 N29.0189",
  "29.0189N, 117.73E",
  "117°43′48.0″E 29°01′08.0″N",
  "29°01'08.04\"N 117°43'48\"E",
  "东经117°43′48″ 北纬29°01′08″",
  "北纬29度1分8秒，东经117度43分48秒",
];

/** The position of a text that has one meaning. */
function parsePosition(text) {
  const found = parsePositions(text);
  assert.ok(found.length < 2, `${text} has two meanings`);
  return found[0] ?? null;
}

function near(found, [lon, lat], within = 0.0002) {
  assert.ok(found, "nothing was read");
  assert.ok(Math.abs(found[0] - lon) < within && Math.abs(found[1] - lat) < within, `${found} is not ${lon},${lat}`);
}

for (const text of WRITTEN) test(`${text} is Dexing`, () => near(parsePosition(text), DEXING));

test("a formatted position is parsed to the same place", () => {
  for (const place of [DEXING, [-69.07, -24.27], [15.2, 78.2], [5.3, 60.4], [121.37, -2.53]]) {
    for (const form of ["decimal", "dms", "utm"]) {
      const text = formatPosition(place[0], place[1], form);
      // decimal degrees are written longitude first
      if (text) near(parsePositions(text)[0], place, 0.0001);
    }
  }
  near(parsePosition(formatPosition(DEXING[0], DEXING[1], "cgcs")), DEXING, 0.0001);
});

test("UTM and Gauss-Krüger are those of PROJ", () => {
  assert.equal(formatPosition(117.73, 29.0189, "utm"), "50R 571090 3210299");
  assert.equal(formatPosition(117.73, 29.0189, "cgcs"), "X=3211584 Y=39571118");
});

test("a six-degree zone is read too", () => near(parsePosition("X=3211584 Y=20571118"), DEXING));

test("latitude first is taken where only that is possible", () => assert.deepEqual(parsePosition("29.0189, 117.73"), DEXING));

test("two numbers that may be either are offered in both orders", () => {
  assert.deepEqual(parsePositions("-24.58, -67.73"), [[-24.58, -67.73], [-67.73, -24.58]]);
  assert.deepEqual(parsePositions("24°34′48″ 67°43′48″").map(withLetters), ["67.73° N, 24.58° E", "24.58° N, 67.73° E"]);
  assert.deepEqual(parsePositions("24.58S 67.73W"), [[-67.73, -24.58]]);
  assert.deepEqual(parsePositions("30, 30"), [[30, 30]]);
});

test("what is no position is none", () => {
  for (const text of ["", "dx", "德兴", "12", "1,2,3", "200, 100", "N10 N20", "61Q 571101 3210324", "10°75′E 5°N", "copper 12"]) {
    assert.equal(parsePosition(text), null, text);
  }
});

test("China's zones end with China", () => {
  assert.equal(formatPosition(-69, -24, "cgcs"), "");
  assert.equal(formatPosition(10, 85, "utm"), "");
});
