/**
 * Does the page run in a frame of another site, where its cookies do not last?
 *
 * @module
 */

/**
 * A top page of the same origin can be read. Of others the browser may list the origins: a page
 * above on the parent domain, or on its `www`, is the same site; what cannot be told is not.
 */
export const isFramed = () => {
  try {
    return !(/** @type {Window} */ (top).location.href);
  } catch {
    return ![...(location.ancestorOrigins || "?")].every((origin) =>
      location.hostname.endsWith(origin.replace(/.*\/(www)?/, "")),
    );
  }
};

export const framed = isFramed();
