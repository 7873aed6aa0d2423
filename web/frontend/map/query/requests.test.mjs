// Run by tests/lodeweb/pages/map/test_map_modules.py: failures of a server as the page reports them.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { requestJson } from "./requests.js";

/** Return the error of a request that is refused with a status and headers by a server of this test. */
async function refused(status, headers) {
  const server = createServer((_, response) => response.writeHead(status, headers).end("{}"));
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    return await requestJson(`http://127.0.0.1:${server.address().port}/`).then(
      () => assert.fail("no error"),
      (error) => error,
    );
  } finally {
    server.close();
  }
}

test("a rate limit gives the wait", async () => {
  const error = await refused(429, { "Retry-After": "960" });
  assert.deepEqual([error.trouble, error.waitS], ["limited", 960]);
});

test("a limit without a wait, and a site that is away", async () => {
  assert.deepEqual((({ trouble, waitS }) => [trouble, waitS])(await refused(429, {})), ["limited", 0]);
  assert.equal((await refused(503, {})).trouble, "away");
});
