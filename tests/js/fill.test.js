import assert from "node:assert/strict";
import { test } from "node:test";
import { stand } from "./page.js";

stand();
globalThis.HTMLInputElement = class {};
const { valuesOf } = await import("../../static_js/src/extras/fill.js");

const touch = (parameters) => ({ parameters });
const PAID = touch({ utm_source: "google", gclid: "Cj0", gbraid: "0AA" });
const MAIL = touch({ utm_source: "newsletter", utm_medium: "email", mc_cid: "9" });

test("values that an input may ask for come from one touch", async (t) => {
  const cases = {
    "the last touch won": [
      { metadata: { utm_source: "google", gclid: "Cj0" }, attribution: { first: MAIL, last: PAID } },
      { utm_source: "google", gclid: "Cj0", gbraid: "0AA" },
    ],
    "the first touch won": [
      { metadata: { utm_source: "google", gclid: "Cj0" }, attribution: { first: PAID, last: MAIL } },
      { utm_source: "google", gclid: "Cj0", gbraid: "0AA" },
    ],
    "a touch between won": [
      { metadata: { fbclid: "Iw" }, attribution: { first: MAIL, last: PAID } },
      { fbclid: "Iw" },
    ],
    "ids of no touch": [
      { metadata: { ga_client_id: "1.2", gclid: "Cj0" }, attribution: { last: touch({ gclid: "Cj0" }), fbp: "fb.1.2.3" } },
      { ga_client_id: "1.2", gclid: "Cj0", fbp: "fb.1.2.3" },
    ],
    "nothing": [{}, {}],
  };
  for (const [name, [answer, expected]] of Object.entries(cases))
    await t.test(name, () => assert.deepEqual(valuesOf(answer), expected));
});
