/**
 * `window.collector`, where the tags of one page meet.
 *
 * @module
 */

import { decide } from "./consent.js";
import { errors, guard } from "./errors.js";
import { fill, submit } from "./extras.js";
import { get, ready } from "./memory.js";

/**
 * Starts this tag, unless one with the same key has started. The first one's methods are the
 * page's; a decision on consent reaches all.
 *
 * @param {string} key
 * @param {() => void} start
 */
export const join = (key, start) => {
  const calls = /** @type {any} */ (window.collector);
  /** @type {import("../collector.js").CollectorApi} */
  const api = (window.collector = calls?.tags
    ? calls
    : {
        errors,
        fill,
        get,
        ready,
        submit,
        tags: {},
        consent: (/** @type {string} */ state) => {
          api.given = (state == "granted" ? state : "denied") + ":api";
          for (const tag in api.tags) api.tags[tag](api.given);
        },
        push: guard(([name, ...args]) => /** @type {any} */ (api)[name](...args)),
      });
  if (api.tags[key]) return;
  api.tags[key] = decide;
  start();
  if (api.given) decide(api.given);
  calls?.map?.(api.push);
};
