import assert from "node:assert/strict";
import { test } from "node:test";
import { csv } from "./charts/files.js";
import { guarded } from "./formula.js";

const RISKY = ["=1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n", "＝1", "＋1", "－1", "＠A1", " =1", "\u3000＝1", "\u00a0@A1"];
const PLAIN = ["", " ", "a=1", "铜＝1", "（=1）", "１", "'=1"];

test("a text that a spreadsheet would take for a formula is prefixed with an apostrophe", () => {
  for (const text of RISKY) assert.equal(guarded(text), `'${text}`);
  for (const text of PLAIN) assert.equal(guarded(text), text);
});

test("so it does in the numbers of a chart", () => {
  assert.equal(csv({ head: ["name", "n"], rows: [["＝1+1", -5]] }), "\ufeffname,n\r\n'＝1+1,-5\r\n");
});
