// Run by tests/lodeweb/pages/map/test_map_modules.py: symbols can be distinguished, with any colour vision.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const vocabulary = await readFile(new URL("../../../../geodata/lodedata/vocab/commodity-group.csv", import.meta.url), "utf8");
const listed = [...vocabulary.matchAll(/^([a-z]+),.*,([^,]+),(#[0-9a-f]{6})$/gm)];
const groups = Object.fromEntries(listed.map(([, code, symbol, colour]) => [code, { symbol, colour }]));
globalThis.document = { getElementById: () => ({ textContent: JSON.stringify({ groups }) }) };
const { fillOf, GROUPS, GREY, paint, SHAPES, shapeOf, SIZES, sizeOf, svg } = await import("./symbols.js");

const NAMED = Object.entries(GROUPS).filter(([name]) => name !== "other");
/** Severity 1.0 of Machado, Oliveira and Fernandes 2009, in linear RGB. */
const SIGHT = {
  usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

function linear(colour) {
  return [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
}

/** CIE L*a*b* of linear RGB. */
function lab(rgb) {
  const [r, g, b] = rgb.map((c) => Math.min(1, Math.max(0, c)));
  const f = (t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const [x, y, z] = [(0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047, 0.2126 * r + 0.7152 * g + 0.0722 * b, (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883];
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))];
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour) {
  const [r, g, b] = linear(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

for (const [sight, matrix] of Object.entries(SIGHT)) {
  test(`any two groups' colours differ by 20 or more (CIE 1976) with ${sight}`, () => {
    const seen = NAMED.map(([name, { colour }]) => {
      const rgb = linear(colour);
      return { name, lab: lab(matrix.map((row) => row.reduce((sum, m, i) => sum + m * rgb[i], 0))) };
    });
    for (const a of seen) {
      for (const b of seen) if (a !== b) assert.ok(Math.hypot(...a.lab.map((v, i) => v - b.lab[i])) >= 20, `${a.name} and ${b.name}`);
    }
  });
}

test("every group of the vocabulary is there", () => {
  assert.equal(Object.keys(GROUPS).length, vocabulary.trim().split("\n").length - 1);
});

test("no two groups share a letter, no two kinds a shape", () => {
  assert.equal(new Set(Object.values(GROUPS).map(({ symbol }) => symbol)).size, Object.keys(GROUPS).length);
  assert.equal(new Set(Object.values(SHAPES)).size, Object.keys(SHAPES).length);
});

test("a letter can be read on every fill (WCAG 2, 1.4.3: 4.5 to 1)", () => {
  for (const group of Object.keys(GROUPS)) {
    for (const fill of ["working", "planned", "ended"]) {
      const { body, text } = paint(group, fill);
      const [dark, light] = [luminance(body), luminance(text)].sort((a, b) => a - b);
      assert.ok((light + 0.05) / (dark + 0.05) >= 4.5, `${group} ${fill}`);
    }
  }
});

test("a project is a mine where it mines, else a plant", () => {
  assert.equal(shapeOf({ kind: "projects", facility_types: "mine-open-pit,concentrator" }), "mine");
  assert.equal(shapeOf({ kind: "projects", facility_types: ["copper-smelter"] }), "plant");
  assert.equal(shapeOf({ kind: "projects", facility_types: null }), "plant");
  assert.equal(shapeOf({ kind: "deposits" }), "deposit");
});

test("fill says status, size says size class", () => {
  const counts = { operating: "operating", construction: "pipeline", closed: "none", suspended: "idle" };
  assert.equal(fillOf({ kind: "projects", status: "operating" }, counts), "working");
  assert.equal(fillOf({ kind: "projects", status: "construction" }, counts), "planned");
  assert.equal(fillOf({ kind: "deposits", mine_status: "closed" }, counts), "ended");
  assert.equal(fillOf({ kind: "deposits" }, counts), "unknown");
  assert.ok(SIZES.large > SIZES.medium && sizeOf({ size_class: "large" }) === SIZES.large);
});

test("what explains a status, a kind or a size can be seen in both schemes (WCAG 2, 1.4.11 asks 3 to 1, here 4.5)", async () => {
  const settings = await readFile(new URL("../../theme/_settings.scss", import.meta.url), "utf8");
  const named = (name) => [...settings.matchAll(new RegExp(`\\$${name}(?:-dark)?: (#[0-9a-f]{6});`, "g"))].map(([, colour]) => luminance(colour));
  const [quiet, paper] = [named("body-secondary-color"), named("body-bg")];
  assert.deepEqual([quiet.length, paper.length], [2, 2]);
  for (const i of [0, 1]) {
    const [dark, light] = [quiet[i], paper[i]].sort((a, b) => a - b);
    assert.ok((light + 0.05) / (dark + 0.05) >= 4.5, `scheme ${i}`);
  }
  for (const fill of ["working", "planned", "ended", "unknown"]) {
    const made = svg("plant", "other", fill);
    assert.match(made, /stroke="currentColor"/);
    assert.doesNotMatch(made, /#[0-9a-f]{6}/);
  }
  assert.equal(new Set(["working", "planned", "ended", "unknown"].map((fill) => svg("plant", "other", fill))).size, 4);
});

test("a group that nobody knows is the rest, and nothing of it becomes markup", () => {
  assert.equal(svg("deposit", "<script>"), svg("deposit", "other"));
});

test("a status that is only the last known one is grey, with the letter of its group", () => {
  const [now, old] = [paint("copper", "working"), paint("copper", "working", true)];
  assert.equal(old.body, GREY);
  assert.notEqual(now.body, GREY);
  assert.equal(old.letter, now.letter);
  assert.equal(paint("copper", "ended", true).slash, true);
});

test("colours are of a form that drawings (SVG 1.1) have, so that other programs do not show them black", async () => {
  for (const name of ["ring.js", "symbols.js", "records_layer.js"]) {
    assert.doesNotMatch(await readFile(new URL(name, import.meta.url), "utf8"), /rgb\(\d+ /, name);
  }
});
