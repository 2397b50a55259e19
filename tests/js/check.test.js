import assert from "node:assert/strict";
import { test } from "node:test";
import { Page, stand } from "./page.js";

const { tab } = stand();
const { currentCheck, takeCheck } = await import("../../static_js/src/check.js");

test("the code leaves an address, and nothing else in it changes", async (t) => {
  const cases = {
    "https://e.test/?_check=C.o-d_e": "https://e.test/",
    "https://e.test/?_check=C.o-d_e&gclid=a+b%2F": "https://e.test/?gclid=a+b%2F",
    "https://e.test/?gclid=%e4&_check=C.o-d_e": "https://e.test/?gclid=%e4",
    "https://e.test/?a=1&_check=C.o-d_e&b=2#c": "https://e.test/?a=1&b=2#c",
    "https://e.test/?_check=C.o-d_e#c": "https://e.test/#c",
    "https://e.test/#/r?_check=C.o-d_e&a=1": "https://e.test/#/r?a=1",
  };
  for (const [url, without] of Object.entries(cases))
    await t.test(url, () => {
      tab.items = {};
      assert.equal(takeCheck(url), without);
      assert.equal(currentCheck(), "C.o-d_e");
    });
});

test("an address without a code is left alone", () => {
  tab.items = {};
  for (const url of ["https://e.test/?my_check=1&&x=?", "https://e.test/_check=1"]) assert.equal(takeCheck(url), url);
  assert.deepEqual(tab.items, {});
});

test("the code stays in the tab for 30 minutes", async () => {
  const page = new Page({ url: "https://www.example.com/?_check=CODE&a=1" });
  page.navigate("/two");
  page.now += 30 * 60_000 - 1;
  page.navigate("/three");
  await page.quiet();
  page.now += 1;
  page.navigate("/four");
  await page.quiet();
  assert.deepEqual(page.views.map(({ check }) => check), ["CODE", "CODE", "CODE", undefined]);
  assert.ok(!JSON.stringify(page.views.map(({ url, referrer }) => [url, referrer])).includes("CODE"));
});

test("the code of the previous page does not go along in its address", async () => {
  const page = new Page({ referrer: "https://www.example.com/?_check=CODE&a=1" });
  await page.quiet();
  assert.equal(page.views[0].referrer, "https://www.example.com/?a=1");
});
