/**
 * The one way to the collector: no preflight, with cookies, outliving the page where it fits.
 *
 * @module
 */

/**
 * @param {string} url
 * @param {string | FormData} body text goes as `text/plain`
 */
export const post = (url, body) =>
  fetch(url, {
    method: "POST",
    body,
    credentials: "include",
    // all keepalive bodies together may hold 64 KiB; a form has no length, and a page that waits
    keepalive: /** @type {string} */ (body).length < 2e4,
    headers: { Accept: "application/json" },
  });
