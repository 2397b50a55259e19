/**
 * Builds pages of the real React and Vue into `built/`, which is committed, so that no test needs a
 * package registry: the components of `src/`, and the recipes as they stand in docs/recipes.md.
 *
 *     cd tests/browser/frameworks && npm ci && npm run build
 */

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compileScript, parse } from "vue/compiler-sfc";

const here = fileURLToPath(new URL(".", import.meta.url));
const recipes = await readFile(new URL("../../../docs/recipes.md", import.meta.url), "utf8");
const blockOf = (language) => recipes.match(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s"))[1];

/** What the recipes leave to the reader: imports, where the component is shown, how the site navigates. */
const REACT = `import { createRoot } from "react-dom/client";
const navigate = (to) => history.pushState({}, "", to);
${blockOf("jsx")}
export const show = () => createRoot(document.getElementById("root")).render(<Contact />);`;
const VUE = blockOf("vue").replace("<script setup>", `<script setup>\nimport { reactive } from "vue";`);

const fromVue = (source, name) => {
  const { descriptor } = parse(source, { filename: `${name}.vue` });
  const { content } = compileScript(descriptor, { id: name, inlineTemplate: true, genDefaultAs: "Shown" });
  return `${content}\nimport { createApp } from "vue";\nexport const show = () => createApp(Shown).mount("#root");`;
};

const read = (name) => readFile(`${here}src/${name}`, "utf8");
const PAGES = {
  react: { recipe: REACT, controlled: await read("controlled.jsx") },
  vue: { recipe: fromVue(VUE, "recipe"), controlled: fromVue(await read("controlled.vue"), "controlled") },
};

/** Modules that are not files. */
const given = (modules) => ({
  name: "given",
  setup(bundler) {
    bundler.onResolve({ filter: /^page:/ }, ({ path }) => ({ path: path.slice(5), namespace: "page" }));
    bundler.onLoad({ filter: /./, namespace: "page" }, ({ path }) => ({
      contents: modules[path],
      loader: "jsx",
      resolveDir: here,
    }));
  },
});

const ENTRY = `import * as recipe from "page:recipe";
import * as controlled from "page:controlled";
window.pages = { recipe, controlled };`;

for (const [library, modules] of Object.entries(PAGES)) {
  const { outputFiles } = await build({
    stdin: { contents: ENTRY, resolveDir: here },
    plugins: [given(modules)],
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    legalComments: "inline",
    jsx: "automatic",
    target: "chrome110",
    define: {
      "process.env.NODE_ENV": '"production"',
      __VUE_OPTIONS_API__: "false",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
  });
  const { version, license } = JSON.parse(
    await readFile(`${here}node_modules/${library}/package.json`, "utf8"),
  );
  await writeFile(`${here}built/${library}.js`, `/* ${library} ${version}, ${license} */\n${outputFiles[0].text}`);
}

const hashes = ["jsx", "vue"].map((language) => [
  language,
  createHash("sha256").update(blockOf(language)).digest("hex"),
]);
await writeFile(`${here}built/recipes.json`, `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`);
