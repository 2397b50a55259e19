/**
 * Fills inputs of forms that post to other systems with what the collector answered.
 *
 * @module
 */

import { on } from "../errors.js";
import { attribute } from "./fields.js";

/** @typedef {import("../../collector.js").Answer} Answer */

const SELECTOR =
  "input[data-collector-fill],[data-collector-fill] input,[class*=collector-fill-],[class*=collector-fill-] input," +
  "input[name*=utm_],input[name*=cli]";

/** Driftrock's names of what it calls metadata. */
const KEY = /(?:^|[^a-z\d])(utm_(?:source|medium|campaign|term|content|keyword)|gclid|fbclid|ga_client_id)\]?$/;

/**
 * Which value an input asks for: by its mark, by the mark or class of what stands around it (page
 * builders let people set classes, not attributes), or by a name like a metadata key.
 *
 * @param {HTMLInputElement} input
 */
const keyOf = (input) => {
  const marked = input.closest("[data-collector-fill]")?.getAttribute("data-collector-fill");
  const classes = input.closest("[class*=collector-fill-]")?.getAttribute("class");
  return (
    marked ||
    classes?.match(/collector-fill-(\w+)/)?.[1] ||
    (input.getAttribute("name") ?? "").toLowerCase().match(KEY)?.[1]
  );
};

/**
 * Values never come from two touches: beside the metadata stand only parameters of the touch that
 * the metadata is of.
 *
 * @param {Answer} answer
 * @returns {Record<string, unknown>}
 */
export const valuesOf = ({ metadata = {}, attribution }) => {
  const { first, last, ...ids } = attribution ?? {};
  const won = [last, first].find((touch) =>
    Object.entries(metadata).every(([key, value]) => key == "ga_client_id" || touch?.parameters[key] == value),
  );
  return { ...ids, ...won?.parameters, ...metadata };
};

const setValue = /** @type {(value: string) => void} */ (
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set
);

/**
 * By the prototype's setter and with events: frameworks keep their own idea of an input's value.
 *
 * @param {HTMLInputElement} input
 * @param {string} value
 */
const write = (input, value) => {
  setValue.call(input, value);
  for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
};

/** @param {HTMLInputElement} input a person's own words stay */
const isFree = ({ type, value }) => type == "hidden" || value == "";

/** @param {ParentNode} root @param {string} ours where forms to the collector begin */
export const fillInputs = (root, ours) => {
  const answer = window.collector?.get?.();
  if (!answer?.metadata) return;
  const values = valuesOf(answer);
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll(SELECTOR))) {
    const value = values[keyOf(input) ?? ""];
    const { form } = input;
    if (typeof value != "string" || value == input.value || !isFree(input)) continue;
    if (!form || !new URL(attribute(form, "action") ?? "", document.baseURI).href.startsWith(ours))
      write(input, value);
  }
};

const LATE_MS = 50;

/** @param {() => void} fill with the first answer, whenever the page changes, before a form is used */
export const watchFills = (fill) => {
  on("focusin submit", fill);
  let due = 0;
  new MutationObserver(() => {
    due ||= setTimeout(() => {
      due = 0;
      fill();
    }, LATE_MS);
  }).observe(document, { childList: true, subtree: true });
  window.collector?.ready?.(fill);
};
