import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));
const pins = JSON.parse(read("static_js/frozen.json"));

test("t.js fits its budget", () => {
  const size = brotliCompressSync(read("static_js/dist/t.js")).length;
  assert.ok(size <= 2048, `${size} bytes`);
});

test("a frozen file is byte for byte what it was, and the docs name a version's hash", async (t) => {
  const docs = read("docs/script.md").toString();
  for (const [name, integrity] of Object.entries(pins))
    await t.test(name, () => {
      const hash = createHash("sha384").update(read(`static_js/dist/${name}`)).digest("base64");
      assert.equal(`sha384-${hash}`, integrity);
      if (name.startsWith("t.v")) assert.ok(docs.includes(`${name}"\n        integrity="${integrity}"`));
    });
});

test("a version loads further files only by names that hold their hash, frozen with it", async (t) => {
  for (const name of ["t.js", ...Object.keys(pins).filter((pin) => pin.startsWith("t.v"))])
    await t.test(name, () => {
      const loaded = [...read(`static_js/dist/${name}`).toString().matchAll(/[\w.-]+\.js(?=")/g)].map(([part]) => part);
      assert.ok(loaded.length > 0);
      for (const part of loaded) {
        const hash = createHash("sha256").update(read(`static_js/dist/${part}`)).digest("hex");
        assert.equal(part, `t-${hash.slice(0, 6)}.js`);
        if (name !== "t.js") assert.ok(part in pins);
      }
    });
});

test("the lock names no registry", () => {
  assert.ok(!/"resolved"|https?:/.test(read("static_js/package-lock.json")));
});
