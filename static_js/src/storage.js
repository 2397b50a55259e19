/**
 * The page's storage, which can be off, full or forbidden: the token stays in the browser, all else
 * in the tab.
 *
 * @module
 */

import { guard } from "./errors.js";

/** @param {string} name @returns {any} an item is a member: no name of ours is one of the area's own */
const areaOf = (name) => (name == "_lc" ? localStorage : sessionStorage);

/** @type {(name: string) => string | undefined} */
export const read = guard((name) => areaOf(name)[name]);

/** @type {(name: string, text?: string | false) => void} without a text, removes */
export const write = guard((name, text) => {
  if (text) areaOf(name)[name] = text;
  else delete areaOf(name)[name];
});
