/**
 * Where a person tests: the overlay with the live check's steps, from a file of its own.
 *
 * @module
 */

import { report } from "../errors.js";

/**
 * @param {string} base the collector's address
 * @param {Record<string, string | undefined>} options of the tag
 * @param {(data: any, form: object) => void} dress
 */
export const showCheck = (base, options, dress) => {
  try {
    if (sessionStorage.getItem("_lc_c"))
      import(base + OVERLAY).then(({ begin }) => begin(base, options, dress)).catch(report);
  } catch (error) {
    report(error);
  }
};
