/**
 * What only some pages need (banners' signals, copies of forms that post elsewhere, inputs to fill,
 * `collector.submit`, check codes) comes in a file of its own, whose name holds its hash.
 *
 * @module
 */

import { consent, decide, mayKeep } from "./consent.js";
import { report } from "./errors.js";
import { forgetIds } from "./event_id.js";
import { dress } from "./forms.js";
import { read } from "./storage.js";
import { base, find, options } from "./tag.js";

/** @type {Promise<any> | undefined} */
export let loading;

/** @typedef {[control: any, value: string, checked: boolean]} Stood what stood in a form's control */

/** Submits until the file has come, each followed by what stood in its form then; the file ends it. */
export const submits = /** @type {{ push(event: any, stood: Stood[]): unknown }} */ ([]);

export const load = () =>
  (loading ||= import(base + EXTRAS).then(({ start }) =>
    start(options, decide, dress, forgetIds, submits),
  ));

/**
 * Does the page need more? What banners leave on the window says so, a form that is begun or
 * marked, inputs to fill; later than at load a copy that an earlier page could not send, a person
 * who tests.
 *
 * @param {any} [event] or a sign that the page has loaded
 */
export const look = (event) => {
  if (loading) return;
  const asks =
    top != window ||
    /tcf|taL|neT|okieb|UC_|onsent|sano|klaro/.test(/** @type {any} */ (Object.keys(window)));
  if (asks && consent == "unknown:none") decide("unknown:banner");
  if (
    asks ||
    (event &&
      ((mayKeep() && read("_lc_f")) || read("_lc_c") || event.composedPath?.()[0].closest("form"))) ||
    find("[data-collector],[data-collector-fill],[name*=utm_],[name*=cli]")
  )
    load().catch(report);
};

/**
 * A form is read at once.
 *
 * @type {(from: any, data?: FormData) => ReturnType<import("../collector.js").CollectorApi["submit"]>}
 */
export const submit = async (
  from,
  data = new FormData(/** @type {HTMLFormElement} */ (from.nodeType ? from : undefined)),
) => (await load()).submit(from, data);

/** @type {import("../collector.js").CollectorApi["fill"]} */
export const fill = async (root) => (await load()).fill(root);
