/**
 * The client id that Google Analytics keeps where its cookie cannot be read (another prefix, a
 * cookie of the server): asked of `gtag`, which never answers where it was blocked.
 *
 * Source: https://developers.google.com/tag-platform/gtagjs/reference#get
 *
 * @module
 */

import { analyticsRefused } from "./consent_mode.js";

const LIMIT_MS = 500;

const measurementId = () =>
  Object.keys(window.google_tag_manager ?? {}).find((key) => key.startsWith("G-")) ??
  [...(window.dataLayer ?? [])].find((entry) => entry?.[0] == "config" && /^G-/.test(entry[1]))?.[1];

/** @type {string | undefined} */
let clientId;

/** @type {Promise<void> | undefined} */
let asking;

const ask = () => {
  const id = measurementId();
  if (typeof window.gtag != "function" || !id || analyticsRefused()) return;
  asking = new Promise((resolve) => {
    setTimeout(resolve, LIMIT_MS);
    window.gtag("get", id, "client_id", (/** @type {unknown} */ answer) => {
      if (/^[\d.]+$/.test("" + answer)) clientId = "" + answer;
      resolve();
    });
  });
};

/** @param {{ get(name: string): unknown }} data may it hold what the device holds, and lacks it? */
const lacks = (data) => /^g|n:n/.test("" + data.get("_consent")) && !data.get("_ga");

/**
 * Adds the id where it is known; asks for it otherwise, so that the next one has it.
 *
 * @param {FormData | URLSearchParams} data dressed
 */
export const addClientId = (data) => {
  if (!lacks(data)) return;
  if (clientId) data.set("_ga", `GA1.1.${clientId}`);
  else if (!asking) ask();
};

/** The same, but waits half a second at most. @param {FormData} data */
export const awaitClientId = async (data) => {
  addClientId(data);
  if (!lacks(data)) return;
  await asking;
  addClientId(data);
};
