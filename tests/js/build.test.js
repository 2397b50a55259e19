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

test("a frozen version is byte for byte what it was, and the docs name its hash", async (t) => {
  const docs = read("docs/script.md").toString();
  for (const [name, integrity] of Object.entries(pins))
    await t.test(name, () => {
      const hash = createHash("sha384").update(read(`static_js/dist/${name}`)).digest("base64");
      assert.equal(`sha384-${hash}`, integrity);
      assert.ok(docs.includes(`${name}"\n        integrity="${integrity}"`));
    });
});

test("the lock names no registry", () => {
  assert.ok(!/"resolved"|https?:/.test(read("static_js/package-lock.json")));
});
