/**
 * Takes the check code of a person who tests out of the page's address, so that it is in nothing
 * that is sent, and keeps it in the tab. The address is edited as text: click ids stay byte for byte
 * what they were.
 *
 * @module
 */

import { report } from "../errors.js";
import { framed } from "../frame.js";
import { post } from "./post.js";

/** The collector takes no older one. */
const LIFETIME_MS = 18e5;

/** @param {string} url */
export const splitCheck = (url) => {
  /** @type {string | undefined} */
  let code;
  const rest = url.replace(/([?&])_check=([^&#]*)(&?)/, (_match, before, found, after) => {
    code = found;
    return after && before;
  });
  return { code, rest };
};

/** @returns {boolean} did the address have one? */
export const takeCheck = () => {
  const { code, rest } = splitCheck(location.href);
  if (!code) return false;
  history.replaceState(history.state, "", rest);
  sessionStorage.setItem("_lc_c", code);
  setTimeout(() => sessionStorage.removeItem("_lc_c"), LIFETIME_MS);
  return true;
};

/**
 * On a later page the view has gone before anything looked into the storage: with a code in the tab it
 * goes once more, with the code. To the collector it is the same view again.
 *
 * @param {string} base the collector's address
 * @param {string | undefined} source
 * @param {(data: any, form: object) => void} dress
 */
export const repeatView = (base, source, dress) => {
  const check = sessionStorage.getItem("_lc_c");
  const data = new FormData();
  dress(data, {});
  const { _consent, _page, _referrer, _token, _event_id, _check, ...cookies } = Object.fromEntries(data);
  if (!check || !/^g|n:n/.test("" + _consent)) return;
  const [state, by] = ("" + _consent).split(":");
  post(
    base + "t",
    JSON.stringify({
      source_id: source, url: _page, referrer: _referrer, token: _token, cookies, consent: { state, by }, check, framed,
    }),
  ).catch(report);
};
