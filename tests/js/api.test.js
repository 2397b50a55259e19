import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, FakeForm, Page } from "./page.js";

const OTHER = "https://leads.other.test/";

test("one instance per collector and source", async (t) => {
  const cases = [
    ["the same tag twice", [[`${BASE}t.js`, { source: "capture-1" }]], 1],
    ["the frozen version beside the other", [[`${BASE}t.v1.js`, { source: "capture-1" }]], 1],
    ["another source", [[`${BASE}t.js`, { source: "capture-2" }]], 2],
    ["another collector", [[`${OTHER}t.js`, { source: "capture-1" }]], 2],
  ];
  for (const [name, tags, instances] of cases)
    await t.test(name, async () => {
      const page = new Page();
      for (const tag of tags) page.runTag(...tag);
      await page.quiet();
      assert.equal(page.views.length, instances);
    });
});

test("each collector's forms are given what is its own", async () => {
  const page = new Page({ reply: ({ url }) => ({ json: { token: url } }) });
  page.runTag(`${OTHER}t.js`, { source: "capture-9" });
  await page.quiet();
  const tokens = [BASE, OTHER].map((base) => page.submit(new FakeForm({ action: `${base}f/x` }))._token);
  assert.deepEqual(tokens, [`${BASE}t`, `${OTHER}t`]);
});

test("a decision reaches all tags, late ones too", async () => {
  const page = new Page({ options: { source: "capture-1", consent: "required" } });
  page.runTag(`${BASE}t.js`, { source: "capture-2", consent: "required" });
  page.collector.consent("granted");
  page.runTag(`${BASE}t.js`, { source: "capture-3", consent: "required" });
  await page.quiet();
  assert.deepEqual(page.views.map(({ source_id }) => source_id), ["capture-1", "capture-2", "capture-3"]);
});

test("anything but a grant is a refusal", async (t) => {
  for (const state of ["denied", "no", undefined, true])
    await t.test(String(state), async () => {
      const page = new Page({ options: { consent: "required" } });
      page.collector.consent(state);
      await page.quiet();
      assert.deepEqual(page.views.map(({ consent }) => consent), [{ state: "denied", by: "api" }]);
    });
});

test("calls made before the script came are carried out in order", async () => {
  const heard = [];
  const collector = [["ready", ({ reason }) => heard.push(reason)], ["consent", "granted"]];
  const page = new Page({ options: { consent: "required" }, window: { collector } });
  await page.quiet();
  page.collector.push(["ready", () => heard.push("later")]);
  await page.quiet();
  assert.deepEqual(heard, ["new touch", "later"]);
});

test("an element named collector does not stop the script", async () => {
  const page = new Page({ window: { collector: new FakeForm() } });
  await page.quiet();
  assert.equal(page.views.length, 1);
});

test("a call of what does not exist is an error to see, not to feel", () => {
  const page = new Page();
  page.collector.push(["no such thing"]);
  page.collector.push(undefined);
  assert.equal(page.errors.length, 2);
});
