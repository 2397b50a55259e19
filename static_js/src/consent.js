/**
 * The visitor's consent, written as the contract writes it for forms: `<state>:<by>`.
 *
 * @module
 */

import { guard, on } from "./errors.js";
import { mode } from "./tag.js";

/**
 * What holds until somebody decides. A mode that is none of the three is `required`: a slip of the
 * pen must not store anything.
 *
 * @param {string} mode
 * @param {boolean} [gpc] Global Privacy Control
 */
export const firstConsent = (mode, gpc) =>
  mode == "none" ? "granted:none"
  : mode != "auto" ? "unknown:api"
  : gpc ? "denied:gpc"
  : "unknown:none";

export let consent = firstConsent(mode, navigator.globalPrivacyControl);

/** May the device be read and written? */
export const mayKeep = () => consent == "unknown:none" || consent.startsWith("granted");

export const isDenied = () => consent.startsWith("denied");

/** @type {string | undefined} */
let decided;

/** @type {() => void} */
let act;

/** @param {string} given the same decision twice is one */
export const decide = (given) => {
  if (given == decided) return;
  consent = decided = given;
  act();
};

/**
 * Calls back at each decision. Under `auto` the first one falls when the page has loaded, so that
 * a signal of the page can come before it.
 *
 * @param {() => void} listener
 */
export const watchConsent = (listener) => {
  const begin = () => decide(consent);
  act = guard(listener);
  if (mode != "auto" || document.readyState == "complete") begin();
  else on("load", begin);
};
