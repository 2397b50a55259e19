/**
 * Errors stay out of the page and in sight: `collector.errors`.
 *
 * @module
 */

/** @type {unknown[]} */
export const errors = window.collector?.errors || [];

/** @param {unknown} error */
export const report = (error) => errors.push(error);

/**
 * The same function, but what it throws is reported.
 *
 * @template {unknown[]} A
 * @template R
 * @param {(...args: A) => R} work
 * @returns {(...args: A) => R | undefined}
 */
export const guard =
  (work) =>
  (...args) => {
    try {
      return work(...args);
    } catch (error) {
      report(error);
    }
  };

/**
 * Listens on the window, before the page's own listeners.
 *
 * @param {string} types separated by spaces
 * @param {(event: any) => void} listener
 */
export const on = (types, listener) => {
  types.split(" ").map((type) => addEventListener(type, guard(listener), true));
};
