/**
 * The few words for when the collector cannot be asked for them.
 *
 * @module
 */

/** @typedef {import("./panel.js").Shown} Shown */

const TEXTS = {
  en: {
    lang: "en",
    title: "Live check",
    blocked: "The page does not reach the collector",
    why: "Why.",
    cure: "Cure.",
    because: "Its Content-Security-Policy forbids it, a blocker stops it, or there is no connection.",
    then: "Look into the browser's console. In the policy, allow:",
    ended: "This check has ended. Begin a new one in the console.",
  },
  de: {
    lang: "de",
    title: "Live-Prüfung",
    blocked: "Die Seite erreicht den Collector nicht",
    why: "Warum?",
    cure: "Abhilfe:",
    because: "Ihre Content-Security-Policy verbietet es, ein Blocker hält es auf, oder es gibt keine Verbindung.",
    then: "Sehen Sie in der Konsole des Browsers nach. Erlauben Sie in der Richtlinie:",
    ended: "Diese Prüfung ist beendet. Beginnen Sie in der Konsole eine neue.",
  },
};

/** @param {string} language */
const textsIn = (language) => (/^de\b/i.test(language) ? TEXTS.de : TEXTS.en);

/** @param {string} language @param {string} base @returns {Shown} */
export const blockedIn = (language, base) => {
  const { lang, title, blocked, why, cure, because, then } = textsIn(language);
  const found = [{ title: blocked, why: because, cure: then, paste: `connect-src ${new URL(base).origin}` }];
  return { lang, title, summary: blocked, why, cure, items: [{ verdict: "problem", title: blocked, said: "", found }] };
};

/** @param {string} language @returns {Shown} */
export const endedIn = (language) => {
  const { lang, title, ended } = textsIn(language);
  return { lang, title, summary: ended, why: "", cure: "", items: [] };
};
