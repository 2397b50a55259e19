/**
 * Page views on their way to the collector: one request at a time, none before consent allows it.
 *
 * @module
 */

import { consent, isDenied, mayKeep } from "./consent.js";
import { adCookies } from "./cookies.js";
import { guard, report } from "./errors.js";
import { loading } from "./extras.js";
import { framed } from "./frame.js";
import { forget, remember, token } from "./memory.js";
import { read, write } from "./storage.js";
import { base, source } from "./tag.js";
import { view } from "./views.js";

/** @typedef {import("./views.js").View} View */

/** @type {View[]} not answered yet, oldest first */
let waiting = [];

/** @type {View[]} what may be sent: the waiting views, the report of a refusal, or nothing */
let due = [];

/** @type {Promise<unknown> | undefined} the one under way */
let line;

/**
 * The last page of this tab may have left views behind. The first touch of the storage costs a third
 * of all that the script does on a page, and the collector puts views in order by their age: it waits
 * for an answer, a form or the end of the page.
 */
const takeLeft = guard(() => {
  const left = mayKeep() && read("_lc_t");
  if (!left) return;
  write("_lc_t");
  waiting.unshift(...JSON.parse(left));
});

/** What brought the visitor to the present page: the landing, while it is not answered. */
export const landing = () => {
  takeLeft();
  return waiting.find((one) => one != view)?.url ?? view.referrer;
};

/** @param {View} view a person who tests has the file with the rest come, at once or within a second */
const render = ({ url, referrer, at }) => {
  const [state, by] = consent.split(":");
  return JSON.stringify({
    source_id: source,
    url,
    referrer,
    token: token(),
    cookies: adCookies(),
    consent: { state, by },
    check: loading && read("_lc_c"),
    age_s: Math.min(Math.abs(Date.now() - /** @type {number} */ (at)) / 1e3 || 0, 1800),
    framed,
  });
};

/** A view that the collector could not take stays, for the next occasion. */
const sendDue = async () => {
  await line;
  while (due[0]) {
    const queue = due;
    const [sent] = queue;
    const body = render(sent);
    const reply = await fetch(base + "t", {
      method: "POST",
      body,
      credentials: "include",
      // all keepalive bodies together may hold 64 KiB
      keepalive: !body[2e4],
    });
    if (reply.status > 499) throw reply;
    queue.splice(queue.indexOf(sent), 1);
    const answer = await reply.json();
    if (!reply.ok) report(answer);
    remember(answer);
    takeLeft();
  }
};

const send = () => {
  line = sendDue().catch(report);
};

/** The present view is new. Of too many, the landing and the latest stay. */
export const addView = () => {
  if (waiting.push(view) > 9) waiting.splice(1, 1);
  send();
};

/** Acts on a decision. A refusal is reported without a word about the page. */
export const obey = () => {
  due = mayKeep() ? waiting : [];
  if (isDenied()) {
    forget();
    due = [{ url: location.origin }];
  }
  send();
};

/** The next page of this tab sends what this one leaves behind. */
export const leave = () => {
  if (due != waiting) return;
  takeLeft();
  write("_lc_t", due[0] && JSON.stringify(due));
  waiting = due = [];
};
