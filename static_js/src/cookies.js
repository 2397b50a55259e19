/**
 * The cookies of Google Analytics and Meta, read when they are needed: they come late.
 *
 * @module
 */

import { adCookie, mayKeep } from "./consent.js";
import { guard } from "./errors.js";

/** @returns {Record<string, string> | undefined} values as written */
export const adCookies = guard(() =>
  Object.fromEntries(
    ((mayKeep() && document.cookie.match(adCookie)) || []).map((pair) => pair.split(/=(.*)/)),
  ),
);
