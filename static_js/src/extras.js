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
let loading;

export const load = () =>
  (loading ||= import(base + EXTRAS).then(({ start }) =>
    start(options, decide, dress, forgetIds),
  ));

/**
 * Does the page need more? What banners leave on the window says so, a form that is begun or
 * marked, inputs to fill, a copy that an earlier page could not send, a person who tests.
 *
 * @param {any} [event]
 */
export const look = (event) => {
  if (loading) return;
  const asks = /tcf|taL|neT|okieb|UC_|onsent|sano|klaro/.test(/** @type {any} */ (Object.keys(window)));
  if (asks && consent == "unknown:none") decide("unknown:banner");
  if (
    asks ||
    (mayKeep() && read("_lc_f")) ||
    event?.target.form ||
    read("_lc_c") ||
    find("[data-collector],[data-collector-fill],[name*=utm_],[name*=cli]")
  )
    load().catch(report);
};

/** @type {import("../collector.js").CollectorApi["submit"]} a form is read at once */
export const submit = async (from) => {
  const data = new FormData(/** @type {HTMLFormElement} */ (from.nodeType ? from : undefined));
  return (await load()).submit(from, data);
};

/** @type {import("../collector.js").CollectorApi["fill"]} */
export const fill = async (root) => (await load()).fill(root);
