// Run by tests/lodeweb/pages/map/test_map_modules.py: figures of the spheroid, compared with those of PROJ 9 (pyproj.Geod, WGS 84).

import assert from "node:assert/strict";
import { test } from "node:test";
import { between, circle, extent, length } from "./spheroid.js";

test("Dexing to Sorowako", () => assert.ok(Math.abs(between([117.73, 29.0189], [121.37, -2.53]) - 3512681.41) < 1));

test("a line is as long as its legs", () => {
  const line = [[0, 0], [1, 0], [1, 1]];
  assert.ok(Math.abs(length(line) - (between(line[0], line[1]) + between(line[1], line[2]))) < 1e-6);
});

test("a square degree at the equator, either way round", () => {
  const ring = [[0, 0], [1, 0], [1, 1], [0, 1]];
  assert.ok(Math.abs(extent(ring).area - 12308778361.5) < 1);
  assert.ok(Math.abs(extent([...ring].reverse()).area - 12308778361.5) < 1);
  assert.ok(Math.abs(extent(ring).perimeter - 443770.92) < 0.1);
});

test("a circle is equally far from its centre everywhere, across the date line too", () => {
  for (const centre of [[179.9, -18], [121.37, -2.53], [25, 78]]) {
    const ends = circle(centre, 300_000);
    assert.ok(ends.every((end) => Math.abs(between(centre, end) - 300_000) < 0.01));
    assert.ok(ends.every(([lon]) => Math.abs(lon - centre[0]) < 180));
  }
});
