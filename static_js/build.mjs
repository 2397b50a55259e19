/**
 * Builds `dist/t.js`, and freezes it under a version's name when that version is new; builds the
 * console's script, which the server names by its hash.
 *
 * The bytes of a frozen file never change: pages load it with its hash. `frozen.json` holds the
 * hashes; a frozen file that differs from its hash stops the build.
 */

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const BUDGET = 2048;
const VERSION = "t.v1.js";
const PINS = new URL("frozen.json", import.meta.url);

const inDist = (name) => new URL(`dist/${name}`, import.meta.url);
const integrityOf = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

const bundle = async (entry) => {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "iife",
    target: ["chrome96", "firefox94", "safari15"],
    charset: "utf8",
    legalComments: "none",
    tsconfigRaw: {},
    write: false,
  });
  return outputFiles[0].contents;
};

const checkSize = (bytes) => {
  const size = brotliCompressSync(bytes).length;
  console.log(`t.js: ${bytes.length} bytes, ${size} brotli, budget ${BUDGET}`);
  if (size > BUDGET) throw new Error(`t.js is ${size - BUDGET} bytes over its budget`);
};

const freeze = async (bytes) => {
  const pins = JSON.parse(await readFile(PINS, "utf8"));
  for (const [name, integrity] of Object.entries(pins))
    if (integrityOf(await readFile(inDist(name))) !== integrity)
      throw new Error(`${name} is frozen and must not change: restore it`);
  if (pins[VERSION]) return;
  await writeFile(inDist(VERSION), bytes, { flag: "wx" });
  pins[VERSION] = integrityOf(bytes);
  await writeFile(PINS, `${JSON.stringify(pins, null, 2)}\n`);
};

const bytes = await bundle("src/main.js");
checkSize(bytes);
await writeFile(inDist("t.js"), bytes);
await freeze(bytes);
await mkdir(inDist("console/"), { recursive: true });
await writeFile(inDist("console/console.js"), await bundle("console/src/main.js"));
