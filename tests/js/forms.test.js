import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, FakeForm, Page } from "./page.js";

const ACTION = { action: `${BASE}f/capture-1` };
const MAIL = { mail: { type: "email", value: "ann@e.test" } };
const form = (attributes = ACTION, controls = MAIL) => new FakeForm(attributes, controls);
const LANDING = { url: "https://www.example.com/?gclid=1&_check=CODE", referrer: "https://www.google.com/" };

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
      { reply: () => new Promise(() => {}), kept: { _lc: "stored" } },
      { _consent: "unknown:none", ...page, _token: "stored", ...cookies },
    ],
    ["before load", { readyState: "loading" }, { _consent: "unknown:none", ...page, ...cookies }],
    ["none needed", { options: { consent: "none" } }, { _consent: "granted:none", ...page, _token: "signed", ...cookies }],
    ["before consent", { options: { consent: "required" }, kept: { _lc: "stored" } }, { _consent: "unknown:api", ...page }],
    ["refused", { window: { navigator: { globalPrivacyControl: true } } }, { _consent: "denied:gpc" }],
  ];
  for (const [name, given, expected] of cases)
    await t.test(name, async () => {
      const cookie = "_ga=GA1.1.12.34; _ga_X=GS2.1.s1; _fbp=fb.1.2.3; _fbc=fb.1.2.Iw; session=secret";
      const visit = new Page({ ...LANDING, cookie, ...given });
      await visit.quiet();
      assert.deepEqual(added(visit.submit(form())), expected);
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
  const second = id(one);
  assert.notEqual(second, first, "another page view");
  page.fire("reset", { target: one });
  assert.notEqual(id(one), second, "after a reset");
});

test("a page's own id stays, its stale token does not", async () => {
  const page = new Page();
  await page.quiet();
  const controls = { _event_id: { type: "hidden", value: "own" }, _token: { type: "hidden", value: "stale" } };
  const { _event_id, _token } = page.submit(form(ACTION, controls));
  assert.deepEqual([_event_id, _token], ["own", "signed"]);
});

const STORED = { ok: true, id: "1", event_id: "2" };
const reply = ({ url }) => (url.endsWith("/t") ? {} : { json: STORED });

test("submit posts fields of an object, lists in order", async () => {
  const page = new Page({ reply });
  await page.quiet();
  const answer = await page.collector.submit({ mail: "ann@e.test", topics: ["a", "b"], note: null, size: 0 });
  const { url, body, options } = page.requests.at(-1);
  assert.deepEqual(answer, STORED);
  assert.equal(url, `${BASE}f/capture-1`);
  assert.deepEqual(options, {
    method: "POST", credentials: "include", keepalive: false, headers: { Accept: "application/json" },
  });
  assert.deepEqual([...body].slice(0, 5), [
    ["mail", "ann@e.test"], ["topics", "a"], ["topics", "b"], ["note", ""], ["size", "0"],
  ]);
  assert.equal(body.get("_token"), "signed");
  assert.ok(body.get("_event_id"));
});

test("submit posts a form to the capture that it names, else to the tag's", async (t) => {
  for (const [action, to] of [["/_lc/f/capture-2", "f/capture-2"], ["/crm", "f/capture-1"]])
    await t.test(action, async () => {
      const page = new Page({ reply });
      await page.collector.submit(form({ action }));
      const { url, body } = page.requests.find(({ url }) => url.includes("/f/"));
      assert.deepEqual([url, body.get("mail")], [BASE + to, "ann@e.test"]);
      assert.ok(body.get("_event_id"));
    });
});

test("submit rejects with the collector's answer when nothing was stored", async () => {
  const json = { error: "a field is wrong", code: "fields", errors: { mail: "not an address" } };
  const page = new Page({ reply: ({ url }) => (url.endsWith("/t") ? {} : { status: 422, json }) });
  await assert.rejects(page.collector.submit({ mail: "ann" }), json);
});
