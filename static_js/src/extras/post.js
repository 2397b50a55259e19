/**
 * The one way of a form to the collector: no preflight, with cookies, outliving the page where it fits.
 *
 * @module
 */

/** All bodies that outlive their page may hold 64 KiB together. */
const LONGEST_KEPT = 60_000;

/**
 * @param {string} url
 * @param {URLSearchParams | FormData | string} body
 * @param {number} [length] of the body, where it is known
 */
export const post = (url, body, length = Infinity) =>
  fetch(url, {
    method: "POST",
    body,
    credentials: "include",
    keepalive: length < LONGEST_KEPT,
    headers: { Accept: "application/json" },
  });
