import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, Page } from "./page.js";

test("a prerendered page begins when it is shown", async () => {
  const page = new Page({ document: { prerendering: true }, url: "https://www.example.com/?_check=CODE" });
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

test("a broken browser costs the page nothing and the visitor little", async (t) => {
  const broken = () => {
    throw new Error("SecurityError");
  };
  const forbidden = (name) => Object.defineProperty({}, name, { get: broken, enumerable: false });
  const cases = {
    "no storage": { window: { localStorage: null, sessionStorage: null } },
    "no cookies": { document: Object.defineProperty({}, "cookie", { get: broken }) },
    "a history that cannot be watched": { window: { history: Object.freeze({ pushState() {}, replaceState() {} }) } },
    "rubbish left by the last page": { tab: { _lc: "{" } },
    "no Global Privacy Control": { window: { navigator: forbidden("x") } },
  };
  for (const [name, given] of Object.entries(cases))
    await t.test(name, async () => {
      const page = new Page(given);
      await page.quiet();
      page.navigate("/two");
      page.fire("pagehide");
      await page.quiet();
      assert.ok(page.collector.get);
      if (name !== "rubbish left by the last page") assert.ok(page.views.length >= 1);
    });
});

test("errors are told to the console where the tag asks for it", async () => {
  const reply = () => ({ status: 403, json: { error: "not an own domain" } });
  const quiet = new Page({ reply });
  const debug = new Page({ reply, options: { debug: "" } });
  await Promise.all([quiet.quiet(), debug.quiet()]);
  assert.deepEqual([quiet.said, debug.said], [[], [{ error: "not an own domain" }]]);
  assert.equal(debug.collector.errors.length, 1);
});

test("errors of a second tag are found where the first one's are", async () => {
  const page = new Page();
  page.reply = () => ({ status: 404, json: { error: "unknown source" } });
  page.runTag(`${BASE}t.js`, { source: "capture-2" });
  await page.quiet();
  assert.equal(page.collector.errors.length >= 1, true);
});
