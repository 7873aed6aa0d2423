// Run by tests/lodeweb/pages/map/test_map_modules.py: the play goes by steps to the last year and begins again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nextYear } from "./time_slider.js";

test("a step is five years, the last one shorter", () => {
  assert.equal(nextYear(1985, 1850, 2026), 1990);
  assert.equal(nextYear(2025, 1850, 2026), 2026);
});
test("after the last year comes the first", () => assert.equal(nextYear(2026, 1850, 2026), 1850));
