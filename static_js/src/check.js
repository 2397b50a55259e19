/**
 * The check code of a person who tests. It comes in a landing URL and stays in the tab for its 30
 * minutes; addresses are edited as text, so that click ids stay byte for byte what they were.
 *
 * @module
 */

import { read, write } from "./storage.js";

/**
 * Takes the code out of an address and keeps it. (To compile the pattern costs more than the rest
 * of a page view.)
 *
 * @param {string} url
 */
export const takeCheck = (url) =>
  url.includes("_check=")
    ? url.replace(/([?&])_check=([^&#]*)(&?)/, (_match, before, code, after) => {
        write("sessionStorage", "_lc_check", Date.now() + 18e5 + " " + code);
        return after && before;
      })
    : url;

export const currentCheck = () => {
  const [until, code] = (read("sessionStorage", "_lc_check") || "").split(" ");
  if (+until > Date.now()) return code;
};
