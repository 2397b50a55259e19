import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, Page } from "./page.js";

test("a prerendered page begins when it is shown", async () => {
  const page = new Page({ document: { prerendering: true }, url: "https://www.example.com/?gclid=1" });
  await page.quiet();
  assert.deepEqual([page.requests, page.tab.items, page.collector], [[], {}, undefined]);
  page.window.document.prerendering = false;
  page.fire("prerenderingchange");
  await page.quiet();
  assert.equal(page.views.length, 1);
});

test("without a tag nothing begins", async () => {
  const page = new Page({ load: false });
  page.runTag("", {});
  await page.quiet();
  assert.deepEqual([page.requests, page.collector], [[], undefined]);
});

test("a browser that forbids something costs the page nothing and the visitor little", async (t) => {
  const broken = () => {
    throw new Error("SecurityError");
  };
  const cases = {
    "no storage": { window: { localStorage: null, sessionStorage: null } },
    "no cookies": { document: Object.defineProperty({}, "cookie", { get: broken }) },
    "a history that cannot be watched": { window: { history: Object.freeze({ pushState() {}, replaceState() {} }) } },
  };
  for (const [name, given] of Object.entries(cases))
    await t.test(name, async () => {
      const page = new Page(given);
      await page.quiet();
      page.navigate("/two");
      page.fire("pagehide");
      assert.equal(page.views[0].url, "https://www.example.com/");
    });
});

test("rubbish under the script's name in storage is cleared away and seen", async () => {
  const page = new Page({ tab: { _lc_t: "{" } });
  await page.quiet();
  assert.deepEqual([page.errors.length, page.tab.items], [1, {}]);
});

test("errors of a second tag are found where the first one's are", async () => {
  const page = new Page();
  await page.quiet();
  page.reply = () => ({ status: 404, json: { error: "unknown source" } });
  page.runTag(`${BASE}t.js`, { source: "capture-2" });
  await page.quiet();
  assert.equal(page.collector.errors[0].error, "unknown source");
});
