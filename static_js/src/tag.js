/**
 * The script's own tag: where the collector is, and what the page's owner wrote.
 *
 * @module
 */

const own = document.currentScript;

/** A form named `currentScript` shadows the property, and modules have none: then it is looked for. */
const script =
  own instanceof HTMLScriptElement && own.src
    ? own
    : /** @type {HTMLScriptElement | null} */ (
        // by the prototype: a form named `querySelector` shadows the method
        Document.prototype.querySelector.call(
          document,
          'script[src][data-source],[src*="/t.js?"]',
        )
      );
const [address, query] = (script?.src ?? "").split("?");

/** The collector's address with its last slash, or nothing where the script has no tag. */
export const base = address.slice(0, address.lastIndexOf("/") + 1);

/** The tag's `data-` attributes, else the same names in the query of its `src`. */
export const {
  source,
  consent: mode = "auto",
  debug,
} = /** @type {Record<string, string | undefined>} */ ({
  ...(query && Object.fromEntries(new URLSearchParams(query))),
  ...script?.dataset,
});
