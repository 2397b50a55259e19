/**
 * Forms that post to the collector are given what it needs in their `formdata` event. Nothing is
 * written into the page, where a page cache would hand it to the next visitor.
 *
 * @module
 */

import { consent, isDenied } from "./consent.js";
import { adCookies } from "./cookies.js";
import { on } from "./errors.js";
import { contactIn, eventId } from "./event_id.js";
import { submits } from "./extras.js";
import { token } from "./memory.js";
import { landing } from "./reports.js";
import { read } from "./storage.js";
import { base } from "./tag.js";
import { view } from "./views.js";

/** @type {HTMLElement | null | undefined} the button of the submit that is under way */
let submitter;

/**
 * @param {FormData} data
 * @param {object} form
 */
export const dress = (data, form) => {
  /** @type {Record<string, any>} */
  const entries = {
    _event_id: data.get("_event_id") || eventId(form, /** @type {any} */ (view.at) + contactIn(data, form)),
    _consent: consent,
    ...(isDenied() || {
      _page: view.url,
      _referrer: landing(),
      _check: read("_lc_c"),
      _token: token(),
      ...adCookies(),
    }),
  };
  for (const name in entries) if (entries[name]) data.set(name, entries[name]);
};

export const watchForms = () => {
  on("submit", (event) => {
    submitter = event.submitter;
    setTimeout(() => (submitter = null));
    // a form may be emptied or gone before it is copied
    submits.push(event, [...event.target.elements].map((one) => [one, one.value, one.checked]));
  });
  on("formdata", ({ target, formData }) => {
    // attributes are read, because an input named `action` shadows the property
    const action = submitter?.getAttribute("formaction") ?? target.getAttribute("action");
    if (new URL(action, document.baseURI).href.startsWith(base + "f/")) dress(formData, target);
  });
};
