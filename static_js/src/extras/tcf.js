/**
 * The IAB's Transparency and Consent Framework, 2.2 and 2.3. Purpose 1 is to store on a device and
 * to read from it.
 *
 * Source: https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework,
 * TCFv2, CMP API v2
 *
 * @module
 */

import { on } from "../errors.js";

/** @typedef {import("./signals.js").Signal} Signal */

/** @type {Signal | undefined} */
let signal;

let listening = false;

/** @param {any} data @param {boolean} success */
const hear = (data, success) => {
  if (!success || !data) return;
  if (data.gdprApplies === false) signal = undefined;
  else if (/^(tcloaded|useractioncomplete)$/.test(data.eventStatus))
    signal = { by: "tcf", granted: data.purpose?.consents?.[1] === true, answered: true };
  else signal ??= { by: "tcf" };
};

/** A banner marks its page by a frame of that name. @param {any} page */
const isMarked = (page) => {
  try {
    return !!page.frames.__tcfapiLocator;
  } catch {
    return false; // of a page of another site only frames that are there can be read
  }
};

/** @returns {Window | undefined} the page above this frame whose banner answers */
const pageOfBanner = () => {
  for (let page = window; page != page.parent; ) {
    page = /** @type {any} */ (page.parent);
    if (isMarked(page)) return page;
  }
};

const CALL_ID = "lc";

/** @param {Window} page @param {(data: any, success: boolean) => void} listener */
const ask = (page, listener) => {
  on("message", ({ source, data }) => {
    const said = source == page ? data?.__tcfapiReturn : undefined;
    if (said?.callId == CALL_ID) listener(said.returnValue, said.success);
  });
  const __tcfapiCall = { command: "addEventListener", version: 2, callId: CALL_ID };
  page.postMessage({ __tcfapiCall }, "*");
};

/** @type {(changed: () => void) => Signal | undefined} what holds now; listens from the first call */
export const readTcf = (changed) => {
  if (listening) return signal;
  const own = typeof window.__tcfapi == "function";
  const page = own ? undefined : pageOfBanner();
  if (!own && !page) return;
  listening = true;
  signal = { by: "tcf" };
  const listener = (/** @type {any} */ data, /** @type {boolean} */ success) => {
    hear(data, success);
    changed();
  };
  if (page) ask(page, listener);
  else window.__tcfapi("addEventListener", 2, listener);
  return signal;
};
