import assert from "node:assert/strict";
import { test } from "node:test";
import { stand } from "./page.js";

const page = stand();
const { openOutbox } = await import("../../static_js/src/extras/outbox.js");

const COPY = { to: "https://www.example.com/_lc/f/1", body: "mail=ann%40e.test" };
const down = () => Promise.reject(new TypeError("Failed to fetch"));
const status = (code) => () => ({ status: code, json: { error: "x" } });

/** Runs one copy through replies; answers what was sent and what was kept for the next page meanwhile. */
const run = async (replies, mayKeep = true) => {
  const kept = [];
  const waits = [];
  const { setTimeout } = globalThis;
  page.requests.length = 0;
  page.reply = () => {
    kept.push(page.tab.items._lc_f);
    return replies.shift()();
  };
  globalThis.setTimeout = (task, wait) => {
    waits.push(wait);
    queueMicrotask(task);
  };
  openOutbox(() => mayKeep).send(COPY);
  await page.quiet();
  globalThis.setTimeout = setTimeout;
  return { sent: page.requests.length, kept, waits, left: page.tab.items };
};

test("a copy stays in the tab until the collector has it", async () => {
  const { sent, kept, left } = await run([status(200)]);
  assert.deepEqual([sent, kept, left], [1, [JSON.stringify([COPY])], {}]);
  const { url, body, options } = page.requests[0];
  assert.deepEqual([url, body.toString(), options.keepalive], [COPY.to, COPY.body, true]);
});

test("without consent nothing is kept", async () => {
  const { kept, left } = await run([down, status(200)], false);
  assert.deepEqual([kept, left], [[undefined, undefined], {}]);
});

test("what was not taken is sent again, later and later", async () => {
  const { sent, waits, left } = await run([down, status(503), status(429), status(507), status(200)]);
  assert.deepEqual([sent, waits, left], [5, [1000, 2000, 4000, 8000], {}]);
});

test("what the collector refuses is not sent again", async () => {
  const { sent, left } = await run([status(422)]);
  assert.deepEqual([sent, left], [1, {}]);
});

test("the next page sends what was left, once", async () => {
  page.tab.items._lc_f = JSON.stringify([COPY, { ...COPY, body: "mail=bob%40e.test" }]);
  page.requests.length = 0;
  page.reply = status(200);
  const outbox = openOutbox(() => true);
  outbox.resume();
  openOutbox(() => true).resume();
  await page.quiet();
  assert.deepEqual(page.requests.map(({ body }) => body.get("mail")), ["ann@e.test", "bob@e.test"]);
  assert.deepEqual(page.tab.items, {});
});
