/**
 * The overlay of a live check: tells the collector what only the browser knows, and shows on the
 * page how far the check has come. It changes nothing of the page.
 *
 * @module
 */

import { guard, report } from "../errors.js";
import { watchPage } from "./findings.js";
import { makePanel } from "./panel.js";
import { blockedIn, endedIn } from "./texts.js";

const EVERY_MS = 1500;

/** @type {Promise<Response> | undefined} one question at a time */
let asking;

/**
 * @param {string} base
 * @param {Record<string, string | undefined>} options of the tag
 * @param {(data: any, form: object) => void} dress
 */
export const begin = (base, options, dress) => {
  const look = watchPage(base, options, dress);
  const panel = makePanel();
  let told = "";
  let failures = 0;

  const ask = guard(async () => {
    const code = sessionStorage.getItem("_lc_c");
    if (!code) return stop(endedIn(navigator.language));
    if (asking || document.hidden) return;
    const found = look();
    const text = JSON.stringify(found);
    const body = { code, lang: navigator.language, found: text == told ? null : found };
    try {
      asking = fetch(base + "f/check", { method: "POST", body: JSON.stringify(body), credentials: "omit" });
      const reply = await asking;
      const answer = await reply.json();
      if (answer.code == "refused") {
        sessionStorage.removeItem("_lc_c"); // what comes later in this tab is real
        return stop(endedIn(navigator.language));
      }
      if (!reply.ok) return report(answer);
      told = text;
      failures = 0;
      panel.show(answer);
    } catch (error) {
      report(error);
      // a page that is left gives up its requests, too
      if (++failures > 1) panel.show(blockedIn(navigator.language, base));
    } finally {
      asking = undefined;
    }
  });

  const timer = setInterval(ask, EVERY_MS);

  /** @param {import("./panel.js").Shown} last */
  const stop = (last) => {
    clearInterval(timer);
    panel.show(last);
  };

  ask();
};
