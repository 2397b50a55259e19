/**
 * Ids of submissions: one per form, page view and person, so that a double click is one lead and
 * two people at one stand are two.
 *
 * @module
 */

/** Where a form has its ids; nothing that goes over its names finds them. */
let place = Symbol();

/**
 * The e-mail, else the phone number, that a person typed.
 *
 * @param {FormData} data
 * @param {any} form
 */
export const contactIn = (data, form) => {
  const typed = [...data]
    .map(([name, value]) => form.elements?.[name]?.type == "hidden" || value)
    .join("\n");
  return typed.match(/^\S+@\S+\.\S+$/m) || typed.match(/^[\d ()+./-]{7,}$/m);
};

/**
 * @param {any} form
 * @param {string} key what tells a page view and a person from others
 * @returns {string}
 */
export const eventId = (form, key) =>
  // crypto.randomUUID is missing on plain http
  ((form[place] ||= {})[key] ||= crypto.getRandomValues(new Uint32Array(4)) + "");

/** What is submitted from now on is new. */
export const forgetIds = () => {
  place = Symbol();
};
