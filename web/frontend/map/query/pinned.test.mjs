// Run by tests/lodeweb/pages/map/test_map_modules.py: tiles are pinned until the site has a newer version.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = /** @type {any} */ ({ getElementById: () => ({ textContent: '{"version": "12-1f0c9a7e"}' }) });
const { noteVersion, pinnedVersion } = await import("./pinned.js");

test("a newer version ends the pin, an older one does not", () => {
  assert.deepEqual(pinnedVersion(), { as_of: "12-1f0c9a7e" });
  for (const version of [undefined, null, "", "11", "12"]) noteVersion(version);
  assert.deepEqual(pinnedVersion(), { as_of: "12-1f0c9a7e" });
  noteVersion("13");
  assert.deepEqual(pinnedVersion(), {});
});
