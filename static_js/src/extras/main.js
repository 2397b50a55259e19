/**
 * What only some pages need; `t.js` loads it by a name that holds its hash.
 *
 * @module
 */

import { on, report } from "../errors.js";
import { addClientId } from "./analytics.js";
import { takeCheck } from "./check.js";
import { watchCopies } from "./copies.js";
import { fillInputs, watchFills } from "./fill.js";
import { openOutbox } from "./outbox.js";
import { showCheck } from "./overlay.js";
import { watchSignals } from "./signals.js";
import { submit } from "./submit.js";

const base = new URL(".", import.meta.url).href;

/**
 * Begins for one tag.
 *
 * @param {Record<string, string | undefined>} options of the tag
 * @param {(consent: string, cookie?: RegExp) => void} decide
 * @param {(data: any, form: object) => void} dress gives a form's data what the collector needs
 * @param {() => void} forgetIds
 */
export const start = (options, decide, dress, forgetIds) => {
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

  try {
    takeCheck();
  } catch (error) {
    report(error);
  }
  showCheck(base, options, dressFully);
  if (consent != "none") watchSignals(consent, decide);
  on("formdata", ({ formData }) => {
    if (formData.has("_event_id")) addClientId(formData);
  });

  const outbox = openOutbox(mayKeep);
  outbox.resume();
  const forget =
    forms == "off"
      ? () => {}
      : watchCopies({
          base, source: source ?? "", mode: forms, dress: dressFully, send: outbox.send, forgetIds,
        });
  if (fill != "off") watchFills(() => fillInputs(document, ours));

  return {
    /** @param {ParentNode} [root] */
    fill: (root = document) => fillInputs(root, ours),
    /** @param {any} from @param {FormData} data */
    submit: (from, data) => {
      forget(from);
      return submit(from, data, ours + source, ours, dress);
    },
  };
};
