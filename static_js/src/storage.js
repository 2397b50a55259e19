/**
 * The page's storage, which can be off, full or forbidden: the token stays in the browser, all else
 * in the tab.
 *
 * @module
 */

import { guard } from "./errors.js";

/** @param {string} name */
const areaOf = (name) => (name == "_lc" ? localStorage : sessionStorage);

/** @type {(name: string) => string | null | undefined} */
export const read = guard((name) => areaOf(name).getItem(name));

/** @type {(name: string, text?: string | false) => void} without a text, removes */
export const write = guard((name, text) =>
  areaOf(name)[text ? "setItem" : "removeItem"](name, /** @type {string} */ (text)),
);
