// Run by tests/lodeweb/pages/map/test_map_modules.py: one state gives one query for map, table and counts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { address, collectionQuery, kindsOf, mergeFacets } from "./collection_query.js";
import { emptyState } from "./state.js";

const FILTERS = [
  { name: "commodity", title: "", fields: { deposits: "commodities", discoveries: "commodities", projects: "commodities" } },
  { name: "status", title: "", fields: { deposits: "mine_status", projects: "status" } },
  { name: "stage", title: "", fields: { deposits: "exploration_stage", discoveries: "exploration_stage" } },
  { name: "facility_types", title: "", fields: { projects: "facility_types" } },
];
const state = (choices, values = {}) => ({ ...emptyState(), choices, values });
const parameters = (one, kind, box) => collectionQuery(one, kind, FILTERS, box)?.toString() ?? null;

test("codes of one filter are or", () => assert.equal(parameters(state({ commodity: ["tin", "copper"] }), "deposits"), "commodity=tin%2Ccopper"));

test("a kind without the field has nothing that matches", () => {
  assert.equal(parameters(state({ facility_types: ["mine"] }), "deposits"), null);
  assert.equal(parameters(state({ status: ["operating"] }), "discoveries"), null);
  assert.equal(parameters(state({ status: ["operating"] }), "deposits"), "status=operating");
});

test("each kind has its own parameter of the date of discovery", () => {
  const since = state({}, { discovered: "2010.." });
  assert.equal(parameters(since, "discoveries"), "datetime=2010%2F..");
  assert.equal(parameters(since, "deposits"), "filter=discovery_year+%3E%3D+2010");
  assert.equal(parameters(since, "projects"), null);
  const span = state({}, { discovered: "1990..2000", accuracy: "1000" });
  assert.equal(collectionQuery(span, "deposits", FILTERS)?.get("filter"), "discovery_year >= 1990 AND discovery_year <= 2000 AND position_accuracy_m <= 1000");
});

test("records without a figure are left out of every kind", () => {
  for (const kind of ["deposits", "discoveries", "projects"]) assert.equal(parameters(state({}, { has_figure: "true" }), kind), "has_figure=true");
});

test("plants by what people call them are projects", () => {
  assert.equal(parameters(state({}, { facility: "copper-smelter" }), "projects"), "facility=copper-smelter");
  assert.equal(parameters(state({}, { facility: "copper-smelter" }), "deposits"), null);
});

test("amounts filter kinds with estimates only, by the figure that is shown", () => {
  assert.equal(parameters(state({}, { contained_t_min: "1000000" }), "deposits"), "filter=figure_contained_t+%3E%3D+1000000");
  const both = collectionQuery(state({}, { ore_t_min: "5e6", grade_pct_max: "0.5" }), "discoveries", FILTERS);
  assert.equal(both?.get("filter"), "figure_ore_t >= 5e6 AND figure_grade_pct <= 0.5");
  assert.equal(parameters(state({}, { grade_pct_min: "0 OR TRUE" }), "deposits"), "");
  assert.equal(parameters(state({}, { grade_pct_min: "0.5" }), "projects"), null);
});

test("the main commodity needs a commodity, certainty an area", () => {
  assert.equal(parameters(state({}, { commodity_role: "main", certainty: "all" }), "deposits"), "");
  assert.equal(parameters(state({ commodity: ["tin"] }, { commodity_role: "main" }), "deposits"), "commodity=tin&commodity_role=main");
});

test("the view is a parameter only if it filters", () => {
  assert.equal(parameters(state({}), "deposits", "1,2,3,4"), "");
  assert.equal(parameters(state({}, { inview: "1" }), "deposits", "1,2,3,4"), "bbox=1%2C2%2C3%2C4");
});

test("what nobody could mean does no harm", () => {
  assert.equal(parameters(state({}, { accuracy: "1 OR TRUE", discovered: "x..y" }), "deposits"), "");
});

test("an address keeps its commas", () => {
  assert.equal(address("/a", new URLSearchParams({ c: "x,y" }), { limit: "1" }), "/a?c=x,y&limit=1");
  assert.equal(address("/a", new URLSearchParams()), "/a");
});

test("no kind chosen is every kind", () => {
  assert.deepEqual(kindsOf(emptyState(), ["a", "b"]), ["a", "b"]);
  assert.deepEqual(kindsOf({ ...emptyState(), kinds: ["b"] }, ["a", "b"]), ["b"]);
});

test("counts of several kinds are one list, most frequent first", () => {
  const facet = (field, ...values) => ({ facets: [{ field, values: values.map(([value, count]) => ({ value, label_en: value.toUpperCase(), label_zh: null, count })) }] });
  const facets = { deposits: facet("commodities", ["tin", 2], ["copper", 3]), projects: facet("commodities", ["tin", 5]) };
  assert.deepEqual(mergeFacets(facets, FILTERS, ["deposits", "projects"], "en").commodity, [
    { value: "tin", label: "TIN", count: 7 },
    { value: "copper", label: "COPPER", count: 3 },
  ]);
  assert.deepEqual(mergeFacets(facets, FILTERS, ["projects"], "zh").commodity, [{ value: "tin", label: "tin", count: 5 }]);
});

test("the year of the slider of time applies to the kinds that have one", () => {
  assert.equal(parameters(state({}, { year: "1985" }), "deposits"), "year=1985&year_of=discovery");
  assert.equal(parameters(state({}, { year: "1985" }), "projects"), null);
  assert.equal(parameters(state({}, { year: "1985", year_of: "start" }), "projects"), "year=1985&year_of=start");
  assert.equal(parameters(state({}, { year: "1985", year_of: "start" }), "deposits"), null);
  assert.equal(parameters(state({}, { year: "unknown", year_of: "status" }), "deposits"), "year=unknown&year_of=status");
  assert.equal(parameters(state({}, { year: "19 85" }), "projects"), "");
});

test("development is that of deposits, a position may be missing in every kind", () => {
  assert.equal(parameters(state({}, { developed: "no" }), "deposits"), "developed=no");
  assert.equal(parameters(state({}, { developed: "no" }), "projects"), null);
  assert.equal(parameters(state({}, { located: "false" }), "projects"), "located=false");
});
