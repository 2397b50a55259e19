/**
 * What the page's consent banner says, for `data-consent` `auto` and `required`.
 *
 * Only an answer denies, and only an answer grants where consent is required or the browser sends
 * Global Privacy Control. `collector.consent` beats all of it.
 *
 * @module
 */

import { guard, report } from "../errors.js";
import { BANNERS } from "./banners.js";
import { analyticsRefused, readConsentMode } from "./consent_mode.js";
import { readTcf } from "./tcf.js";

/**
 * @typedef {object} Signal
 * @property {string} by
 * @property {boolean} [granted] nothing: the question is open
 * @property {boolean} [answered] by the visitor, not by default
 * @property {boolean} [analytics]
 */

const LOOK_MS = 250;

/** Cookies that may be read: of Google Analytics and Meta. */
const ALL = /\b(_ga(_\w+)?|_fb[pc])=[^;]*/g;

/**
 * Or of Meta alone. The collector may get Google's cookies from the browser itself: a `_ga` that is
 * no client id tells it to leave them and what it knows from them.
 */
const ADS = /** @type {any} as good as a RegExp for `match` */ ({
  [Symbol.match]: (/** @type {string} */ cookies) => ["_ga=-", ...(cookies.match(/\b_fb[pc]=[^;]*/g) || [])],
});

/** @returns {Signal[]} */
const readBanners = () =>
  BANNERS.filter(({ name }) => window[/** @type {any} */ (name)]).map(({ name, read }) => {
    try {
      const answer = read(window[/** @type {any} */ (name)]);
      return answer
        ? { by: "banner", granted: answer.ads, answered: true, analytics: answer.analytics }
        : { by: "banner" };
    } catch (error) {
      if (!reported.has(name)) report(error);
      reported.add(name);
      return { by: "banner" };
    }
  });

/** @type {Set<string>} banners whose error was told once */
const reported = new Set();

/**
 * The signal that counts: an answer before a default, both before an open question; of several the
 * framework's before Consent Mode's before a banner's own.
 *
 * @param {(Signal | undefined)[]} signals
 * @returns {Signal | undefined}
 */
export const strongest = (signals) => {
  const given = signals.filter((signal) => signal !== undefined);
  return (
    given.find(({ answered }) => answered) ??
    given.find(({ granted }) => granted === undefined) ??
    given[0]
  );
};

/**
 * @param {Signal | undefined} signal
 * @param {string} first what holds without any signal
 */
export const consentOf = (signal, first) => {
  if (signal?.answered) return `${signal.granted ? "granted" : "denied"}:${signal.by}`;
  if (!signal || first != "unknown:none") return first;
  return `${signal.granted ? "granted" : "unknown"}:${signal.by}`;
};

/** @param {string} mode */
const firstConsent = (mode) =>
  mode != "auto" ? "unknown:api" : navigator.globalPrivacyControl ? "denied:gpc" : "unknown:none";

/**
 * Decides now, at each change, and never while the page still loads without a signal.
 *
 * @param {string} mode
 * @param {(consent: string, cookie?: RegExp) => void} decide
 */
export const watchSignals = (mode, decide) => {
  const first = firstConsent(mode);
  let last = "";
  const look = guard(() => {
    if (window.collector?.given) return;
    const signal = strongest([readTcf(look), readConsentMode(), ...readBanners()]);
    if (!signal && document.readyState != "complete") return;
    const consent = consentOf(signal, first);
    const analytics = signal?.analytics ?? !analyticsRefused();
    if (last == (last = consent + analytics)) return;
    decide(consent, analytics ? ALL : ADS);
  });
  look();
  setInterval(look, LOOK_MS);
};
