// Run by tests/lodeweb/test_frontend.py: every kind and group has a symbol of its own, told by shape and letter too.

import assert from "node:assert/strict";
import { test } from "node:test";
import { GROUPS, symbol } from "./symbols.js";

const KINDS = ["deposits", "discoveries", "projects"];

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour) {
  const [r, g, b] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test("no two groups share a colour or a letter", () => {
  const groups = Object.values(GROUPS);
  assert.equal(new Set(groups.map((g) => g.colour)).size, groups.length);
  assert.equal(new Set(groups.map((g) => g.letter)).size, groups.length);
});

test("each kind has a shape of its own", () => {
  assert.equal(new Set(KINDS.map((kind) => symbol(kind, "copper").match(/<(circle|path|rect)/)?.[1])).size, KINDS.length);
});

test("a white letter can be read on every colour (WCAG 2, 1.4.3: 4.5 to 1)", () => {
  for (const [group, { colour }] of Object.entries(GROUPS)) {
    assert.ok(1.05 / (luminance(colour) + 0.05) >= 4.5, group);
  }
});

test("a group that nobody knows is the rest, and nothing of it becomes markup", () => {
  assert.equal(symbol("deposits", "<script>"), symbol("deposits", "other"));
});
