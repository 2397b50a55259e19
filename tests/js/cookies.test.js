import assert from "node:assert/strict";
import { test } from "node:test";
import { stand } from "./page.js";

stand();
const { adCookies } = await import("../../static_js/src/cookies.js");

test("only the cookies of Google Analytics and Meta are read, as they are written", async (t) => {
  const cases = {
    "": {},
    "a=1; session=secret": {},
    "_ga=GA1.1.12.34": { _ga: "GA1.1.12.34" },
    "x=1; _ga=GA1.2-2.12.34; y=2": { _ga: "GA1.2-2.12.34" },
    "_ga_ABC123=GS2.1.s17$o1$g0; _fbp=fb.1.2.3; _fbc=fb.1.2.Iw=%20": {
      _ga_ABC123: "GS2.1.s17$o1$g0",
      _fbp: "fb.1.2.3",
      _fbc: "fb.1.2.Iw=%20",
    },
    "_gat=1; _gac_UA=1.2.3; _gali=x; my_ga=1; _fb=1": {},
  };
  for (const [cookie, expected] of Object.entries(cases))
    await t.test(cookie || "none", () => {
      document.cookie = cookie;
      assert.deepEqual(adCookies(), expected);
    });
});
