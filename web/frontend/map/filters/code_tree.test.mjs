import assert from "node:assert/strict";
import { test } from "node:test";
import { treeFilter, toggleCode, buildTree, filterTree, within } from "./code_tree.js";

const broader = { porphyry: "magmatic", skarn: "magmatic", "porphyry-copper": "porphyry", "porphyry-gold": "porphyry" };

test("what is taken out is a condition, and what comes back in is not", () => {
  assert.deepEqual(treeFilter("model", ["magmatic"], broader), { codes: ["magmatic"], conditions: [] });
  assert.deepEqual(treeFilter("model", ["magmatic", "-porphyry"], broader).conditions, ["NOT BENEATH(model,'porphyry')"]);
  assert.deepEqual(treeFilter("model", ["magmatic", "-porphyry", "porphyry-gold"], broader).conditions, [
    "(NOT BENEATH(model,'porphyry') OR BENEATH(model,'porphyry-gold'))",
  ]);
});

test("a code is chosen by the nearest mark above it", () => {
  assert.ok(within("porphyry-copper", ["magmatic"], broader));
  assert.ok(!within("magmatic", ["porphyry-copper"], broader));
  assert.ok(!within("porphyry-copper", ["magmatic", "-porphyry"], broader));
  assert.ok(within("porphyry-copper", ["magmatic", "-porphyry", "porphyry-copper"], broader));
});

test("ticking one takes those beneath it in", () => {
  assert.deepEqual(toggleCode(["porphyry-copper", "skarn"], "porphyry", true, broader), ["skarn", "porphyry"]);
});

test("unticking one beneath a chosen one takes it out", () => {
  const fewer = toggleCode(["magmatic"], "porphyry-copper", false, broader);
  assert.deepEqual(fewer, ["magmatic", "-porphyry-copper"]);
  assert.deepEqual(toggleCode(fewer, "porphyry-copper", true, broader), ["magmatic"]);
  assert.deepEqual(toggleCode(fewer, "magmatic", false, broader), []);
  assert.deepEqual(toggleCode(["skarn"], "skarn", false, broader), []);
});

test("a tree counts what is beneath, the most first", () => {
  const counted = [
    { value: "skarn", label: "Skarn", count: 2 },
    { value: "porphyry-copper", label: "Porphyry copper", count: 5 },
    { value: "porphyry", label: "Porphyry", count: 1 },
  ];
  const [root] = buildTree(counted, broader, (code) => code.toUpperCase());
  assert.deepEqual([root.value, root.label, root.count], ["magmatic", "MAGMATIC", 8]);
  assert.deepEqual(root.children.map(({ value, count }) => [value, count]), [["porphyry", 6], ["skarn", 2]]);
  const [found] = filterTree([root], ({ label }) => label.includes("copper"));
  assert.deepEqual(found.children.map(({ value }) => value), ["porphyry"]);
  assert.deepEqual(found.children[0].children.map(({ value }) => value), ["porphyry-copper"]);
});
