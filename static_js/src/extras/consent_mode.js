/**
 * Google Consent Mode, which has no call to read it: the state that Google's own tags keep, else the
 * commands that wait in the data layer.
 *
 * Source: https://developers.google.com/tag-platform/security/guides/consent
 *
 * @module
 */

/** @typedef {{ answer?: boolean, preset?: boolean }} Entry granted by an answer; by a default */

/** @param {string} type @returns {Entry | undefined} */
const kept = (type) => {
  const entry = window.google_tag_data?.ics?.entries?.[type];
  return entry && { answer: entry.update, preset: entry.default };
};

/**
 * A default for some regions only may not be this visitor's: a refusal among them counts.
 *
 * @param {string} type
 * @returns {Entry | undefined}
 */
const queued = (type) => {
  /** @type {Entry} */
  const entry = {};
  for (const call of window.dataLayer ?? []) {
    const state = call?.[0] == "consent" && call[2]?.[type];
    if (!state) continue;
    if (call[1] == "update") entry.answer = state == "granted";
    else entry.preset = state == "granted" && entry.preset != false;
  }
  return Object.keys(entry).length ? entry : undefined;
};

/** @param {string} type */
const entryOf = (type) => kept(type) ?? queued(type);

export const analyticsRefused = () => {
  const entry = entryOf("analytics_storage");
  return entry ? !(entry.answer ?? entry.preset) : false;
};

/** @type {() => import("./signals.js").Signal | undefined} */
export const readConsentMode = () => {
  const entry = entryOf("ad_storage");
  if (!entry || (entry.answer ?? entry.preset) == undefined) return;
  if (entry.answer != undefined) return { by: "gcm", granted: entry.answer, answered: true };
  return entry.preset ? { by: "gcm", granted: true, answered: false } : { by: "gcm" };
};
