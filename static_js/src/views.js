/**
 * Page views: the landing, navigations within a single-page site, pages restored from the cache.
 *
 * @module
 */

import { takeCheck } from "./check.js";
import { guard, on } from "./errors.js";

/**
 * @typedef {object} View
 * @property {string} url
 * @property {string} [referrer] after a single-page navigation the page's previous URL
 * @property {number} [at] milliseconds since 1970
 */

/** @type {View} the present one */
export let view;

/**
 * What makes an address a page of its own: all but a fragment without parameters.
 *
 * @param {string} url
 */
export const pageOf = (url) => {
  const [page, fragment] = url.split("#");
  return fragment?.includes("=") ? url : page;
};

/** @param {(view: View) => void} tell called with every page view, the landing first */
export const watchViews = (tell) => {
  const look = guard((/** @type {PageTransitionEvent | void} */ event) => {
    const url = takeCheck(location.href);
    if (event?.persisted) tell((view = { ...view, at: Date.now() }));
    else if (!view || pageOf(url) != pageOf(view.url)) {
      const referrer = view?.url ?? takeCheck(document.referrer);
      tell((view = { url, referrer, at: Date.now() }));
    }
  });

  look();
  for (const type of ["popstate", "hashchange", "pageshow"]) on(type, look);
  for (const name of /** @type {const} */ (["pushState", "replaceState"])) {
    const original = history[name];
    history[name] = (...args) => {
      original.apply(history, args);
      look();
    };
  }
};
