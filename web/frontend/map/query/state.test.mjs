// Run by tests/lodeweb/pages/map/test_map_modules.py: the address holds the whole state.

import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyState, narrowed, read, Screen, widened, write } from "./state.js";

const KNOWN = { kinds: ["deposits", "discoveries", "projects"], filters: ["commodity", "division", "status"], bases: ["osm"], layers: ["tailings"] };
const WHOLE = {
  view: { lon: 102.5, lat: 24.1, zoom: 6.5 },
  kinds: ["discoveries"],
  choices: { commodity: ["tin"], division: ["CN-YN", "CN-GX"] },
  values: { discovered: "2010..", within: "POLYGON((100 20,110 20,110 30,100 20))", inview: "1" },
  selected: "discoveries/a/b".split("/").slice(0, 2).join("/"),
  table: "discoveries",
  sort: "-discovery_date",
  columns: ["name", "country"],
  base: "osm",
  rights: true,
  layers: ["tailings"],
  panels: "t",
};

test("a written state is read back completely", () => {
  assert.deepEqual(read(write(WHOLE), KNOWN), WHOLE);
  assert.deepEqual(read(write(emptyState()), KNOWN), emptyState());
});

test("the empty state has an empty address, and a language only if one was requested", () => {
  assert.equal(write(emptyState()), "");
  assert.equal(write(emptyState(), "zh"), "?lang=zh");
});

test("a plain link is short and can be read", () => {
  assert.equal(write({ ...emptyState(), kinds: ["discoveries"], choices: { commodity: ["tin"] } }), "?kind=discoveries&commodity=tin");
});

test("what is not known is left out", () => {
  const odd = "?view=1,2&kind=moons&colour=red&base=elsewhere&select=moons/1&table=x&sort=<b>&columns=a,<i>&fold=xyz&layers=moons&view=9,9,99";
  assert.deepEqual(read(odd, KNOWN), { ...emptyState(), columns: ["a"] });
});

test("a view off the globe is none", () => {
  for (const view of ["0,91,3", "400,0,3", "0,0,25", "a,b,c", "0,0"]) assert.equal(read(`?view=${view}`, KNOWN).view, null, view);
});

test("selecting and clearing codes notifies listeners and saves", () => {
  const saved = [];
  const screen = new Screen(emptyState(), (state) => saved.push(write(state)));
  let notifications = 0;
  screen.listen(() => notifications++);
  screen.choose("commodity", "tin", true);
  screen.choose("commodity", "copper", true);
  screen.choose("commodity", "tin", false);
  screen.set({ accuracy: "1000" });
  screen.set({ accuracy: "" });
  screen.choose("commodity", "copper", false);
  assert.deepEqual(saved, ["?commodity=tin", "?commodity=tin,copper", "?commodity=copper", "?commodity=copper&accuracy=1000", "?commodity=copper", ""]);
  assert.equal(notifications, 6);
});

test("without filters it is wide, and the view stays", () => {
  assert.ok(narrowed(WHOLE));
  const wide = widened(WHOLE);
  assert.ok(!narrowed(wide));
  assert.deepEqual(wide.view, WHOLE.view);
});
