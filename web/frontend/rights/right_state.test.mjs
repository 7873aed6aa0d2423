import assert from "node:assert/strict";
import { test } from "node:test";
import { colourOf, KINDS, stateOf } from "./right_state.js";

const ON = { day: "2026-11-29", soon: "2027-11-29", judged: false };

test("a right that ends within a year is marked, one that has ended is apart", () => {
  assert.equal(stateOf({ status: "granted", valid_to: "2027-11-28" }, ON), "soon");
  assert.equal(stateOf({ status: "granted", valid_to: "2027-11-29" }, ON), "valid");
  assert.equal(stateOf({ status: "granted", valid_to: "2026-11-29" }, ON), "soon");
  assert.equal(stateOf({ status: "granted", valid_to: "2026-11-28" }, ON), "ended");
  assert.equal(stateOf({ status: "granted", valid_to: "2026" }, ON), "soon");
  assert.equal(stateOf({ status: "granted" }, ON), "valid");
});

test("a right in extension is in force after its term, a revoked one is not before it", () => {
  assert.equal(stateOf({ status: "in-extension", valid_to: "2025-08-09" }, ON), "valid");
  assert.equal(stateOf({ status: "revoked", valid_to: "2030-01-01" }, ON), "ended");
  assert.equal(stateOf({ status: "revoked", valid_to: "2030-01-01" }, { ...ON, judged: true }), "valid");
  assert.equal(stateOf({ status: "granted", valid_from: "2027-01-01" }, ON), "ended");
});

test("kinds have different colours in both schemes", () => {
  for (const dark of [false, true]) assert.equal(new Set([...KINDS, "other"].map((kind) => colourOf(kind, dark))).size, KINDS.length + 1);
});
