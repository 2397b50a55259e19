/**
 * Fills inputs of forms that post to other systems with what the collector answered.
 *
 * @module
 */

import { guard, on } from "../errors.js";
import { addressOf } from "./fields.js";
import { eachRoot, everywhere, places } from "./roots.js";

/** @typedef {import("../../collector.js").Answer} Answer */

const SELECTOR =
  "input[data-collector-fill],[data-collector-fill] input,input[class*=collector-fill-],[class*=collector-fill-] input," +
  "input[name*=utm_],input[name*=cli]";

/** Driftrock's names of what it calls metadata. */
const KEY = /(?:^|[^a-z\d])(utm_(?:source|medium|campaign|term|content|keyword)|gclid|fbclid|ga_client_id)\]?$/;

/**
 * Which value an input is marked for: itself, or by the mark or class of what stands around it (page
 * builders let people set classes, not attributes).
 *
 * @param {HTMLInputElement} input
 */
const markOf = (input) => {
  const marked = input.closest("[data-collector-fill]")?.getAttribute("data-collector-fill");
  const classes = input.closest("[class*=collector-fill-]")?.getAttribute("class");
  return marked || classes?.match(/collector-fill-(\w+)/)?.[1];
};

/** @param {HTMLInputElement} input whose name is like a metadata key */
const keyIn = (input) => (input.getAttribute("name") ?? "").toLowerCase().match(KEY)?.[1] ?? "";

/**
 * What an input shall hold. A page cache may have kept another visitor's value: a marked input holds
 * ours or nothing. One that is only named so may hold what a script of the page knows better; it is
 * emptied where it would mix with a touch of ours.
 *
 * @param {HTMLInputElement} input
 * @param {Record<string, unknown>} values
 * @param {boolean} hasTouch
 * @returns {unknown} nothing: what it holds
 */
const wantedIn = (input, values, hasTouch) => {
  const mark = markOf(input);
  if (mark) return values[mark] ?? "";
  const key = keyIn(input);
  return values[key] ?? (key && key != "ga_client_id" && hasTouch ? "" : undefined);
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
const isFree = (input) =>
  input.type == "hidden" || input.value == "" || (!!markOf(input) && input.value == input.defaultValue);

/** @param {ParentNode} root @param {string} ours where forms to the collector begin */
export const fillInputs = (root, ours) => {
  const answer = window.collector?.get?.();
  if (!answer?.metadata) return;
  const values = valuesOf(answer);
  const hasTouch = Object.keys(answer.metadata).some((key) => key != "ga_client_id");
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll(SELECTOR))) {
    const value = wantedIn(input, values, hasTouch);
    const { form } = input;
    if (typeof value != "string" || value == input.value || !isFree(input)) continue;
    if (!form || !addressOf(form).startsWith(ours)) write(input, value);
  }
};

const LATE_MS = 50;

/**
 * Fills with the first answer, whenever the page changes, and before a form is used.
 *
 * @param {string} ours
 */
export const watchFills = (ours) => {
  const fill = guard(() => places().forEach((place) => fillInputs(place, ours)));
  let due = 0;
  const changes = new MutationObserver(() => {
    due ||= setTimeout(() => {
      due = 0;
      fill();
    }, LATE_MS);
  });
  /** @param {Node} place */
  const observe = (place) => changes.observe(place, { childList: true, subtree: true });
  observe(document);
  on("focusin", fill);
  everywhere("submit", fill);
  eachRoot((root) => {
    observe(root);
    fill();
  });
  window.collector?.ready?.(fill);
};
