import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, stand } from "./page.js";

const STORED = { ok: true, id: "1", event_id: "2" };
const page = stand({ reply: () => ({ json: STORED }) });
const { submit } = await import("../../static_js/src/extras/submit.js");

const dress = (data) => data.set("_token", "signed");
const send = (from) => submit(from, new globalThis.FormData(), `${BASE}f/capture-1`, `${BASE}f/`, dress);

test("fields of an object are posted, lists in order", async () => {
  const answer = await send({ mail: "ann@e.test", topics: ["a", "b"], note: null, size: 0 });
  const { url, body, options } = page.requests.at(-1);
  assert.deepEqual(answer, STORED);
  assert.equal(url, `${BASE}f/capture-1`);
  assert.deepEqual(options, {
    method: "POST", credentials: "include", keepalive: false, headers: { Accept: "application/json" },
  });
  assert.deepEqual([...body], [
    ["mail", "ann@e.test"], ["topics", "a"], ["topics", "b"], ["note", ""], ["size", "0"], ["_token", "signed"],
  ]);
});

test("the promise is rejected with the collector's answer when nothing was stored", async () => {
  const json = { error: "a field is wrong", code: "fields", errors: { mail: "not an address" } };
  page.reply = () => ({ status: 422, json });
  await assert.rejects(send({ mail: "ann" }), json);
});
