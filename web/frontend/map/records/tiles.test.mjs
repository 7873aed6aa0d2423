// Run by tests/lodeweb/pages/map/test_map_modules.py: which tiles a view needs, and each is fetched once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { covering, items, Tiles } from "./tiles.js";

test("a view is covered, and nothing off the grid is requested", () => {
  assert.deepEqual(covering({ west: 0, north: 0, east: 1, south: 1 }, 0), [{ z: 0, x: 0, y: 0 }]);
  assert.deepEqual(covering({ west: 0.3, north: 0.3, east: 0.6, south: 0.3 }, 1), [{ z: 1, x: 0, y: 0 }, { z: 1, x: 1, y: 0 }]);
  assert.equal(covering({ west: -1, north: -1, east: 2, south: 2 }, 2).length, 16);
});

test("an empty tile holds nothing", () => assert.deepEqual(items(new ArrayBuffer(0), "deposits", { z: 0, x: 0, y: 0 }), []));

test("a tile is fetched once, however often it is requested", async () => {
  let requests = 0;
  const tiles = new Tiles(async () => {
    requests++;
    return new ArrayBuffer(0);
  });
  const at = { z: 0, x: 0, y: 0 };
  await Promise.all([tiles.fetch("a", "deposits", at), tiles.fetch("a", "deposits", at)]);
  assert.equal(requests, 1);
  assert.deepEqual(tiles.have("a"), []);
  assert.equal(tiles.have("b"), undefined);
});

test("a failure is not cached, and requests that are no longer wanted are aborted", async () => {
  let fail = true;
  let given = 0;
  const tiles = new Tiles(async (_, signal) => {
    signal.addEventListener("abort", () => given++);
    if (fail) throw new Error("away");
    return new ArrayBuffer(0);
  });
  const at = { z: 0, x: 0, y: 0 };
  await assert.rejects(tiles.fetch("a", "deposits", at));
  fail = false;
  const coming = tiles.fetch("a", "deposits", at);
  tiles.keepOnly(new Set());
  assert.equal(given, 1);
  assert.deepEqual(await coming, []);
});
