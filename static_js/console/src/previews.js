/** Forms sent by GET whose result is shown while they are filled in: `data-preview` names the part. */

import { offerCopies } from "./copies.js";
import { readPage } from "./live.js";

const CALM_MS = 250;

/** The address that the form would lead to. @param {HTMLFormElement} form */
const addressOf = (form) => {
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(/** @type {[string, string][]} */ (pairs));
  return `${form.getAttribute("action")}?${query}`;
};

/** @param {Document} page */
export const followForms = (page) => {
  const form = page.querySelector("form[data-preview]");
  if (!(form instanceof HTMLFormElement)) return;
  const part = page.getElementById(form.dataset.preview || "");
  if (!part) return;
  let waiting = 0;
  let asked = "";

  const refresh = async () => {
    const address = (asked = addressOf(form));
    const fresh = (await readPage(address))?.getElementById(part.id);
    if (!fresh || address !== asked) return;
    part.replaceChildren(...page.importNode(fresh, true).childNodes);
    offerCopies(part);
    history.replaceState(null, "", address);
  };

  form.addEventListener("input", (event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => void refresh(), CALM_MS);
  });
};
