/**
 * Errors stay out of the page and in sight: `collector.errors`, and the console with `data-debug`.
 *
 * @module
 */

import { debug } from "./tag.js";

/** @type {unknown[]} */
export const errors = window.collector?.errors || [];

/** @param {unknown} error */
export const report = (error) => {
  errors.push(error);
  if (debug != null) console.debug(error);
};

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
 * @param {string} type
 * @param {(event: any) => void} listener
 */
export const on = (type, listener) => addEventListener(type, guard(listener), true);
