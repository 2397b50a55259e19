/**
 * The page's storage, which can be off, full or forbidden.
 *
 * @module
 */

import { guard } from "./errors.js";

/** @typedef {"localStorage" | "sessionStorage"} Area */

/** @type {(area: Area, name: string) => string | null | undefined} */
export const read = guard((area, name) => window[area].getItem(name));

/** @type {(area: Area, name: string, text?: string | false) => void} without a text, removes */
export const write = guard((area, name, text) => {
  if (text) window[area].setItem(name, text);
  else window[area].removeItem(name);
});
