/**
 * What only the browser knows of a page: its forms, its banner, Google Analytics' cookie, and what
 * its policy forbade.
 *
 * @module
 */

import { on } from "../errors.js";
import { BANNERS } from "../extras/banners.js";
import { readConsentMode } from "../extras/consent_mode.js";
import { attribute, controlsOf, isLeadForm } from "../extras/fields.js";
import { framed } from "../frame.js";

const SETTLED_MS = 6000;
const UNANSWERED_MS = 5000;
const WANTED = "input[name*=utm_],input[name*=gclid],input[data-collector-fill],[data-collector-fill] input";
const ROUTES = 'a[href^="#/"],a[href^="#!/"]';
const SILENT = /^(submit|button|reset|image|fieldset|output|object)$/;

/** @param {string} selector @returns {any[]} */
const all = (selector) => [...Document.prototype.querySelectorAll.call(document, selector)];

/** @param {Element} form */
const titleOf = (form) =>
  (
    attribute(form, "aria-label") ||
    form.querySelector("legend,h1,h2,h3")?.textContent ||
    form.closest("section,article,main")?.querySelector("h1,h2,h3")?.textContent ||
    ""
  )
    .trim()
    .slice(0, 80);

/** @param {HTMLFormElement} form @param {string} ours where the collector's forms begin */
const describeForm = (form, ours) => {
  const { origin, pathname, href } = new URL(attribute(form, "action") ?? "", document.baseURI);
  const isOurs = href.startsWith(ours);
  return {
    to: /^http/.test(href) ? origin + pathname : href.slice(0, 40),
    ours: isOurs,
    source_id: isOurs ? href.slice(ours.length).split(/[/?#]/)[0] : "",
    method: (attribute(form, "method") ?? "get").toLowerCase(),
    marked: (attribute(form, "data-collector") ?? "off") != "off",
    lead: isLeadForm(form),
    nameless: isOurs ? controlsOf(form).filter(({ name, type }) => !name && !SILENT.test(type)).length : 0,
    title: titleOf(form),
  };
};

const bannersHere = () => {
  const names = ["__tcfapi", ...BANNERS.map(({ name }) => name)];
  const found = names.filter((name) => window[/** @type {any} */ (name)]);
  return readConsentMode() ? [...found, "Consent Mode"] : found;
};

const mayStore = () => {
  try {
    localStorage.setItem("_lc_try", "1");
    localStorage.removeItem("_lc_try");
    return true;
  } catch {
    return false;
  }
};

const framesHere = () =>
  all("iframe[src]")
    .map(({ src }) => new URL(src, document.baseURI))
    .filter(({ protocol, host }) => /^http/.test(protocol) && host != location.host)
    .map(({ host }) => host);

/** @param {any[]} kept */
const watchViolations = (kept) => {
  const keep = (/** @type {string} */ directive, /** @type {string} */ blocked) => {
    if (kept.length < 12) kept.push({ directive, blocked });
  };
  on("securitypolicyviolation", ({ effectiveDirective, blockedURI, disposition }) => {
    if (disposition == "enforce") keep(effectiveDirective, blockedURI);
  });
};

/**
 * Begins to watch; answers what to call for all that is known now.
 *
 * @param {string} base
 * @param {Record<string, string | undefined>} options of the tag
 * @param {(data: any, form: object) => void} dress
 */
export const watchPage = (base, { source = "", consent = "auto", forms = "marked", fill = "on" }, dress) => {
  const ours = base + "f/";
  /** @type {any[]} */
  const violations = [];
  let begun = true;
  let gaAt = 0;
  let hasGa = false;
  let submittedAt = 0;
  watchViolations(violations);
  on("submit", ({ target }) => {
    if (isLeadForm(target)) submittedAt = performance.now();
  });
  on("input", () => (submittedAt = 0));

  const lookForGa = () => {
    if (!hasGa && /(^|; )_ga=/.test(document.cookie)) {
      hasGa = true;
      gaAt = begun ? 0 : Math.round(performance.now());
    }
    begun = false;
  };
  setInterval(lookForGa, 250);

  return () => {
    lookForGa();
    const data = new FormData();
    dress(data, {});
    const invalid = all("[aria-invalid=true],:user-invalid,input:invalid").length > 0;
    const waits = submittedAt && performance.now() - submittedAt > UNANSWERED_MS;
    const described = all("form").map((form) => describeForm(form, ours));
    return {
      url: location.href,
      base,
      source_id: source,
      consent: "" + data.get("_consent"),
      mode: consent,
      banners: bannersHere(),
      ga: hasGa,
      ga_at: gaAt,
      ga_tag: !!(window.gtag || window.google_tag_manager),
      age: performance.now() < SETTLED_MS ? 0 : SETTLED_MS,
      storage: mayStore(),
      framed,
      forms: described.filter((form) => form.lead || form.ours || form.marked),
      form_mode: forms,
      fill: all(WANTED)
        .filter(({ form }) => !form || !new URL(attribute(form, "action") ?? "", document.baseURI).href.startsWith(ours))
        .map((input) => attribute(input, "data-collector-fill") || input.name),
      fill_mode: fill,
      frames: framesHere(),
      violations,
      worker: /** @type {any} */ (performance.getEntriesByType("navigation")[0])?.workerStart > 0,
      hash_routes: /^#!?\//.test(location.hash) || all(ROUTES).length > 0,
      submitted: !!waits && !invalid,
    };
  };
};
