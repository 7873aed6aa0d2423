// Run by tests/lodeweb/pages/map/test_map_modules.py: the polygon of the map as WKT.

import assert from "node:assert/strict";
import { test } from "node:test";
import { wkt } from "./wkt.js";

const RINGS = "(2.00000 1.00000,4.00000 3.00000,4.00000 1.00000,2.00000 1.00000)";
const RING = [{ lat: 1, lng: 2 }, { lat: 3, lng: 4 }, { lat: 1, lng: 4 }];

test("a polygon has longitude first and closed rings", () => {
  assert.equal(wkt([RING]), "POLYGON((2.00000 1.00000,4.00000 3.00000,4.00000 1.00000,2.00000 1.00000))");
  assert.equal(wkt([[RING], [RING]]), `MULTIPOLYGON((${RINGS}),(${RINGS}))`);
});
