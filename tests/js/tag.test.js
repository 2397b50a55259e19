import assert from "node:assert/strict";
import { test } from "node:test";
import { stand } from "./page.js";

const SRC = "https://www.example.com/_lc/t.js";

/** The module looks at the page once, so each case imports it anew. */
let copy = 0;
const read = (document) => {
  stand({ document });
  return import(`../../static_js/src/tag.js?${copy++}`);
};
const script = (src, dataset = {}) => {
  const { HTMLScriptElement } = globalThis;
  return new HTMLScriptElement(src, dataset);
};

test("options come from the tag, else from the query of its address", async (t) => {
  stand();
  const cases = {
    "attributes": [script(SRC, { source: "a", consent: "required" }), ["a", "required", undefined]],
    "a tag manager's address": [script(`${SRC}?source=a&consent=none&forms=all`), ["a", "none", "all"]],
    "attributes win": [script(`${SRC}?source=a&consent=none`, { source: "b" }), ["b", "none", undefined]],
    "nothing said": [script(SRC), [undefined, "auto", undefined]],
  };
  for (const [name, [currentScript, expected]] of Object.entries(cases))
    await t.test(name, async () => {
      const { source, mode, options } = await read({ currentScript });
      assert.deepEqual([source, mode, options.forms], expected);
    });
});

test("the collector's address is the folder of the script", async (t) => {
  stand();
  const cases = {
    [SRC]: "https://www.example.com/_lc/",
    "https://leads.example.com/t.v1.js": "https://leads.example.com/",
    "https://leads.example.com/t.js?source=a&back=https://x.test/y": "https://leads.example.com/",
  };
  for (const [src, base] of Object.entries(cases))
    await t.test(src, async () => assert.equal((await read({ currentScript: script(src) })).base, base));
});

test("the tag is looked for where the page shadows document.currentScript", async (t) => {
  stand();
  const found = script(SRC, { source: "a" });
  const cases = {
    "a form of that name": { currentScript: { tagName: "FORM", src: {} }, find: () => found },
    "a module": { currentScript: null, find: () => found },
    "an inline script": { currentScript: script(""), find: () => found },
  };
  for (const [name, document] of Object.entries(cases))
    await t.test(name, async () => assert.equal((await read(document)).source, "a"));
});

test("without any tag there is no address", async () => {
  assert.equal((await read({})).base, "");
});
