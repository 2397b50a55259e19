import assert from "node:assert/strict";
import { test } from "node:test";
import { stand } from "./page.js";

stand();
const { isFramed } = await import("../../static_js/src/frame.js");

const OUT_OF_REACH = { get location() { throw new Error("SecurityError"); } };

test("a page is framed when a page of another site is above it", async (t) => {
  const cases = {
    "top page": [{ location: { href: "https://www.example.com/" } }, [], false],
    "frame on the same origin": [{ location: { href: "https://www.example.com/x" } }, ["https://www.example.com"], false],
    "frame below the parent domain": [OUT_OF_REACH, ["https://example.com"], false],
    "frame below its www": [OUT_OF_REACH, ["https://www.example.com"], false],
    "frame of another site": [OUT_OF_REACH, ["https://portal.test"], true],
    "another site above our own": [OUT_OF_REACH, ["https://www.example.com", "https://portal.test"], true],
    "another site between": [OUT_OF_REACH, ["https://portal.test", "https://www.example.com"], true],
    "an opaque origin": [OUT_OF_REACH, ["null"], true],
    "a browser without the list": [OUT_OF_REACH, undefined, true],
  };
  for (const [name, [top, ancestorOrigins, framed]] of Object.entries(cases))
    await t.test(name, () => {
      Object.assign(globalThis, { top, location: { hostname: "book.example.com", ancestorOrigins } });
      assert.equal(isFramed(), framed);
    });
});
