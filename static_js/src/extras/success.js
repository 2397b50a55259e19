/**
 * Signs that a form which its page sends by itself has been taken, or has not.
 *
 * @module
 */

import { on } from "../errors.js";
import { controlsOf } from "./fields.js";
import { everywhere } from "./roots.js";

const TYPED = ["text", "email", "tel", "textarea", "url", "search", "number"];

/** @param {HTMLFormElement} form */
const isShown = (form) => form.isConnected && Element.prototype.getClientRects.call(form).length > 0;

/** @param {HTMLFormElement} form @returns {string} what a person typed */
const typedIn = (form) =>
  controlsOf(form)
    .filter(({ type }) => TYPED.includes(type))
    .map(({ value }) => value)
    .join("");

/**
 * Remembers how a form was when it was submitted.
 *
 * @param {HTMLFormElement} form
 * @returns {() => boolean} is it gone, hidden or emptied since?
 */
export const watchForm = (form) => {
  const [shown, typed] = [isShown(form), typedIn(form)];
  return () => !form.isConnected || (shown && !isShown(form)) || (typed != "" && typedIn(form) == "");
};

/** @param {HTMLFormElement} form does it show the visitor what is wrong? */
export const isRefused = (form) =>
  controlsOf(form).some((control) => control.getAttribute("aria-invalid") == "true");

/**
 * Contact Form 7: https://contactform7.com/dom-events/, HubSpot:
 * https://developers.hubspot.com/docs/api-reference/legacy/forms-v4/events
 */
const DONE = "reset wpcf7mailsent wpcf7mailfailed hs-form-event:on-submission:success";
const REFUSED = "wpcf7invalid wpcf7unaccepted wpcf7spam";

/** Told through jQuery alone: Elementor, Gravity Forms, WPForms, Fluent Forms, Forminator. */
const BY_JQUERY =
  "submit_success gform_confirmation_loaded wpformsAjaxSubmitSuccess fluentform_submission_success forminator:form:submit:success";

/**
 * Listens to form systems. They name the form, something around or in it, or nothing of use: then
 * every form that waits is meant.
 *
 * @param {(about: any) => void} taken
 * @param {(about: any) => void} refused
 */
export const watchSystems = (taken, refused) => {
  everywhere(DONE, ({ target }) => taken(target));
  everywhere(REFUSED, ({ target }) => refused(target));
  on("message", ({ data }) => {
    if (data?.type == "hsFormCallback" && /^onFormSubmi/.test(data.eventName)) taken(document);
  });
};

let heard = false;

/** jQuery may come late: it is looked for at each submit. @param {(about: any) => void} taken */
export const watchJQuery = (taken) => {
  const { jQuery } = window;
  if (heard || !jQuery?.fn?.on) return;
  heard = true;
  jQuery(document).on(BY_JQUERY, (/** @type {any} */ event) => taken(event.target));
};
