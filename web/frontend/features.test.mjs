// Run by tests/lodeweb/test_frontend.py: paging as the map does it, on answers made here.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { pages } from "./features.js";

const fetched = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = fetched;
});

/** Answers with pages of so many features, each with a link to the next one; notes what was asked for. */
function serve(sizes, status = 200) {
  const asked = [];
  globalThis.fetch = async (url, options) => {
    asked.push(url);
    options.signal.throwIfAborted();
    const page = asked.length - 1;
    const links = [{ rel: "self", href: `http://host.example${url}` }];
    if (page < sizes.length - 1) links.push({ rel: "next", href: `http://host.example/next?page=${page + 1}&q=%E9%93%9C` });
    const features = Array.from({ length: sizes[page] }, (_, n) => ({ id: `${page}-${n}` }));
    return { ok: status === 200, status, json: async () => ({ features, numberMatched: 99, links }) };
  };
  return asked;
}

async function all(signal = new AbortController().signal, bbox = null) {
  const found = [];
  for await (const page of pages("deposits", ["name_en", "flags"], bbox, signal)) found.push(page);
  return found;
}

test("every page is followed to the last, on our own origin", async () => {
  const asked = serve([3, 3, 1]);
  const found = await all();
  assert.deepEqual(found.map((page) => page.features.length), [3, 3, 1]);
  assert.deepEqual(found.map((page) => page.matched), [99, 99, 99]);
  assert.equal(asked[0], "/api/collections/deposits/items?limit=5000&properties=name_en%2Cflags");
  assert.deepEqual(asked.slice(1), ["/next?page=1&q=%E9%93%9C", "/next?page=2&q=%E9%93%9C"]);
});

test("a box is asked for where there is one", async () => {
  const asked = serve([0]);
  await all(undefined, "170,-20,-170,0");
  assert.match(asked[0], /bbox=170%2C-20%2C-170%2C0/);
});

test("it stops when there is more than a map can hold", async () => {
  const asked = serve(Array(20).fill(5000));
  const found = await all();
  assert.equal(found.reduce((sum, page) => sum + page.features.length, 0), 30000);
  assert.equal(asked.length, 6);
});

test("an answer that is no success is an error", async () => {
  serve([1], 503);
  await assert.rejects(all(), /503/);
});

test("it ends when it is told to", async () => {
  const control = new AbortController();
  control.abort();
  serve([1]);
  await assert.rejects(all(control.signal), { name: "AbortError" });
});
