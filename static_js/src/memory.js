/**
 * What the collector answered: in page memory, and in storage where the collector asks for it.
 *
 * @module
 */

import { mayKeep } from "./consent.js";
import { read, write } from "./storage.js";
import { isFar } from "./tag.js";

/** @typedef {import("../collector.js").Answer} Answer */

/** @type {Answer | undefined} */
let answer;

/** @type {(answer: Answer) => void} */
let arrive;

/** @type {Promise<Answer>} */
const arrived = new Promise((resolve) => (arrive = resolve));

export const get = () => answer;

/** @param {(answer: Answer) => void} callback whose own errors are the page's to see */
export const ready = (callback) => arrived.then(callback);

/** Another tab may have stored a newer one than this page was answered. */
export const token = () =>
  (isFar && mayKeep() && read("_lc")) || answer?.token;

export const forget = () => {
  answer = undefined;
  write("_lc");
  write("_lc_t");
  write("_lc_f");
};

/** @param {Answer} given after a refusal nothing is kept, whatever was under way */
export const remember = (given) => {
  if (given.token && mayKeep()) {
    arrive((answer = given));
    if (isFar) write("_lc", given.keep && given.token);
  }
};
