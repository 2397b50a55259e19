import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER, BASE, FakeForm, Page } from "./page.js";

const REFUSED = { json: { ignored: "consent" } };
const GPC = { globalPrivacyControl: true };

/** A reply that is held back until the test lets it go. */
const held = () => {
  let release;
  const reply = new Promise((resolve) => (release = resolve));
  return [() => reply, release];
};

test("a landing is reported in the wire format of POST /t", async () => {
  const page = new Page({
    url: "https://www.example.com/?gclid=Cj0+a%2Fb",
    referrer: "https://www.google.com/",
    cookie: "_ga=GA1.1.12.34; _fbp=fb.1.2.3; session=secret",
  });
  await page.quiet();
  const [{ url, body, options }] = page.requests;
  assert.equal(url, `${BASE}t`);
  assert.deepEqual(body, {
    source_id: "capture-1",
    url: "https://www.example.com/?gclid=Cj0+a%2Fb",
    referrer: "https://www.google.com/",
    cookies: { _ga: "GA1.1.12.34", _fbp: "fb.1.2.3" },
    consent: { state: "unknown", by: "none" },
    age_s: 0,
    framed: false,
  });
  assert.deepEqual(options, {
    method: "POST",
    credentials: "include",
    keepalive: true,
  });
});

test("a body that is too large to outlive the page goes without keepalive", async () => {
  const page = new Page({ url: `https://www.example.com/?a=${"x".repeat(20_000)}` });
  await page.quiet();
  assert.equal(page.requests[0].options.keepalive, false);
});

test("when a landing is sent, by mode and signal", async (t) => {
  const cases = [
    ["auto before load", { options: {}, loaded: false }, []],
    ["auto after load", { options: {} }, ["unknown:none"]],
    ["auto with GPC", { options: {}, window: { navigator: GPC } }, ["denied:gpc"]],
    ["required", { options: { consent: "required" } }, []],
    ["a mode that does not exist", { options: { consent: "yes" } }, []],
    ["none before load", { options: { consent: "none" }, loaded: false }, ["granted:none"]],
    ["none with GPC", { options: { consent: "none" }, window: { navigator: GPC } }, ["granted:none"]],
  ];
  for (const [name, given, sent] of cases)
    await t.test(name, async () => {
      const page = new Page(given);
      await page.quiet();
      assert.deepEqual(page.views.map(({ consent: { state, by } }) => `${state}:${by}`), sent);
    });
});

test("auto acts at load, once", async () => {
  const page = new Page({ loaded: false });
  page.arrive();
  await page.quiet();
  assert.equal(page.views.length, 1);
  page.tick();
  await page.quiet();
  assert.equal(page.views.length, 1);
});

test("a decision before load is not undone by it", async () => {
  const page = new Page({ loaded: false, reply: () => REFUSED });
  page.collector.consent("denied");
  await page.quiet();
  page.arrive();
  await page.quiet();
  assert.deepEqual(page.views.map(({ consent }) => consent), [{ state: "denied", by: "api" }]);
});

test("consent that comes later sends every view of the page, the landing first", async () => {
  const page = new Page({ url: "https://www.example.com/?gclid=1", options: { consent: "required" } });
  page.now += 65_900;
  page.navigate("/two");
  await page.quiet();
  assert.deepEqual([page.requests, page.tab.items, page.kept.items], [[], {}, {}]);
  page.collector.consent("granted");
  await page.quiet();
  assert.deepEqual(
    page.views.map(({ url, age_s, consent }) => [new URL(url).search, age_s, consent.state, consent.by]),
    [["?gclid=1", 65.9, "granted", "api"], ["", 0, "granted", "api"]],
  );
});

test("an age is at most 1,800 seconds", async () => {
  const page = new Page({ options: { consent: "required" } });
  page.now += 7_200_000;
  page.collector.consent("granted");
  await page.quiet();
  assert.equal(page.views[0].age_s, 1800);
});

test("an age tells views apart that came within one second, and a clock that is set back makes none negative", async () => {
  for (const moved of [300, -300]) {
    const page = new Page({ options: { consent: "required" } });
    page.now += moved;
    page.collector.consent("granted");
    await page.quiet();
    assert.equal(page.views[0].age_s, 0.3);
  }
});

test("a refusal is reported once, says nothing of the page, and clears the storage", async () => {
  const page = new Page({
    url: "https://www.example.com/secret?gclid=1",
    referrer: "https://www.google.com/",
    cookie: "_ga=GA1.1.12.34",
    window: { navigator: GPC },
    kept: { _lc: "old" },
    tab: { _lc_t: "[]", _lc_f: "[]" },
    reply: () => REFUSED,
  });
  page.navigate("/two");
  await page.quiet();
  page.fire("pagehide");
  assert.deepEqual(page.views, [
    {
      source_id: "capture-1",
      url: "https://www.example.com",
      cookies: {},
      consent: { state: "denied", by: "gpc" },
      age_s: 0,
      framed: false,
    },
  ]);
  assert.deepEqual([page.kept.items, page.tab.items], [{}, {}]);
});

