import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeForm, Page, stand } from "./page.js";

stand();
const { decide, isDenied, mayKeep } = await import("../../static_js/src/consent.js");

test("the consent that holds until somebody decides", async (t) => {
  const cases = [
    ["auto", undefined, "unknown:none"],
    ["auto", true, "denied:gpc"],
    ["required", undefined, "unknown:api"],
    ["required", true, "unknown:api"],
    ["none", undefined, "granted:none"],
    ["none", true, "granted:none"],
    ["requird", undefined, "unknown:api"],
  ];
  for (const [consent, globalPrivacyControl, expected] of cases)
    await t.test(`${consent}, GPC ${globalPrivacyControl}`, () => {
      const page = new Page({ options: { consent }, loaded: false, window: { navigator: { globalPrivacyControl } } });
      assert.equal(page.submit(new FakeForm({ action: "/_lc/f/x" }))._consent, expected);
    });
});

test("what a consent allows", async (t) => {
  const cases = {
    "granted:api": [true, false],
    "granted:none": [true, false],
    "granted:tcf": [true, false],
    "unknown:none": [true, false],
    "unknown:api": [false, false],
    "unknown:gcm": [false, false],
    "unknown:banner": [false, false],
    "denied:gpc": [false, true],
    "denied:gcm": [false, true],
  };
  for (const [consent, [keep, denied]] of Object.entries(cases))
    await t.test(consent, () => {
      decide(consent);
      assert.deepEqual([mayKeep(), isDenied()], [keep, denied]);
    });
});

test("a decision that is repeated is reported once", async () => {
  const page = new Page({ options: { consent: "required" } });
  for (const state of ["denied", "denied"]) page.collector.consent(state);
  await page.quiet();
  assert.equal(page.views.length, 1);
});
