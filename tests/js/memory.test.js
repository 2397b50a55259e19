import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER, FAR, Page } from "./page.js";

test("where a token is kept is the collector's decision", async (t) => {
  const cases = [
    ["page memory alone", {}, { keep: false }, {}],
    ["first-party storage", {}, { keep: true }, { _lc: "signed" }],
    ["no longer in storage", { _lc: "old" }, { keep: false }, {}],
    ["ignored, as of a bot", { _lc: "old" }, { token: undefined, ignored: "bot" }, { _lc: "old" }],
  ];
  for (const [name, kept, answer, expected] of cases)
    await t.test(name, async () => {
      const page = new Page({ base: FAR, kept, reply: () => ({ json: { ...ANSWER, ...answer } }) });
      await page.quiet();
      assert.deepEqual(page.kept.items, expected);
      assert.equal(page.views[0].token, kept._lc);
    });
});

test("a newer token of another tab goes before the page's own", async () => {
  const page = new Page({ base: FAR, reply: () => ({ json: { ...ANSWER, keep: true } }) });
  await page.quiet();
  page.kept.items._lc = "newer";
  page.navigate("/two");
  await page.quiet();
  assert.equal(page.views[1].token, "newer");
});

test("storage is not read before consent", async () => {
  const page = new Page({ options: { consent: "required" }, window: { localStorage: undefined } });
  await page.quiet();
  assert.deepEqual(page.errors, []);
});

test("get and ready give the collector's answer", async () => {
  const page = new Page({ options: { consent: "required" } });
  const heard = [];
  page.collector.ready((answer) => heard.push(answer.reason));
  await page.quiet();
  assert.deepEqual([page.collector.get(), heard], [undefined, []]);
  page.collector.consent("granted");
  await page.quiet();
  page.collector.ready((answer) => heard.push(answer.reason));
  await page.quiet();
  assert.deepEqual([page.collector.get(), heard], [ANSWER, ["new touch", "new touch"]]);
});

test("what costs most is not touched while a page loads whose collector is near", async () => {
  const untouchable = new Proxy({}, { get: () => assert.fail("touched") });
  const page = new Page({
    options: { consent: "none" },
    window: { localStorage: untouchable, sessionStorage: untouchable },
    reply: () => new Promise(() => {}),
  });
  await page.quiet();
  assert.deepEqual([page.requests.length, page.errors], [1, []]);
});
