/**
 * The visitor's consent, written as the contract writes it for forms: `<state>:<by>`.
 *
 * @module
 */

import { on } from "./errors.js";
import { look } from "./extras.js";
import { obey } from "./reports.js";
import { mode } from "./tag.js";
import { navigation } from "./views.js";

/**
 * At first what holds until somebody decides. A mode that is none of the three is `required`: a slip
 * of the pen must not store anything.
 */
export let consent =
  mode == "none" ? "granted:none"
  : mode != "auto" ? "unknown:api"
  : navigator.globalPrivacyControl ? "denied:gpc"
  : "unknown:none";

/** The cookies that may be read where the device may: Google Analytics can be refused alone. */
export let adCookie = /\b(_ga(_\w+)?|_fb[pc])=[^;]*/g;

/** May the device be read and written? */
export const mayKeep = () => consent[0] == "g" || consent == "unknown:none";

export const isDenied = () => consent[0] == "d";

/** @type {string | undefined} */
let decided;

/**
 * @param {string} given the same decision twice is one
 * @param {RegExp} [cookie] from now on
 */
export const decide = (given, cookie = adCookie) => {
  adCookie = cookie;
  if (given == decided) return;
  consent = decided = given;
  obey();
};

/**
 * Under `auto` the first decision falls when the page has loaded, so that a signal of the page can
 * come before it. Banners and forms come later, too: a second is less than a person needs for either.
 */
export const watchConsent = () => {
  const begin = () => {
    look();
    decide(consent);
  };
  // to look costs more than all the rest of the script
  if (mode != "auto") decide(consent);
  else if (navigation?.loadEventStart) begin();
  on("load", begin);
  on("focusin submit", look);
  setInterval(look, 1e3, 1);
};
