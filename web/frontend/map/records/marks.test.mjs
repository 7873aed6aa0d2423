// Run by tests/lodeweb/pages/map/test_map_modules.py: marks represent every record and do not hide one another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fan, marks, short } from "./marks.js";

function random(seed) {
  let at = seed;
  return () => {
    at = (at * 1103515245 + 12345) % 2147483648;
    return at / 2147483648;
  };
}

function scattered(count, seed = 1) {
  const next = random(seed);
  return Array.from({ length: count }, (_, i) => {
    const cells = i % 5 === 0;
    const n = cells ? 1 + Math.floor(next() * 500) : 1;
    return { x: next() * 1200, y: next() * 800, n, mix: { copper: n }, ...(cells ? {} : { record: { id: `r${i}` } }) };
  });
}

test("the marks' counts add up to all records, whole and by group", () => {
  const items = scattered(3000);
  const all = items.reduce((sum, { n }) => sum + n, 0);
  const made = marks(items, 46);
  assert.equal(made.reduce((sum, { n }) => sum + n, 0), all);
  assert.equal(made.reduce((sum, { mix }) => sum + mix.copper, 0), all);
  assert.equal(made.reduce((sum, { records }) => sum + records.length, 0), items.filter(({ record }) => record).length);
});

test("far fewer marks than points, and hardly any two overlap", () => {
  const made = marks(scattered(5000), 46);
  assert.ok(made.length < (1200 / 46) * (800 / 46));
  const close = made.filter((a) => made.some((b) => a !== b && Math.hypot(a.x - b.x, a.y - b.y) < 20));
  assert.ok(close.length < made.length * 0.1, `${close.length} of ${made.length}`);
});

test("points far apart stay what they are", () => {
  const made = marks([0, 100, 200].map((x) => ({ x, y: 50, n: 1, mix: { tin: 1 }, record: { id: x } })), 46);
  assert.equal(made.length, 3);
  assert.ok(made.every(({ n, cells }) => n === 1 && !cells));
});

test("neighbours on both sides of a line of the grid become one", () => {
  const made = marks([45, 47].map((x) => ({ x, y: 10, n: 1, mix: { tin: 1 }, record: { id: x } })), 46);
  assert.deepEqual(made.map(({ n, x, box }) => [n, x, box]), [[2, 46, [45, 10, 47, 10]]]);
});

test("the same points give the same marks in any order", () => {
  const items = scattered(500);
  const keys = (list) => marks(list, 46).map(({ key, n }) => `${key} ${n}`).sort();
  assert.deepEqual(keys(items), keys([...items].reverse()));
});

test("the items are left as they were", () => {
  const item = { x: 1, y: 1, n: 1, mix: { tin: 1 }, record: {} };
  marks([item, { ...item, x: 2 }], 46);
  assert.deepEqual(item.mix, { tin: 1 });
});

test("what is fanned out lies apart", () => {
  for (const count of [2, 3, 10, 11, 60, 300]) {
    const ends = fan(count);
    assert.equal(ends.length, count);
    const least = Math.min(...ends.flatMap((a, i) => ends.slice(i + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1]))));
    assert.ok(least > 20, `${count}: ${least}`);
  }
});

test("a count is complete as long as it fits", () => {
  assert.equal(short(9999, "en"), "9,999");
  assert.equal(short(123456, "en"), "123K");
  assert.equal(short(123456, "zh"), "12.3万");
});
