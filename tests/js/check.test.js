import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, Page, stand } from "./page.js";

const lent = stand();
const { splitCheck, takeCheck } = await import("../../static_js/src/extras/check.js");

test("the code leaves an address, and nothing else in it changes", async (t) => {
  const cases = {
    "https://e.test/?_check=C.o-d_e": "https://e.test/",
    "https://e.test/?_check=C.o-d_e&gclid=a+b%2F": "https://e.test/?gclid=a+b%2F",
    "https://e.test/?gclid=%e4&_check=C.o-d_e": "https://e.test/?gclid=%e4",
    "https://e.test/?a=1&_check=C.o-d_e&b=2#c": "https://e.test/?a=1&b=2#c",
    "https://e.test/?_check=C.o-d_e#c": "https://e.test/#c",
    "https://e.test/#/r?_check=C.o-d_e&a=1": "https://e.test/#/r?a=1",
  };
  for (const [url, rest] of Object.entries(cases))
    await t.test(url, () => assert.deepEqual(splitCheck(url), { code: "C.o-d_e", rest }));
});

test("an address without a code is left alone", () => {
  for (const url of ["https://e.test/?my_check=1&&x=?", "https://e.test/_check=1"])
    assert.deepEqual(splitCheck(url), { code: undefined, rest: url });
});

test("the code goes from the address into the tab, for its 30 minutes", (t) => {
  let address;
  const { mock } = t.mock.method(globalThis, "setTimeout", () => {});
  globalThis.location = new URL("https://www.example.com/?_check=CODE&a=1");
  globalThis.history = { state: { a: 1 }, replaceState: (...to) => (address = to) };
  takeCheck();
  assert.deepEqual(address, [{ a: 1 }, "", "https://www.example.com/?a=1"]);
  assert.deepEqual(lent.tab.items, { _lc_c: "CODE" });
  const [forget, delay] = mock.calls[0].arguments;
  assert.equal(delay, 30 * 60_000);
  forget();
  assert.deepEqual(lent.tab.items, {});
});

test("a page that is tested begins when the code is out of its address", async () => {
  let take;
  const taken = new Promise((resolve) => (take = resolve));
  const page = new Page({ url: "https://www.example.com/?_check=CODE&a=1", start: () => taken });
  await page.quiet();
  assert.deepEqual([page.requests, page.parts.length], [[], 1]);
  assert.match(page.parts[0], new RegExp(`^${BASE}t-[0-9a-f]{6}\\.js$`));
  page.window.location = new URL("https://www.example.com/?a=1");
  page.tab.items._lc_c = "CODE";
  take();
  await page.quiet();
  assert.deepEqual(page.views.map(({ url, check }) => [url, check]), [["https://www.example.com/?a=1", "CODE"]]);
});

test("where the code cannot be taken the page begins all the same", async () => {
  const start = () => Promise.reject(new Error("blocked"));
  const page = new Page({ url: "https://www.example.com/?_check=CODE&a=1", start });
  await page.quiet();
  assert.equal(page.views.length, 1);
});
