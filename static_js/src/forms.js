/**
 * Forms that post to the collector are given what it needs in their `formdata` event. Nothing is
 * written into the page, where a page cache would hand it to the next visitor.
 *
 * @module
 */

import { currentCheck } from "./check.js";
import { consent, isDenied } from "./consent.js";
import { adCookies } from "./cookies.js";
import { on } from "./errors.js";
import { contactIn, eventId, forgetIds } from "./event_id.js";
import { token } from "./memory.js";
import { post } from "./post.js";
import { base, source } from "./tag.js";
import { view } from "./views.js";

/** @type {HTMLElement | null} the button of the submit that is under way */
let submitter;

/**
 * The collector's address that a form posts to, if it does. Attributes are read, because an input
 * named `action` shadows the property.
 *
 * @param {HTMLFormElement} form
 */
const targetOf = (form) => {
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  const { href } = new URL(action, document.baseURI);
  if (href.startsWith(base + "f/")) return href;
};

/**
 * @param {FormData} data
 * @param {object} form
 */
const dress = (data, form) => {
  /** @type {Record<string, any>} */
  const entries = {
    _event_id: data.get("_event_id") || eventId(form, view.at + " " + contactIn(data, form)),
    _consent: consent,
    ...(isDenied() || {
      _page: view.url,
      _referrer: view.referrer,
      _check: currentCheck(),
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
  });
  on("reset", forgetIds);
  on("formdata", ({ target, formData }) => {
    if (targetOf(target)) dress(formData, target);
  });
};

/** @type {import("../collector.js").CollectorApi["submit"]} */
export const submit = async (from) => {
  const form = from instanceof HTMLFormElement ? from : undefined;
  const data = new FormData(form);
  if (!form)
    for (const name in from)
      [].concat(/** @type {any} */ (from)[name]).map((value) => data.append(name, value ?? ""));
  dress(data, from);
  const reply = await post((form && targetOf(form)) || base + "f/" + source, data);
  if (reply.ok) return reply.json();
  throw await reply.json();
};
