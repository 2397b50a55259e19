/**
 * Copies of forms that post elsewhere. The form's own submit goes on untouched. Where the page stops
 * it to send by itself, the copy waits until the form was taken, the page is left, or some seconds
 * have passed; a later submit replaces it.
 *
 * @module
 */

import { on } from "../errors.js";
import { addressOf, attribute, isLeadForm, readForm } from "./fields.js";
import { everywhere } from "./roots.js";
import { isRefused, watchForm, watchJQuery, watchSystems } from "./success.js";

const LOOK_MS = 100;
const WAIT_MS = 5_000;

/** How long a visitor whose form shows an error may take to correct it. */
const CORRECTION_MS = 600_000;

/** A page that reads a form within this time of a click may be sending it. */
const CLICK_MS = 1_000;

/** A mark may name the capture. */
const SOURCE_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * @typedef {object} Waiting
 * @property {string} to
 * @property {URLSearchParams} data
 * @property {() => boolean} isTaken
 * @property {boolean} surely was there a submit? else the page only read the form
 * @property {number} since
 */

/**
 * @typedef {object} Copying
 * @property {string} base the collector's address
 * @property {string} source
 * @property {string} mode `marked` or `all`
 * @property {(data: URLSearchParams, form: HTMLFormElement) => void} dress
 * @property {(copy: import("./outbox.js").Copy) => void} send
 * @property {() => void} forgetIds
 */

/** @typedef {import("../extras.js").Stood} Stood */

/**
 * @typedef {object} Copies
 * @property {(event: any, stood?: Stood[]) => void} hear of a submit; what stood in the form, if that was earlier
 * @property {(form: any) => void} forget a form's copy
 */

/** @param {Copying} copying @returns {Copies} */
export const watchCopies = ({ base, source, mode, dress, send, forgetIds }) => {
  /** @type {Map<HTMLFormElement, Waiting>} */
  const waiting = new Map();
  let clickedAt = 0;

  /** @param {HTMLFormElement} form @param {HTMLElement | null} [submitter] */
  const isWanted = (form, submitter) => {
    const marked = attribute(form, "data-collector");
    return (
      !addressOf(form, submitter).startsWith(base + "f/") &&
      marked != "off" &&
      (marked != null || (mode == "all" && isLeadForm(form)))
    );
  };

  /**
   * @param {HTMLFormElement} form
   * @param {boolean} surely
   * @param {HTMLElement | null} [submitter]
   * @param {Stood[]} [stood]
   */
  const take = (form, surely, submitter, stood) => {
    const data = readForm(form, submitter, stood);
    if (!data.toString()) return;
    dress(data, form);
    const own = attribute(form, "data-collector") ?? "";
    const to = `${base}f/${SOURCE_ID.test(own) ? own : source}`;
    waiting.set(form, { to, data, isTaken: watchForm(form), surely, since: Date.now() });
    watchJQuery(settle);
  };

  /** @param {HTMLFormElement} form */
  const deliver = (form) => {
    const copy = waiting.get(form);
    waiting.delete(form);
    if (copy) send({ to: copy.to, body: copy.data.toString() });
  };

  /** @param {any} about */
  const meant = (about) =>
    [...waiting.keys()].filter(
      (form) => about == form || about == document || form.contains(about) || about?.contains?.(form),
    );

  /** @param {any} about */
  const settle = (about) => {
    const forms = meant(about);
    forms.forEach(deliver);
    if (forms[0]) forgetIds();
  };

  const look = () => {
    for (const [form, { isTaken, surely, since }] of waiting) {
      const age = Date.now() - since;
      if (isTaken()) settle(form);
      else if (age > (isRefused(form) ? CORRECTION_MS : WAIT_MS)) {
        if (surely && !isRefused(form)) deliver(form);
        else waiting.delete(form);
      }
    }
    if (waiting.size) setTimeout(look, LOOK_MS);
  };

  /** @type {Copies["hear"]} */
  const hear = (event, stood) => {
    const { target, submitter } = event;
    clickedAt = 0; // Chromium fires `formdata` a second time when it sends the form
    if (!isWanted(target, submitter)) return;
    take(target, true, submitter, stood);
    setTimeout(() => (event.defaultPrevented ? look() : deliver(target)));
  };

  on("click", () => (clickedAt = Date.now()));
  everywhere("formdata", ({ target }) => {
    if (waiting.has(target) || Date.now() - clickedAt > CLICK_MS || !isWanted(target)) return;
    take(target, false);
    setTimeout(look);
  });

  on("pagehide", () => {
    for (const form of [...waiting.keys()]) if (!isRefused(form)) deliver(form);
  });

  watchSystems(settle, (about) => meant(about).forEach((form) => waiting.delete(form)));
  return { hear, forget: (form) => waiting.delete(form) };
};
