import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAddress, leftOut, likelyBytes, systems } from "./file.js";

const csv = { name: "csv", title: "CSV", text: "", loss: "", rowBytes: 200, crs: true, relations: false, labels: true };
const geojson = { ...csv, name: "geojson", crs: false, loss: "" };
const gpkg = { ...csv, name: "gpkg", relations: true };
const plain = { kind: "deposits", format: csv, columns: [], lang: "", crs: "", packed: false };
const query = new URLSearchParams({ commodity: "copper,tin" });

test("a file has the query of the map", () => {
  assert.equal(fileAddress(plain, query), "/api/collections/deposits/download/csv?commodity=copper,tin");
  const full = fileAddress({ ...plain, columns: ["name_en", "country"], lang: "zh", crs: "4490", packed: true }, query);
  assert.match(full, /columns=name_en,country&lang=zh&crs=http.*4490&package=1$/);
});

test("a format of WGS 84 only is requested in no other system", () => {
  assert.doesNotMatch(fileAddress({ ...plain, format: geojson, crs: "4490" }, query), /crs/);
});

test("fewer columns are likely to be fewer bytes", () => {
  assert.equal(likelyBytes(plain, 10, 37), 2000);
  assert.equal(likelyBytes({ ...plain, columns: ["a"] }, 10, 37), 200);
});

test("the zones of a place are those that surveyors there use", () => {
  const codes = (lon, lat) => systems(lon, lat).map(({ code }) => code);
  // Dexing: UTM 50N, CGCS2000 3-degree zone 39 (EPSG registry)
  assert.deepEqual(codes(117.73, 29.02), ["", "4490", "3857", "32650", "4527"]);
  assert.deepEqual(codes(-69, -24), ["", "4490", "3857", "32719"]);
});

test("what a file leaves out is said of what was chosen", () => {
  const names = (choice, counts) => leftOut(choice, { all: 30, nowhere: 0, others: 0, ...counts }).map(({ name }) => name);
  assert.deepEqual(names({ ...plain, format: gpkg }, {}), []);
  assert.deepEqual(names(plain, { nowhere: 3, others: 5 }), ["nowhere", "relations", "others"]);
  assert.deepEqual(names({ ...plain, packed: true, columns: ["a"] }, {}), ["columns"]);
});
