import assert from "node:assert/strict";
import test from "node:test";
import { ageColour } from "./ground_kinds.js";

const BEDROCK = { ages: [{ code: "jurassic", label: "Jurassic", colour: "#34B2C9" }], rocks: {}, unknown: 1, unknownColour: "#C8C8C8" };

test("an age has its colour on the chart and any other grey", () => {
  assert.equal(ageColour(BEDROCK, "jurassic"), "#34B2C9b3");
  assert.equal(ageColour(BEDROCK, undefined), "#C8C8C8b3");
});
