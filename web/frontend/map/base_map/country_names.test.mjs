// Run by tests/lodeweb/pages/map/test_map_modules.py: where the names of countries stand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { centroid, countryNames } from "./country_names.js";


test("the centroid of a square, either way round", () => {
  const ring = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]];
  assert.deepEqual(centroid(ring), { lon: 1, lat: 1, size: 4 });
  assert.deepEqual(centroid([...ring].reverse()), { lon: 1, lat: 1, size: 4 });
});

test("a ring across the date line has its centroid there", () => {
  const { lon, size } = centroid([[178, 0], [-178, 0], [-178, 2], [178, 2], [178, 0]]);
  assert.ok(Math.abs(lon - 180) < 1e-9);
  assert.equal(size, 8);
});

test("a name is in the largest part, larger countries first", () => {
  const square = (x, side) => [[[x, 0], [x + side, 0], [x + side, side], [x, side], [x, 0]]];
  const features = [
    { id: "1", properties: { NAME: "Small" }, geometry: { type: "Polygon", coordinates: square(0, 1) } },
    { id: "2", properties: { NAME: "Large" }, geometry: { type: "MultiPolygon", coordinates: [square(10, 2), square(20, 5)] } },
    { id: "3", properties: {}, geometry: { type: "Polygon", coordinates: square(0, 9) } },
  ];
  assert.deepEqual(countryNames(features).map(({ text, lon }) => [text, lon]), [["Large", 22.5], ["Small", 0.5]]);
});
