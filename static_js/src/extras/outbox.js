/**
 * Copies on their way: sent at once, again while the page lives, and by the next page where storage
 * is allowed. The same submission twice is one lead to the collector.
 *
 * @module
 */

import { post } from "./post.js";
import { report } from "../errors.js";

/** @typedef {{ to: string, body: string }} Copy */

const KEY = "_lc_f";
const LONGEST_WAIT_MS = 60_000;

/** @type {Copy[]} not known to be stored yet */
let waiting = [];

let resumed = false;

/** @param {() => boolean} mayKeep */
const keep = (mayKeep) => {
  try {
    if (waiting[0] && mayKeep()) sessionStorage.setItem(KEY, JSON.stringify(waiting));
    else sessionStorage.removeItem(KEY);
  } catch (error) {
    report(error);
  }
};

/**
 * @param {Copy} copy
 * @returns {Promise<boolean>} whether there is nothing more to do; a refusal would be repeated
 */
const deliver = async ({ to, body }) => {
  try {
    const reply = await post(to, new URLSearchParams(body), body.length);
    if (reply.ok) return true;
    report(await reply.json());
    return reply.status < 500 && reply.status != 429;
  } catch (error) {
    report(error);
    return false;
  }
};

/** @param {() => boolean} mayKeep asked at each step: consent may be withdrawn meanwhile */
export const openOutbox = (mayKeep) => {
  /** @param {Copy} copy @param {number} [wait] milliseconds until the next try */
  const attempt = async (copy, wait = 1000) => {
    const done = await deliver(copy);
    if (done) waiting = waiting.filter((one) => one != copy);
    else setTimeout(() => attempt(copy, Math.min(2 * wait, LONGEST_WAIT_MS)), wait);
    keep(mayKeep);
  };

  /** @param {Copy} copy */
  const send = (copy) => {
    waiting.push(copy);
    keep(mayKeep);
    attempt(copy);
  };

  /** Sends what an earlier page of this tab could not. */
  const resume = () => {
    if (resumed || !mayKeep()) return;
    resumed = true;
    try {
      JSON.parse(sessionStorage.getItem(KEY) || "[]").forEach(send);
    } catch (error) {
      report(error);
    }
  };

  return { send, resume };
};
