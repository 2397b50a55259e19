import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, FakeElement, FakeForm, Page } from "./page.js";

const PART = new RegExp(`^${BASE}t-[0-9a-f]{6}\\.js$`);
const MAIL = { mail: { type: "email", value: "ann@e.test" } };

test("what only some pages need is loaded once, by pages that need it", async (t) => {
  const cases = {
    "a plain page": [{}, () => {}, 0],
    "a form that is begun": [{}, (page) => page.fire("focusin", { target: new FakeElement({}, {}) }), 1],
    "a form in a component": [
      {},
      (page) => page.fire("focusin", { composedPath: () => [new FakeElement({}, {})] }),
      1,
    ],
    "a form that is sent": [{}, (page) => page.submit(new FakeForm({ action: "/crm" })), 1],
    "a focus outside of forms": [{}, (page) => page.fire("focusin"), 0],
    "something to fill or to copy": [{ document: { find: (selector) => selector.includes("utm_") } }, () => {}, 1],
    "something that comes late": [
      {},
      (page) => {
        page.window.document.find = () => ({});
        page.tick();
      },
      1,
    ],
    "a copy that was not sent": [{ tab: { _lc_f: "[]" } }, (page) => page.tick(), 1],
    "the same before consent": [
      { tab: { _lc_f: "[]" }, options: { consent: "required" } },
      (page) => page.tick(),
      0,
    ],
    "a person who tests": [{ tab: { _lc_c: "CODE" } }, (page) => page.tick(), 1],
    "a person who tests, before consent": [
      { tab: { _lc_c: "CODE" }, options: { consent: "required" } },
      (page) => page.tick(),
      1,
    ],
    "collector.submit": [{}, (page) => page.collector.submit({ mail: "ann@e.test" }), 1],
    "collector.fill": [{}, (page) => page.collector.fill(), 1],
    "a page in a frame": [{ window: { top: { location: { href: "https://www.example.com/" } } } }, () => {}, 1],
    "a banner": [{ window: { Cookiebot: {} } }, () => {}, 1],
    "a banner that comes late": [
      {},
      (page) => {
        page.window.UC_UI = {};
        page.tick();
        page.tick();
      },
      1,
    ],
  };
  for (const [name, [given, act, count]] of Object.entries(cases))
    await t.test(name, async () => {
      const page = new Page(given);
      await page.quiet();
      act(page);
      await page.quiet();
      assert.equal(page.parts.length, count);
      for (const part of page.parts) assert.match(part, PART);
    });
});

test("what banners leave on the window is recognised", async (t) => {
  const names = [
    "__tcfapi", "dataLayer", "OneTrust", "Cookiebot", "UC_UI", "getCkyConsent", "cmplz_has_consent", "Osano", "klaro",
    "wp_has_consent",
  ];
  for (const name of names)
    await t.test(name, async () => {
      const page = new Page({ window: { [name]: {} } });
      await page.quiet();
      assert.deepEqual([page.parts.length, page.requests.length], [1, 0]);
    });
});

test("nothing is sent until the banner has answered, then what the page has seen", async () => {
  let decide;
  const page = new Page({
    url: "https://www.example.com/?gclid=1",
    window: { Cookiebot: {} },
    start: (_options, given) => (decide = given),
  });
  await page.quiet();
  page.navigate("/two");
  await page.quiet();
  assert.deepEqual([page.requests, page.tab.items, page.kept.items], [[], {}, {}]);
  decide("granted:banner", /\b_fbp=[^;]*/g);
  page.window.document.cookie = "_ga=GA1.1.1.2; _fbp=fb.1.2.3";
  await page.quiet();
  assert.deepEqual(
    page.views.map(({ url, consent, cookies }) => [new URL(url).search, consent, Object.keys(cookies)]),
    [
      ["?gclid=1", { state: "granted", by: "banner" }, ["_fbp"]],
      ["", { state: "granted", by: "banner" }, ["_fbp"]],
    ],
  );
});

test("where the file does not come, a page that asks keeps silent, and says why", async () => {
  const page = new Page({ window: { Cookiebot: {} }, start: () => Promise.reject(new Error("blocked")) });
  await page.quiet();
  assert.deepEqual([page.requests, page.errors], [[], ["Error: blocked"]]);
});

test("a form is read at the moment of collector.submit", async () => {
  const sent = [];
  const page = new Page({ start: () => ({ submit: (from, data) => sent.push([from, Object.fromEntries(data)]) }) });
  const form = new FakeForm({ action: "/crm" }, MAIL);
  form.nodeType = 1;
  const sending = page.collector.submit(form);
  form.elements = {};
  await sending;
  assert.deepEqual(sent, [[form, { mail: "ann@e.test" }]]);
});

test("submits are kept for the file, with what stood in their forms", async () => {
  let come;
  const page = new Page({ start: (...given) => (come = given) });
  const form = new FakeForm({ action: "/crm" }, MAIL);
  page.submit(form);
  form.elements = {};
  await page.quiet();
  const [submits] = come.slice(-1);
  const [event, stood] = submits.splice(0);
  assert.deepEqual([event.target, Array.from(stood, ([, value]) => value)], [form, ["ann@e.test"]]);
});
