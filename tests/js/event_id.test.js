import assert from "node:assert/strict";
import { test } from "node:test";
import { stand } from "./page.js";

stand();
const { contactIn, eventId, forgetIds } = await import("../../static_js/src/event_id.js");

const contact = (controls) => {
  const data = new FormData();
  for (const [name, [, value]] of Object.entries(controls)) data.append(name, value);
  const elements = Object.fromEntries(Object.entries(controls).map(([name, [type]]) => [name, { type }]));
  return contactIn(data, { elements })?.[0];
};

test("the contact is the e-mail that was typed, else the phone number", async (t) => {
  const cases = {
    "an e-mail": [{ name: ["text", "Ann"], mail: ["email", "ann@e.test"], phone: ["tel", "+49 30 123456"] }, "ann@e.test"],
    "an e-mail in a text field": [{ phone: ["tel", "+49 30 123456"], contact: ["text", "ann@e.test"] }, "ann@e.test"],
    "a phone number": [{ name: ["text", "Ann"], phone: ["tel", "+49 (30) 123-456"] }, "+49 (30) 123-456"],
    "not a hidden recipient": [{ to: ["hidden", "sales@e.test"], mail: ["email", "ann@e.test"] }, "ann@e.test"],
    "not an address inside a message": [{ text: ["textarea", "write to x@e.test soon"], phone: ["tel", "0301234567"] }, "0301234567"],
    "none": [{ name: ["text", "Ann"], zip: ["text", "10115"] }, undefined],
  };
  for (const [name, [controls, expected]] of Object.entries(cases))
    await t.test(name, () => assert.equal(contact(controls), expected));
});

test("an object of fields has a contact too", () => {
  const data = new FormData();
  data.append("mail", "ann@e.test");
  assert.equal(`${contactIn(data, { mail: "ann@e.test" })}`, "ann@e.test");
});

test("one id per form and key, new after a reset", () => {
  const [form, other] = [{}, {}];
  const first = eventId(form, "view ann");
  assert.equal(eventId(form, "view ann"), first);
  const rest = [eventId(form, "view bob"), eventId(form, "later ann"), eventId(other, "view ann")];
  forgetIds();
  assert.equal(new Set([first, ...rest, eventId(form, "view ann")]).size, 5);
});
