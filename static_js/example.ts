/** What a typed page writes; compiled by `npm run check`, never run. */

import type { Answer, Stored, Stub } from "./collector.js";

(window.collector ||= [] as Stub).push(["ready", (answer: Answer) => void answer.metadata?.gclid]);
window.collector?.push(["consent", "granted"]);

export const send = async (form: HTMLFormElement): Promise<Stored | undefined> => {
  await window.collector?.fill?.(form);
  const landing: string | undefined = window.collector?.get?.()?.attribution?.first.landing_page;
  await window.collector?.submit?.({ email: "ada@example.com", topics: ["a", "b"], landing });
  return window.collector?.submit?.(form);
};
