import assert from "node:assert/strict";
import { test } from "node:test";
import { Page, stand } from "./page.js";

stand();
const { pageOf } = await import("../../static_js/src/views.js");

test("a fragment makes a page of its own when it holds parameters", async (t) => {
  const cases = {
    "https://e.test/a?x=1": "https://e.test/a?x=1",
    "https://e.test/a?x=1#top": "https://e.test/a?x=1",
    "https://e.test/a#": "https://e.test/a",
    "https://e.test/#/route": "https://e.test/",
    "https://e.test/#/route?gclid=1": "https://e.test/#/route?gclid=1",
    "https://e.test/#utm_source=x": "https://e.test/#utm_source=x",
    "https://e.test/#a&gclid=1": "https://e.test/#a&gclid=1",
  };
  for (const [url, page] of Object.entries(cases)) await t.test(url, () => assert.equal(pageOf(url), page));
});

const seen = async (page) => {
  await page.quiet();
  return page.views.map(({ url, referrer }) => [url, referrer].map((u) => u.replace("https://www.example.com", "")));
};

test("a single-page navigation is a view whose referrer is the previous URL", async () => {
  const page = new Page({ url: "https://www.example.com/?gclid=1", referrer: "https://www.google.com/" });
  page.navigate("/two");
  page.navigate("/two?x=1");
  page.window.history.replaceState({}, "", "/three");
  assert.deepEqual(await seen(page), [
    ["/?gclid=1", "https://www.google.com/"],
    ["/two", "/?gclid=1"],
    ["/two?x=1", "/two"],
    ["/three", "/two?x=1"],
  ]);
});

test("a navigation that does not change the page is no view", async () => {
  const page = new Page();
  for (const to of ["/", "/#top", "/#/route", "/"]) page.navigate(to);
  page.fire("pageshow", { persisted: false });
  assert.equal((await seen(page)).length, 1);
});

test("back and hash navigations are views", async () => {
  const page = new Page();
  page.window.location = new URL("https://www.example.com/old");
  page.fire("popstate");
  page.window.location = new URL("https://www.example.com/old#a=1");
  page.fire("hashchange");
  assert.deepEqual((await seen(page)).map(([url]) => url), ["/", "/old", "/old#a=1"]);
});

test("a page that comes back from the cache is sent again as it was", async () => {
  const page = new Page({ url: "https://www.example.com/a", referrer: "https://www.google.com/" });
  await page.quiet();
  page.fire("pageshow", { persisted: true });
  assert.deepEqual(await seen(page), Array(2).fill(["/a", "https://www.google.com/"]));
});

test("pushState keeps its arguments, its order and its errors", async () => {
  const calls = [];
  const pushState = (...args) => {
    calls.push(args);
    if (args[2] === "https://other.test/") throw new Error("SecurityError");
  };
  const page = new Page({ window: { history: { pushState, replaceState() {} } } });
  page.window.history.pushState({ a: 1 }, "t", "/x");
  assert.throws(() => page.window.history.pushState(null, "", "https://other.test/"), /SecurityError/);
  assert.deepEqual(calls, [[{ a: 1 }, "t", "/x"], [null, "", "https://other.test/"]]);
});
