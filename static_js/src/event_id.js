/**
 * Ids of submissions: one per form, page view and person, so that a double click is one lead and
 * two people at one stand are two.
 *
 * @module
 */

/** @type {WeakMap<object, Record<string, string>>} */
let known = new WeakMap();

/**
 * The e-mail, else the phone number, that a person typed.
 *
 * @param {FormData} data
 * @param {any} form
 * @returns {unknown}
 */
export const contactIn = (data, form) => {
  /** @param {RegExp} pattern */
  const typed = (pattern) =>
    [...data].find(
      ([name, value]) =>
        pattern.test(/** @type {string} */ (value)) && form.elements?.[name]?.type != "hidden",
    )?.[1];
  return typed(/^\S+@\S+\.\S+$/) || typed(/^[\d ()+./-]{7,}$/);
};

/**
 * @param {object} form
 * @param {string} key what tells a page view and a person from others
 */
export const eventId = (form, key) => {
  const ids = known.get(form) || {};
  known.set(form, ids);
  // crypto.randomUUID is missing on plain http
  return (ids[key] ||= crypto.getRandomValues(new Uint32Array(4)).join());
};

/** What is submitted from now on is new. */
export const forgetIds = () => {
  known = new WeakMap();
};