test("an explicit grant beats GPC, in the same page view", async () => {
  const page = new Page({ url: "https://www.example.com/?gclid=1", window: { navigator: GPC } });
  await page.quiet();
  page.collector.consent("granted");
  await page.quiet();
  assert.deepEqual(page.views.map(({ url, consent }) => [url, consent.state]), [
    ["https://www.example.com", "denied"],
    ["https://www.example.com/?gclid=1", "granted"],
  ]);
});

test("withdrawal during a request follows it, and its answer is not kept", async () => {
  const [first, release] = held();
  const replies = [first, () => REFUSED];
  const page = new Page({ reply: () => replies.shift()() });
  await page.quiet();
  page.collector.consent("denied");
  await page.quiet();
  assert.equal(page.views.length, 1);
  release({ json: { ...ANSWER, keep: true } });
  await page.quiet();
  assert.deepEqual(page.views.map(({ consent }) => consent.state), ["unknown", "denied"]);
  assert.deepEqual([page.kept.items, page.collector.get()], [{}, undefined]);
});

test("one request at a time, each with the token of the last answer", async () => {
  const [first, release] = held();
  const replies = [first];
  const page = new Page({ reply: () => replies.shift()?.() ?? {} });
  page.navigate("/two");
  page.navigate("/three");
  await page.quiet();
  assert.equal(page.requests.length, 1);
  release({});
  await page.quiet();
  assert.deepEqual(page.views.map(({ token }) => token), [undefined, "signed", "signed"]);
});

test("what becomes of a view that was not answered well", async (t) => {
  const cases = [
    ["collector down", () => Promise.reject(new TypeError("Failed to fetch")), true],
    ["server error", () => ({ status: 503, json: { error: "busy" } }), true],
    ["refused", () => ({ status: 403, json: { error: "not an own domain", code: "origin" } }), false],
    ["nonsense", () => ({ json: null }), false],
  ];
  for (const [name, reply, again] of cases)
    await t.test(`${name}: ${again ? "sent again with the next view" : "dropped"}`, async () => {
      const replies = [reply];
      const page = new Page({ reply: () => replies.shift()?.() ?? {} });
      await page.quiet();
      assert.equal(page.errors.length, 1);
      page.navigate("/two");
      await page.quiet();
      const sent = page.views.map(({ url }) => new URL(url).pathname);
      assert.deepEqual(sent, again ? ["/", "/", "/two"] : ["/", "/two"]);
    });
});

test("a view that was left before its answer is sent by the next page", async () => {
  const first = new Page({ url: "https://www.example.com/?gclid=1", reply: held()[0] });
  await first.quiet();
  first.fire("pagehide");
  const next = new Page({ url: "https://www.example.com/two", tab: first.tab.items, load: false });
  next.now += 4_000;
  next.runTag(`${BASE}t.js`);
  await next.quiet();
  assert.deepEqual(next.views.map(({ url, age_s }) => [url, age_s]), [
    ["https://www.example.com/two", 0],
    ["https://www.example.com/?gclid=1", 4],
  ]);
  next.fire("pagehide");
  assert.deepEqual(next.tab.items, {});
});

test("a view that waits for consent is not stored", () => {
  for (const given of [{ options: { consent: "required" } }, { loaded: false }]) {
    const page = new Page(given);
    page.fire("pagehide");
    assert.deepEqual(page.tab.items, {});
  }
});

test("of many waiting views the landing and the last ones stay", async () => {
  const page = new Page({ options: { consent: "required" } });
  for (let n = 1; n <= 20; n++) page.navigate(`/${n}`);
  page.collector.consent("granted");
  await page.quiet();
  const paths = page.views.map(({ url }) => new URL(url).pathname);
  assert.deepEqual(paths, ["/", ...Array.from({ length: 8 }, (_, n) => `/${n + 13}`)]);
});

test("where the file with the rest is under way, a view says the check code of a person who tests", async () => {
  const page = new Page({ tab: { _lc_c: "CODE" }, window: { dataLayer: [["config"]] }, start: () => {} });
  page.collector.consent("granted");
  await page.quiet();
  assert.deepEqual(page.views.map(({ check }) => check), ["CODE"]);
});

test("what an earlier page left is left again where the collector is still down", async () => {
  const left = [{ url: "https://www.example.com/?gclid=1", at: 0 }];
  const page = new Page({ tab: { _lc_t: JSON.stringify(left) }, reply: () => ({ status: 503, json: {} }) });
  await page.quiet();
  page.fire("pagehide");
  const urls = JSON.parse(page.tab.items._lc_t).map(({ url }) => url);
  assert.deepEqual(urls, ["https://www.example.com/?gclid=1", "https://www.example.com/"]);
});

test("what an earlier page left and a form finds while a view is under way is sent after it, once", async () => {
  const [first, release] = held();
  const replies = [first];
  const left = [{ url: "https://www.example.com/?gclid=1", at: 0 }];
  const page = new Page({ tab: { _lc_t: JSON.stringify(left) }, reply: () => replies.shift()?.() ?? {} });
  await page.quiet();
  page.submit(new FakeForm({ action: `${BASE}f/capture-1` }));
  release({});
  await page.quiet();
  assert.deepEqual(page.views.map(({ url }) => new URL(url).search), ["", "?gclid=1"]);
});
