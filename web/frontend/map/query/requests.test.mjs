import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { ask, askJson, Failed, onActivity } from "./requests.js";

/** Ends the answer whose head and beginning were sent. */
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
let underWay = 0;
onActivity((count) => {
  underWay = count;
});

before(async () => {
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  home = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

test("a question is under way until its answer is read, not until it begins", async () => {
  let asked;
  const response = await new Promise((begun) => {
    asked = ask(`${home}/slow`, {}, (response) => {
      begun(response);
      return response.json();
    });
  });
  await new Promise((later) => setTimeout(later, 20));
  assert.deepEqual([response.status, underWay], [200, 1]);
  end();
  assert.deepEqual(await asked, { features: [] });
  assert.equal(underWay, 0);
});

test("an answer that breaks off has failed", async () => {
  await assert.rejects(askJson(`${home}/broken`), (error) => error instanceof Failed && error.trouble === "failed");
  assert.equal(underWay, 0);
});

test("a question that was refused tells why", async () => {
  const told = (error) => error instanceof Failed && error.trouble === "refused" && error.detail === "x: no such filter";
  await assert.rejects(askJson(`${home}/refused`), told);
});
