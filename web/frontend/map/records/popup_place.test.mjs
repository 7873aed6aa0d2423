// Run by tests/lodeweb/pages/map/test_map_modules.py: a popup covers neither its mark nor an edge of the map.

import assert from "node:assert/strict";
import { test } from "node:test";
import { popupPlace } from "./popup_place.js";

const MAPS = [{ x: 390, y: 640 }, { x: 900, y: 500 }, { x: 320, y: 300 }];
const SIZE = { x: 250, y: 150 };
const MARK = 19;

test("a popup is on the map and off its mark, wherever the mark is", () => {
  for (const map of MAPS) {
    for (let x = 0; x <= map.x; x += 10) {
      for (let y = 0; y <= map.y; y += 10) {
        const { left, top, side } = popupPlace({ x, y }, SIZE, map);
        const covers = left < x + MARK && left + SIZE.x > x - MARK && top < y + MARK && top + SIZE.y > y - MARK;
        assert.ok(!covers, `covers ${x},${y} on ${map.x}`);
        if (side === "above" || side === "below") {
          assert.ok(left >= 0 && left + SIZE.x <= map.x && top >= 0 && top + SIZE.y <= map.y, `leaves at ${x},${y} on ${map.x}`);
        }
      }
    }
  }
});

test("a popup is above its mark where there is room", () => assert.equal(popupPlace({ x: 200, y: 400 }, SIZE, MAPS[0]).side, "above"));
test("a mark at the upper edge has its popup below", () => assert.equal(popupPlace({ x: 200, y: 30 }, SIZE, MAPS[0]).side, "below"));
