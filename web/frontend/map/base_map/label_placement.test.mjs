// Run by tests/lodeweb/pages/map/test_map_modules.py: labels do not overlap marks or one another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { firstFree, intersects } from "./label_placement.js";

test("boxes intersect where they share an area, not where they touch", () => {
  assert.ok(intersects([0, 0, 10, 10], [9, 9, 20, 20]));
  assert.ok(!intersects([0, 0, 10, 10], [10, 0, 20, 10]));
});

test("a name goes to the first of its places that is free", () => {
  const places = [
    [0, 0, 10, 10],
    [0, 20, 10, 30],
    [0, 40, 10, 50],
  ];
  assert.deepEqual(firstFree(places, []), places[0]);
  assert.deepEqual(firstFree(places, [[5, 5, 6, 6]]), places[1]);
  assert.deepEqual(firstFree(places, [[5, 5, 6, 25]]), places[2]);
});

test("a name that has no free place is not written", () => {
  assert.equal(firstFree([[0, 0, 10, 10]], [[5, 5, 6, 6]]), undefined);
  assert.equal(firstFree([], []), undefined);
});
