import assert from "node:assert/strict";
import { test } from "node:test";
import { stand } from "./page.js";

const page = stand();
globalThis.addEventListener = () => {};
globalThis.setInterval = () => {};
const set = (globals) => {
  for (const name of ["dataLayer", "google_tag_data", ...BANNERS.map(({ name }) => name)]) delete window[name];
  Object.assign(window, globals);
};

const { BANNERS } = await import("../../static_js/src/extras/banners.js");
const { analyticsRefused, readConsentMode } = await import("../../static_js/src/extras/consent_mode.js");
const { consentOf, strongest, watchSignals } = await import("../../static_js/src/extras/signals.js");
const { readTcf } = await import("../../static_js/src/extras/tcf.js");

test("what a signal makes of the consent that holds without one", async (t) => {
  const yes = { by: "tcf", granted: true, answered: true };
  const no = { by: "tcf", granted: false, answered: true };
  const preset = { by: "gcm", granted: true, answered: false };
  const open = { by: "gcm" };
  const cases = [
    ["unknown:none", [undefined, "unknown:none"], [yes, "granted:tcf"], [no, "denied:tcf"], [preset, "granted:gcm"], [open, "unknown:gcm"]],
    ["denied:gpc", [undefined, "denied:gpc"], [yes, "granted:tcf"], [no, "denied:tcf"], [preset, "denied:gpc"], [open, "denied:gpc"]],
    ["unknown:api", [undefined, "unknown:api"], [yes, "granted:tcf"], [no, "denied:tcf"], [preset, "unknown:api"], [open, "unknown:api"]],
  ];
  for (const [first, ...signals] of cases)
    for (const [signal, expected] of signals)
      await t.test(`${first}, ${JSON.stringify(signal)}`, () => assert.equal(consentOf(signal, first), expected));
});

test("an answer goes before an open question, and that before a default", () => {
  const [preset, open, yes, no] = [
    { by: "gcm", granted: true }, { by: "banner" }, { by: "tcf", granted: true, answered: true },
    { by: "banner", granted: false, answered: true },
  ];
  assert.equal(strongest([undefined, preset, open]), open);
  assert.equal(strongest([undefined, preset, no]), no);
  assert.equal(strongest([yes, preset, no]), yes);
  assert.equal(strongest([undefined, preset]), preset);
  assert.equal(strongest([undefined]), undefined);
});

const ics = (ad, analytics = {}) => ({
  google_tag_data: { ics: { entries: { ad_storage: ad, analytics_storage: analytics } } },
});
const command = (...call) => Object.assign({ length: call.length }, call);

test("Consent Mode is read from Google's own tags, else from the data layer", async (t) => {
  const answer = (granted) => ({ by: "gcm", granted, answered: true });
  const cases = {
    "nothing said": [{ dataLayer: [{ event: "gtm.js" }, null, "x"] }, undefined],
    "tags without consent": [{ google_tag_data: { ics: { entries: {} } } }, undefined],
    "denied by default": [ics({ default: false }), { by: "gcm" }],
    "granted by default": [ics({ default: true }), { by: "gcm", granted: true, answered: false }],
    "updated to granted": [ics({ default: false, update: true }), answer(true)],
    "updated to denied": [ics({ default: true, update: false }), answer(false)],
    "queued default": [{ dataLayer: [command("consent", "default", { ad_storage: "denied" })] }, { by: "gcm" }],
    "queued default, regions differ": [
      {
        dataLayer: [
          command("consent", "default", { ad_storage: "denied", region: ["DE"] }),
          command("consent", "default", { ad_storage: "granted" }),
        ],
      },
      { by: "gcm" },
    ],
    "queued update": [
      {
        dataLayer: [
          command("consent", "default", { ad_storage: "denied" }),
          command("consent", "update", { ad_storage: "granted" }),
        ],
      },
      answer(true),
    ],
  };
  for (const [name, [globals, expected]] of Object.entries(cases))
    await t.test(name, () => {
      set(globals);
      assert.deepEqual(readConsentMode(), expected);
    });
});

test("analytics may be refused alone", () => {
  set(ics({ update: true }, { update: false }));
  assert.equal(analyticsRefused(), true);
  set(ics({ update: true }, { update: true }));
  assert.equal(analyticsRefused(), false);
  set({});
  assert.equal(analyticsRefused(), false);
});

