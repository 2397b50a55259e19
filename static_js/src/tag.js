/**
 * The script's own tag: where the collector is, and what the page's owner wrote.
 *
 * @module
 */

import { framed } from "./frame.js";

/**
 * The document's own method: a form named `querySelector` shadows it.
 *
 * @param {string} selector
 * @returns {any}
 */
export const find = (selector) => Document.prototype.querySelector.call(document, selector);

const own = /** @type {HTMLScriptElement | null} */ (document.currentScript);

/** A form named `currentScript` shadows the property, and modules have none: then it is looked for. */
const script =
  own?.src?.[0]
    ? own
    : /** @type {HTMLScriptElement | null} */ (find('script[src][data-source],[src*="/t.js?"]'));
const [address, query] = ("" + script?.src).split("?");

/** The collector's address with its last slash, or nothing where the script has no tag. */
export const base = address.replace(/[^/]*$/, "");

/** @type {Record<string, string | undefined>} the tag's `data-` attributes, else its query */
export const options = {
  ...Object.fromEntries(new URLSearchParams(query)),
  ...script?.dataset,
};

export const { source, consent: mode = "auto" } = options;

/** May the collector lack the page's cookies? On the page's own origin it gets them with each request. */
export const isFar = framed || !base.startsWith(location.origin);
