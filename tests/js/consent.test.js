import assert from "node:assert/strict";
import { test } from "node:test";
import { stand } from "./page.js";

stand();
const { decide, firstConsent, isDenied, mayKeep, watchConsent } = await import("../../static_js/src/consent.js");

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
  for (const [mode, gpc, consent] of cases)
    await t.test(`${mode}, GPC ${gpc}`, () => assert.equal(firstConsent(mode, gpc), consent));
});

test("what a consent allows", async (t) => {
  watchConsent(() => {});
  const cases = {
    "granted:api": [true, false],
    "granted:none": [true, false],
    "granted:tcf": [true, false],
    "unknown:none": [true, false],
    "unknown:api": [false, false],
    "unknown:gcm": [false, false],
    "denied:gpc": [false, true],
    "denied:api": [false, true],
  };
  for (const [consent, [keep, denied]] of Object.entries(cases))
    await t.test(consent, () => {
      decide(consent);
      assert.deepEqual([mayKeep(), isDenied()], [keep, denied]);
    });
});

test("a decision that is repeated is told once", () => {
  let told = 0;
  watchConsent(() => told++);
  for (const consent of ["granted:x", "granted:x", "denied:x", "denied:x", "granted:x"]) decide(consent);
  assert.equal(told, 3);
});
