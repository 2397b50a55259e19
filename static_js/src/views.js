/**
 * Page views: the landing, navigations within a single-page site, pages restored from the cache.
 *
 * @module
 */

import { guard, on } from "./errors.js";
import { addView } from "./reports.js";

/**
 * @typedef {object} View
 * @property {string} url
 * @property {string} [referrer] after a single-page navigation the page's previous URL
 * @property {number} [at] milliseconds since 1970
 */

/**
 * How the page came; pages can shadow `document.readyState`, and not this.
 *
 * @type {PerformanceNavigationTiming | undefined}
 */
export const navigation = /** @type {any} */ (performance.getEntriesByType("navigation")[0]);

/** @type {View} the present one */
export let view = { url: "" };

/**
 * What makes an address a page of its own: all but a fragment without parameters.
 *
 * @param {string} url
 */
export const pageOf = (url) => url.replace(/#[^=]*$/, "");

export const watchViews = () => {
  const look = guard((/** @type {any} */ event = undefined, /** @type {string} */ url = location.href) => {
    const again = event?.persisted;
    if (again || pageOf(url) != pageOf(view.url)) {
      const referrer = again ? view.referrer : view.url || document.referrer;
      view = { url, referrer, at: Date.now() };
      addView();
    }
  });

  // a page may have cleaned its address before the script came; not every browser has the fragment
  const came = /** @type {string} */ (navigation?.name);
  if (!location.href.startsWith(came) && !/_check=/.test(came)) look(0, came);
  look();
  on("popstate hashchange pageshow", look);
  for (const name of /** @type {const} */ (["pushState", "replaceState"])) {
    const original = history[name];
    history[name] = (...args) => {
      original.apply(history, args);
      look();
    };
  }
};
