/**
 * `collector.submit`: sends a form or an object of fields, and answers what the collector answers.
 *
 * @module
 */

import { awaitClientId } from "./analytics.js";
import { addressOf, controlsOf, describe } from "./fields.js";
import { post } from "./post.js";
import { isSecret } from "./secrets.js";

/** @param {FormData} data @param {HTMLFormElement} form */
const dropSecrets = (data, form) => {
  for (const control of controlsOf(form))
    if (control.name && !control.name.startsWith("_") && isSecret({ ...describe(control), value: control.value }))
      data.delete(control.name);
};

/**
 * @param {any} from
 * @param {FormData} data of the form at the moment of the call
 * @param {string} to the tag's capture
 * @param {string} ours where forms to the collector begin
 * @param {(data: FormData, from: any) => void} dress
 */
export const submit = async (from, data, to, ours, dress) => {
  let url = to;
  if (from instanceof HTMLFormElement) {
    const address = addressOf(from);
    if (address.startsWith(ours)) url = address;
    else dropSecrets(data, from);
  } else
    for (const name in from)
      for (const value of [].concat(from[name])) data.append(name, value ?? "");
  dress(data, from);
  await awaitClientId(data);
  const reply = await post(url, data);
  if (reply.ok) return reply.json();
  throw await reply.json();
};
