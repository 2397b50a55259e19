/**
 * Builds `dist/t.js` and the parts that it loads, and freezes them under a version's name when that
 * version is new; builds the console's script, which the server names by its hash.
 *
 * A part's name holds its hash, so that a version and its parts stay together. The bytes of a frozen
 * file never change: pages load it with its hash. `frozen.json` holds the hashes; a frozen file that
 * differs from its hash stops the build.
 */

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const BUDGET = 2048;
const VERSION = "t.v1.js";
const PINS = new URL("frozen.json", import.meta.url);

/** What stands for a part's name in the script -> the part; a part may name those before it. */
const PARTS = { OVERLAY: "src/overlay/main.js", EXTRAS: "src/extras/main.js" };

const inDist = (name) => new URL(`dist/${name}`, import.meta.url);
const integrityOf = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

const bundle = async (entry, format = "iife", define = {}) => {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format,
    define,
    target: ["chrome96", "firefox94", "safari15"],
    charset: "utf8",
    legalComments: "none",
    tsconfigRaw: {},
    write: false,
  });
  return outputFiles[0].text;
};

const sizeOf = (bytes) => brotliCompressSync(bytes).length;

/**
 * What esbuild leaves is 50 bytes more than the budget has. Which short names are taken matters to
 * the compressor by ten bytes more: letters are left out, alone and in pairs, and the best is kept.
 */
const squeeze = async (script) => {
  let best;
  const pairs = [..."etrnoacs"].flatMap((one) => [..."iludghfpmwyk"].map((other) => one + other));
  for (const left of ["", ..."etrnoacsiludghfpmwykbv", ...pairs]) {
    const { code } = await minify(script, {
      ecma: 2020,
      compress: { toplevel: true, passes: 2, inline: 1 },
      mangle: { toplevel: true, reserved: [...left] },
    });
    if (!best || sizeOf(code) < sizeOf(best)) best = code;
  }
  return best;
};

const say = (name, bytes) => {
  const size = sizeOf(bytes);
  console.log(`${name}: ${bytes.length} bytes, ${size} brotli`);
  return size;
};

const checkSize = (size) => {
  if (size > BUDGET) throw new Error(`t.js is ${size - BUDGET} bytes over its budget of ${BUDGET}`);
};

/** Removes what earlier builds left, unless a frozen version loads it. */
const clear = async (pins) => {
  for (const name of await readdir(inDist("")))
    if (name.startsWith("t-") && !pins[name]) await rm(inDist(name));
};

const quoted = (names) => Object.fromEntries(Object.entries(names).map(([key, name]) => [key, `"${name}"`]));

const buildParts = async () => {
  const names = {};
  for (const [key, entry] of Object.entries(PARTS)) {
    const bytes = await bundle(entry, "esm", quoted(names));
    names[key] = `t-${createHash("sha256").update(bytes).digest("hex").slice(0, 6)}.js`;
    say(`${names[key]} (${entry})`, bytes);
    await writeFile(inDist(names[key]), bytes);
  }
  return names;
};

const readPins = async () => {
  const pins = JSON.parse(await readFile(PINS, "utf8"));
  for (const [name, integrity] of Object.entries(pins))
    if (integrityOf(await readFile(inDist(name))) !== integrity)
      throw new Error(`${name} is frozen and must not change: restore it`);
  return pins;
};

const freeze = async (pins, bytes, parts) => {
  if (pins[VERSION]) return;
  await writeFile(inDist(VERSION), bytes, { flag: "wx" });
  for (const name of [VERSION, ...parts]) pins[name] = integrityOf(await readFile(inDist(name)));
  await writeFile(PINS, `${JSON.stringify(pins, null, 2)}\n`);
};

const pins = await readPins();
await clear(pins);
const parts = await buildParts();
const script = await squeeze(await bundle("src/main.js", "iife", quoted(parts)));
checkSize(say("t.js", script));
await writeFile(inDist("t.js"), script);
await freeze(pins, script, Object.values(parts));
await mkdir(inDist("console/"), { recursive: true });
await writeFile(inDist("console/console.js"), await bundle("console/src/main.js"));
await writeFile(inDist("console/charts.js"), await bundle("console/src/charts.js"));
