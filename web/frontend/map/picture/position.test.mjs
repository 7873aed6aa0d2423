import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleBar, worldFile } from "./position.js";

test("a world file has the size of a pixel and the middle of the first one in EPSG:3857", () => {
  // EPSG:3857 ends at 20 037 508.342789 m; the whole world is 256 pixels at zoom 0
  const numbers = worldFile([-180, 85.0511287798066], 0, 2).trim().split("\n").map(Number);
  const pixel = 40_075_016.685578 / 512;
  const expected = [pixel, 0, 0, -pixel, -20_037_508.342789 + pixel / 2, 20_037_508.342789 - pixel / 2];
  for (const [n, value] of numbers.entries()) assert.ok(Math.abs(value - expected[n]) < 0.01, `${n}: ${value}`);
});

test("a bar of scale is round and no wider than the space", () => {
  const { metres, width } = scaleBar(0, 0, 100);
  assert.equal(metres, 10_000_000);
  assert.ok(Math.abs(width - 10_000_000 / 156_543.033928) < 1e-6);
  for (const zoom of [3, 7.5, 14]) assert.ok(scaleBar(60, zoom, 140).width <= 140);
  // a metre on the ground is twice as many pixels at 60 degrees
  const [north, equator] = [60, 0].map((lat) => scaleBar(lat, 5, 1000)).map(({ metres: length, width: wide }) => wide / length);
  assert.ok(Math.abs(north / equator - 2) < 1e-9);
});
