/**
 * What only some pages need; `t.js` loads it by a name that holds its hash.
 *
 * @module
 */

import { guard } from "../errors.js";
import { addClientId } from "./analytics.js";
import { repeatView, takeCheck } from "./check.js";
import { watchCopies } from "./copies.js";
import { addressOf } from "./fields.js";
import { fillInputs, watchFills } from "./fill.js";
import { openOutbox } from "./outbox.js";
import { showCheck } from "./overlay.js";
import { everywhere, inRoots, places, watchRoots } from "./roots.js";
import { watchSignals } from "./signals.js";
import { submit } from "./submit.js";

const base = new URL(".", import.meta.url).href;

/** @type {import("./copies.js").Copies} */
const NO_COPIES = { hear: () => {}, forget: () => {} };

/**
 * What `t.js` does for the page's own forms to the collector.
 *
 * @param {string} ours where they begin
 * @param {(data: FormData, form: object) => void} dress
 */
const dressInRoots = (ours, dress) => {
  /** @type {HTMLElement | null} the button of the submit that is under way */
  let submitter = null;
  inRoots("submit", (event) => {
    submitter = event.submitter;
    setTimeout(() => (submitter = null));
  });
  inRoots("formdata", ({ target, formData }) => {
    if (addressOf(target, submitter).startsWith(ours)) dress(formData, target);
  });
};

/**
 * Begins for one tag.
 *
 * @param {Record<string, string | undefined>} options of the tag
 * @param {(consent: string, cookie?: RegExp) => void} decide
 * @param {(data: any, form: object) => void} dress gives a form's data what the collector needs
 * @param {() => void} forgetIds
 * @param {any[]} submits that have been, each followed by what stood in its form
 */
export const start = (options, decide, dress, forgetIds, submits) => {
  const { source, consent = "auto", forms = "marked", fill = "on" } = options;
  const ours = base + "f/";

  const dressFully = (/** @type {any} */ data, /** @type {object} */ form) => {
    dress(data, form);
    addClientId(data);
  };
  const mayKeep = () => {
    const data = new FormData();
    dress(data, {});
    return /^g|n:n/.test("" + data.get("_consent"));
  };

  guard(() => takeCheck() || repeatView(base, source, dressFully))();
  showCheck(base, options, dressFully);
  if (consent != "none") watchSignals(consent, decide);
  dressInRoots(ours, dress);
  everywhere("formdata", ({ formData }) => {
    if (formData.has("_event_id")) addClientId(formData);
  });
  everywhere("reset", forgetIds);

  const outbox = openOutbox(mayKeep);
  outbox.resume();
  const copies =
    forms == "off"
      ? NO_COPIES
      : watchCopies({
          base, source: source ?? "", mode: forms, dress: dressFully, send: outbox.send, forgetIds,
        });
  while (submits[0]) guard(copies.hear)(submits.shift(), submits.shift());
  submits.push = () => 0;
  everywhere("submit", copies.hear);
  if (fill != "off") watchFills(ours);
  watchRoots();

  return {
    /** @param {ParentNode} [root] */
    fill: (root) => (root ? [root] : places()).forEach((place) => fillInputs(place, ours)),
    /** @param {any} from @param {FormData} data */
    submit: (from, data) => {
      copies.forget(from);
      return submit(from, data, ours + source, ours, dress);
    },
  };
};