test("the framework answers by its events", async (t) => {
  let hear;
  window.__tcfapi = (command, version, listen) => {
    assert.deepEqual([command, version], ["addEventListener", 2]);
    hear = listen;
  };
  assert.deepEqual(readTcf(() => {}), { by: "tcf" });
  const data = (eventStatus, consented, gdprApplies = true) => ({
    eventStatus, gdprApplies, purpose: { consents: { 1: consented } },
  });
  const answer = (granted) => ({ by: "tcf", granted, answered: true });
  const steps = [
    ["the question is shown", [data("cmpuishown", false), true], { by: "tcf" }],
    ["a failure says nothing", [data("tcloaded", true), false], { by: "tcf" }],
    ["agreed", [data("useractioncomplete", true), true], answer(true)],
    ["the question is shown again", [data("cmpuishown", false), true], answer(true)],
    ["refused", [data("useractioncomplete", false), true], answer(false)],
    ["known from before", [data("tcloaded", true), true], answer(true)],
    ["no such law here", [data("tcloaded", false, false), true], undefined],
  ];
  for (const [name, said, expected] of steps)
    await t.test(name, () => {
      hear(...said);
      assert.deepEqual(readTcf(() => {}), expected);
    });
});

/** By banner: not answered yet, then what it shows of a visitor who allowed ads and not analytics. */
const SHOWN = {
  OneTrust: [
    { IsAlertBoxClosed: () => false },
    { IsAlertBoxClosed: () => true },
    { OnetrustActiveGroups: ",C0001,C0004," },
  ],
  Cookiebot: [{ hasResponse: false, consent: {} }, { hasResponse: true, consent: { marketing: true, statistics: false } }],
  UC_UI: [
    { isInitialized: () => false },
    {
      isInitialized: () => true,
      isConsentRequired: () => false,
      areAllConsentsAccepted: () => false,
      getServicesBaseInfo: () => [
        { categorySlug: "marketing", consent: { status: true } },
        { categorySlug: "functional", consent: { status: false } },
      ],
    },
  ],
  getCkyConsent: [
    () => ({ isUserActionCompleted: false, categories: { advertisement: true } }),
    () => ({ isUserActionCompleted: true, categories: { advertisement: true, analytics: false } }),
  ],
  cmplz_has_consent: [() => true, (category) => category == "marketing", { cookie: "cmplz_banner-status=dismissed" }],
  Osano: [
    { cm: { dialogOpen: true, getConsent: () => ({ MARKETING: "ACCEPT" }) } },
    { cm: { dialogOpen: false, getConsent: () => ({ MARKETING: "ACCEPT", ANALYTICS: "DENY" }) } },
  ],
  klaro: [
    { getManager: () => ({ confirmed: false }) },
    {
      getManager: () => ({
        confirmed: true,
        consents: { ads: true, matomo: false },
        config: { services: [{ name: "ads", purposes: ["marketing"] }, { name: "matomo", purposes: ["analytics"] }] },
      }),
    },
  ],
  wp_has_consent: [() => true, (category) => category == "marketing", { cookie: "a=b; wp_consent_marketing=allow" }],
};

test("each banner says nothing before the visitor has answered, and then what the answer was", async (t) => {
  assert.deepEqual(Object.keys(SHOWN), BANNERS.map(({ name }) => name));
  for (const { name, read } of BANNERS)
    await t.test(name, () => {
      const [open, answered, { cookie = "", ...globals } = {}] = SHOWN[name];
      set({});
      page.window.document.cookie = "";
      assert.equal(read(open), undefined);
      set(globals);
      page.window.document.cookie = cookie;
      assert.deepEqual(read(answered), { ads: true, analytics: false });
    });
});

test("a banner that throws is a question still open, and its error is told once", () => {
  const broken = () => {
    throw new Error("not ready");
  };
  set({ getCkyConsent: broken });
  delete window.__tcfapi;
  const [told, looks] = [[], []];
  globalThis.setInterval = (look) => looks.push(look);
  watchSignals("auto", (consent) => told.push(consent));
  looks[0]();
  assert.deepEqual(told, ["unknown:banner"]);
});

test("a visitor who refuses analytics alone has the collector told so, beside the cookies of Meta", () => {
  const found = (analytics, cookies) => {
    set(ics({ update: true }, { update: analytics }));
    let pairs;
    watchSignals("auto", (consent, pattern) => (pairs = [consent, cookies.match(pattern)]));
    return pairs;
  };
  const cookies = "_ga=GA1.1.12.34; _ga_X=GS1.1.17; _fbp=fb.1.2.3";
  assert.deepEqual(found(false, cookies), ["granted:gcm", ["_ga=-", "_fbp=fb.1.2.3"]]);
  assert.deepEqual(found(false, ""), ["granted:gcm", ["_ga=-"]]);
  assert.deepEqual(found(true, cookies), ["granted:gcm", cookies.split("; ")]);
});

test("what the page decides by itself is not overruled", () => {
  const [told, looks] = [[], []];
  globalThis.setInterval = (look) => looks.push(look);
  set({ Cookiebot: { hasResponse: true, consent: { marketing: false } } });
  window.collector = { given: "granted:api" };
  watchSignals("auto", (consent) => told.push(consent));
  assert.deepEqual(told, []);
  delete window.collector;
  looks[0]();
  assert.deepEqual(told, ["denied:banner"]);
});
