/**
 * The IAB's Transparency and Consent Framework, 2.2 and 2.3. Purpose 1 is to store on a device and
 * to read from it.
 *
 * Source: https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework,
 * TCFv2, CMP API v2
 *
 * @module
 */

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

/** @type {(changed: () => void) => Signal | undefined} what holds now; listens from the first call */
export const readTcf = (changed) => {
  if (!listening && typeof window.__tcfapi == "function") {
    listening = true;
    signal = { by: "tcf" };
    window.__tcfapi("addEventListener", 2, (/** @type {any} */ data, /** @type {any} */ success) => {
      hear(data, success);
      changed();
    });
  }
  return signal;
};
