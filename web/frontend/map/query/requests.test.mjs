import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { onActivity, request, requestJson, RequestError } from "./requests.js";

/** Ends the response whose head and beginning were sent. */
let end = () => {};
const server = createServer((request, response) => {
  if (request.url === "/refused") {
    response.writeHead(400, { "Content-Type": "application/problem+json" }).end('{"value": "x", "detail": "no such filter"}');
    return;
  }
  response.writeHead(200, { "Content-Type": "application/json" });
  response.write('{"features": [');
  if (request.url === "/broken") setTimeout(() => response.destroy(), 20);
  else end = () => response.end("]}");
});
let home = "";
let pending = 0;
onActivity((count) => {
  pending = count;
});

before(async () => {
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  home = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

test("a request is pending until its body is read, not until the response begins", async () => {
  let result;
  const response = await new Promise((begun) => {
    result = request(`${home}/slow`, {}, (response) => {
      begun(response);
      return response.json();
    });
  });
  await new Promise((later) => setTimeout(later, 20));
  assert.deepEqual([response.status, pending], [200, 1]);
  end();
  assert.deepEqual(await result, { features: [] });
  assert.equal(pending, 0);
});

test("a response that breaks off has failed", async () => {
  await assert.rejects(requestJson(`${home}/broken`), (error) => error instanceof RequestError && error.trouble === "failed");
  assert.equal(pending, 0);
});

test("a refused request has the reason", async () => {
  const matches = (error) => error instanceof RequestError && error.trouble === "refused" && error.detail === "x: no such filter";
  await assert.rejects(requestJson(`${home}/refused`), matches);
});
