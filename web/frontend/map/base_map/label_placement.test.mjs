// Run by tests/lodeweb/pages/map/test_map_modules.py: names do not stand over marks or one another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { free, meet } from "./label_placement.js";

test("boxes meet where they share a part, not where they touch", () => {
  assert.ok(meet([0, 0, 10, 10], [9, 9, 20, 20]));
  assert.ok(!meet([0, 0, 10, 10], [10, 0, 20, 10]));
});

test("a name goes to the first of its places that is free", () => {
  const places = [
    [0, 0, 10, 10],
    [0, 20, 10, 30],
    [0, 40, 10, 50],
  ];
  assert.deepEqual(free(places, []), places[0]);
  assert.deepEqual(free(places, [[5, 5, 6, 6]]), places[1]);
  assert.deepEqual(free(places, [[5, 5, 6, 25]]), places[2]);
});

test("a name that has no free place is not written", () => {
  assert.equal(free([[0, 0, 10, 10]], [[5, 5, 6, 6]]), undefined);
  assert.equal(free([], []), undefined);
});
