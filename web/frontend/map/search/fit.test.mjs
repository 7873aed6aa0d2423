import assert from "node:assert/strict";
import { test } from "node:test";
import { apart, joined } from "./fit.js";

test("the extent of several kinds is that of all", () => {
  assert.deepEqual(joined([[-70, -30, -69, -20], [100, 10, 110, 20]]), [-70, -30, 110, 20]);
  assert.equal(joined([]), null);
});

test("a view that touches the records shows some of them", () => {
  assert.equal(apart([0, 0, 10, 10], [10, 10, 20, 20]), false);
  assert.equal(apart([0, 0, 10, 10], [11, 0, 20, 10]), true);
  assert.equal(apart([0, 0, 10, 10], [0, -20, 10, -1]), true);
});
