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
  const zones = [{ epsg: 32650, records: 9 }, { epsg: 4527, records: 9 }, { epsg: 32719, records: 1 }];
  const found = systems(zones);
  assert.deepEqual(found.map(({ code }) => code), ["", "4490", "3857", "32650", "4527", "32719"]);
  // Dexing: UTM 50N, CGCS2000 3-degree zone 39 (EPSG registry)
  assert.deepEqual(found.slice(3).map(({ name, zone }) => [name, zone]), [["utmNorth", 50], ["gauss", 39], ["utmSouth", 19]]);
});

test("a file of all kinds has an address of its own and leaves no relation out", () => {
  const choice = { ...plain, kind: "all" };
  assert.equal(fileAddress(choice, new URLSearchParams("country=CHL"), ["deposits", "projects"]), "/api/download/csv?country=CHL&collections=deposits,projects");
  assert.deepEqual(leftOut(choice, { all: 0, nowhere: 0, others: 0 }), []);
});

test("what a file leaves out is said of what was chosen", () => {
  const names = (choice, counts) => leftOut(choice, { all: 30, nowhere: 0, others: 0, ...counts }).map(({ name }) => name);
  assert.deepEqual(names({ ...plain, format: gpkg }, {}), []);
  assert.deepEqual(names(plain, { nowhere: 3, others: 5 }), ["nowhere", "relations", "others"]);
  assert.deepEqual(names({ ...plain, packed: true, columns: ["a"] }, {}), ["columns"]);
});
