import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, FAR, FakeForm, Page } from "./page.js";

const ACTION = { action: `${BASE}f/capture-1` };
const MAIL = { mail: { type: "email", value: "ann@e.test" } };
const form = (attributes = ACTION, controls = MAIL) => new FakeForm(attributes, controls);
const LANDING = { url: "https://www.example.com/?gclid=1", referrer: "https://www.google.com/", tab: { _lc_c: "CODE" } };

const added = (data) => {
  const { mail, _event_id, ...rest } = data;
  assert.ok(_event_id);
  return rest;
};

test("what a form to the collector is given", async (t) => {
  const page = { _page: "https://www.example.com/?gclid=1", _referrer: "https://www.google.com/", _check: "CODE" };
  const cookies = { _ga: "GA1.1.12.34", _ga_X: "GS2.1.s1", _fbp: "fb.1.2.3", _fbc: "fb.1.2.Iw" };
  const cases = [
    ["answered", {}, { _consent: "unknown:none", ...page, _token: "signed", ...cookies }],
    ["not answered yet", { reply: () => new Promise(() => {}) }, { _consent: "unknown:none", ...page, ...cookies }],
    [
      "not answered yet, with a stored token",
      { base: FAR, reply: () => new Promise(() => {}), kept: { _lc: "stored" } },
      { _consent: "unknown:none", ...page, _token: "stored", ...cookies },
    ],
    ["before load", { loaded: false }, { _consent: "unknown:none", ...page, ...cookies }],
    ["none needed", { options: { consent: "none" } }, { _consent: "granted:none", ...page, _token: "signed", ...cookies }],
    ["before consent", { options: { consent: "required" }, kept: { _lc: "stored" } }, { _consent: "unknown:api", ...page }],
    ["refused", { window: { navigator: { globalPrivacyControl: true } } }, { _consent: "denied:gpc" }],
  ];
  for (const [name, given, expected] of cases)
    await t.test(name, async () => {
      const cookie = "_ga=GA1.1.12.34; _ga_X=GS2.1.s1; _fbp=fb.1.2.3; _fbc=fb.1.2.Iw; session=secret";
      const visit = new Page({ ...LANDING, cookie, ...given });
      await visit.quiet();
      const to = { action: `${given.base ?? BASE}f/capture-1` };
      assert.deepEqual(added(visit.submit(form(to))), expected);
    });
});

test("_ga is read when the form is submitted", async () => {
  const page = new Page();
  await page.quiet();
  page.window.document.cookie = "_ga=GA1.1.56.78";
  assert.equal(page.submit(form())._ga, "GA1.1.56.78");
});

test("which forms are the collector's", async (t) => {
  const button = (formaction) => new FakeForm({ formaction });
  const cases = [
    ["absolute", ACTION, null, true],
    ["relative", { action: "/_lc/f/capture-2" }, null, true],
    ["elsewhere", { action: "https://crm.test/f/capture-1" }, null, false],
    ["another path", { action: "/_lc/t" }, null, false],
    ["none", {}, null, false],
    ["a button to the collector", { action: "/crm" }, button("/_lc/f/capture-1"), true],
    ["a button elsewhere", ACTION, button("/crm"), false],
    ["a button without an address", ACTION, new FakeForm(), true],
  ];
  for (const [name, attributes, submitter, ours] of cases)
    await t.test(name, async () => {
      const page = new Page();
      assert.equal("_event_id" in page.submit(form(attributes), submitter), ours);
    });
});

test("a button counts for its own submit only", async () => {
  const page = new Page();
  const crm = form({ action: "/crm" });
  page.submit(crm, new FakeForm({ formaction: "/_lc/f/capture-1" }));
  await new Promise((resolve) => setTimeout(resolve));
  assert.ok(!("_event_id" in Object.fromEntries(new page.window.FormData(crm))));
});

test("one id per form, page view and person", async () => {
  const page = new Page();
  const [one, two] = [form(), form()];
  const id = (of) => page.submit(of)._event_id;
  const first = id(one);
  assert.equal(id(one), first, "a double submit");
  assert.notEqual(id(two), first, "another form");
  one.elements = { mail: { type: "email", value: "bob@e.test" } };
  assert.notEqual(id(one), first, "another person");
  one.elements = MAIL;
  assert.equal(id(one), first, "the first person again");
  page.now += 1;
  page.navigate("/two");
  assert.notEqual(id(one), first, "another page view");
});

test("a page's own id stays, its stale token does not", async () => {
  const page = new Page();
  await page.quiet();
  const controls = { _event_id: { type: "hidden", value: "own" }, _token: { type: "hidden", value: "stale" } };
  const { _event_id, _token } = page.submit(form(ACTION, controls));
  assert.deepEqual([_event_id, _token], ["own", "signed"]);
});

test("before the landing is answered, a form's referrer is the landing", async (t) => {
  const pages = {
    "a page that cleaned its address before the script came": (given) =>
      new Page({ ...given, performance: "https://www.example.com/?gclid=1", url: "https://www.example.com/" }),
    "the third page of a single-page site": (given) => {
      const page = new Page({ ...given, url: "https://www.example.com/?gclid=1" });
      page.navigate("/two");
      page.navigate("/");
      return page;
    },
    "a later page of the tab": (given) => {
      const left = JSON.stringify([{ url: "https://www.example.com/?gclid=1", at: 0 }]);
      return new Page({ ...given, tab: { _lc_t: left }, url: "https://www.example.com/" });
    },
  };
  for (const [name, open] of Object.entries(pages))
    await t.test(name, async () => {
      const { _page, _referrer } = open({ reply: () => new Promise(() => {}) }).submit(form());
      assert.deepEqual([_page, _referrer], ["https://www.example.com/", "https://www.example.com/?gclid=1"]);
    });
});
