/**
 * What a form says, as a copy may say it: without secrets, files and the plumbing of its system.
 *
 * @module
 */

import { isSecret } from "./secrets.js";

const SILENT = ["submit", "button", "image", "reset", "output"];

/** The collector's own names, which must not steer it from a form of somebody else. */
const RESERVED = /^_(token|page|referrer|ga|fb|event|person|created|next|gotcha|lang|check|consent)/;

/** A form's inputs, also those outside of it; one of them may be named `elements`. */
const elementsOf = /** @type {() => HTMLFormControlsCollection} */ (
  Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, "elements")?.get
);

/** @param {HTMLFormElement} form @returns {any[]} */
export const controlsOf = (form) => [...elementsOf.call(form)];

/**
 * An attribute; inputs named `getAttribute` or `action` shadow a form's own members.
 *
 * @param {Element} element
 * @param {string} name
 * @returns {string | null}
 */
export const attribute = (element, name) => Element.prototype.getAttribute.call(element, name);

/**
 * Where a form posts to.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter] its button may say otherwise
 */
export const addressOf = (form, submitter) =>
  new URL(
    submitter?.getAttribute("formaction") ?? attribute(form, "action") ?? "",
    document.baseURI,
  ).href;

/** Many pages forget `for`: a label right before a control is meant for it. @param {Element} control */
const labelBefore = ({ previousElementSibling: before }) =>
  before?.matches("label:not([for])") ? before.textContent : "";

/** @param {any} control */
const labelOf = (control) => {
  const label =
    control.labels?.[0]?.textContent ||
    control.getAttribute("aria-label") ||
    control.getRootNode().getElementById?.(control.getAttribute("aria-labelledby"))?.textContent ||
    labelBefore(control) ||
    control.getAttribute("placeholder") ||
    "";
  return label.replace(/[\s*:]+/g, " ").trim().slice(0, 80);
};

/** An input that its own style hides is as good as one of type hidden. @param {any} control */
export const describe = (control) => ({
  type: control.style.display == "none" ? "hidden" : control.type,
  autocomplete: control.getAttribute("autocomplete") ?? "",
  name: control.name,
  id: control.id,
  label: labelOf(control),
});

/** @param {Stood} stood @returns {string[]} */
const valuesOf = ([{ type, files, selectedOptions }, value, checked]) => {
  if (type == "checkbox" || type == "radio") return checked ? [value] : [];
  if (type == "file") return [...files].map((file) => file.name);
  return type == "select-multiple" ? [...selectedOptions].map((option) => option.value) : [value];
};

/** @typedef {import("../extras.js").Stood} Stood */

/** @param {HTMLFormElement} form @returns {Stood[]} */
const standing = (form) => controlsOf(form).map((control) => [control, control.value, control.checked]);

/**
 * Reads what would be sent. A control without a name counts by its id, then its label.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter] the button that was pressed says something, too
 * @param {Stood[]} [stood] when it was submitted, where that was earlier
 */
export const readForm = (form, submitter, stood = standing(form)) => {
  const data = new URLSearchParams();
  for (const one of stood) {
    const [control] = one;
    const silent = SILENT.includes(control.type);
    if (control.matches(":disabled") || (silent && control != submitter)) continue;
    const field = describe(control);
    const name = field.name || (silent ? "" : field.id || field.label);
    if (!name || RESERVED.test(name) || isSecret(field)) continue;
    for (const value of valuesOf(one))
      if (value !== undefined && !isSecret({ ...field, value })) data.append(name, value);
  }
  return data;
};

const CONTACT = /(^|[^a-z])(e ?-?_?mail|phone|tel|telefon|telephone|mobile|handy|telefono|telefoon)/i;

/**
 * Is it a form that a lead would send: one that asks for an e-mail address or a phone number, and
 * for more than what signs a person in?
 *
 * @param {HTMLFormElement} form
 */
export const isLeadForm = (form) => {
  const fields = controlsOf(form)
    .filter(({ type }) => !["hidden", "fieldset", "checkbox", ...SILENT].includes(type))
    .map(describe);
  const signsIn = fields.length < 3 && fields.some(({ type }) => type == "password");
  return (
    !signsIn &&
    fields.some(
      (field) =>
        !isSecret(field) &&
        (/^(email|tel)$/.test(field.type) ||
          /\b(email|tel)/.test(field.autocomplete) ||
          [field.name, field.id, field.label].some((text) =>
            CONTACT.test(text.replace(/([a-z])([A-Z])/g, "$1 $2")),
          )),
    )
  );
};
