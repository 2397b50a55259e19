/**
 * Takes the check code of a person who tests out of the page's address, so that it is in nothing
 * that is sent, and keeps it in the tab. The address is edited as text: click ids stay byte for byte
 * what they were.
 *
 * @module
 */

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

export const takeCheck = () => {
  const { code, rest } = splitCheck(location.href);
  if (!code) return;
  history.replaceState(history.state, "", rest);
  sessionStorage.setItem("_lc_c", code);
  setTimeout(() => sessionStorage.removeItem("_lc_c"), LIFETIME_MS);
};
