/**
 * The overlay's panel: in a shadow root, so that no style of the page reaches it, made of elements
 * and texts alone, so that it works under Trusted Types and the strictest policy.
 *
 * @module
 */

import { STYLE } from "./style.js";

/** @typedef {{ title: string, why: string, cure: string, paste: string }} Found */

/** @typedef {{ verdict: string, title: string, said: string, hint?: string, found: Found[] }} Item */

/** @typedef {{ lang: string, title: string, summary: string, why: string, cure: string, items: Item[] }} Shown */

const SIGNS = /** @type {Record<string, string>} */ ({ done: "✓", note: "!", problem: "✕" });
const NARROW = "(width < 40rem)";

/**
 * @param {string} tag
 * @param {string} [text]
 * @param {string} [style] a class of the panel's own
 * @param {Node[]} [children]
 */
const make = (tag, text = "", style = "", children = []) => {
  const element = document.createElement(tag);
  element.textContent = text;
  if (style) element.className = style;
  element.append(...children);
  return element;
};

/** @param {Found} found @param {Shown} shown */
const explain = ({ title, why, cure, paste }, shown) => {
  const parts = [make("p", "", "", [make("b", title)])];
  for (const [word, text] of [[shown.why, why], [shown.cure, cure]])
    if (text) parts.push(make("p", "", "", [make("b", word), document.createTextNode(` ${text}`)]));
  if (paste) {
    const text = make("pre", paste);
    text.tabIndex = 0;
    parts.push(text);
  }
  return make("div", "", "found", parts);
};

/** @param {Item} item @param {Shown} shown */
const row = (item, shown) => {
  const sign = make("span", SIGNS[item.verdict] ?? "", "sign");
  sign.ariaHidden = "true";
  const name = make("b", item.title, "", [make("span", item.said && `: ${item.said}`, "vh")]);
  const hint = item.verdict == "wait" && item.hint ? [make("p", item.hint, "mute")] : [];
  const found = item.found.map((one) => explain(one, shown));
  return make("li", "", item.verdict, [sign, make("div", "", "", [name, ...hint, ...found])]);
};

const makeRoot = () => {
  const host = document.createElement("lead-collector-check");
  host.style.setProperty("all", "initial", "important");
  const root = host.attachShadow({ mode: "open" });
  if ("adoptedStyleSheets" in root) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  }
  return { host, root };
};

export const makePanel = () => {
  const { host, root } = makeRoot();
  const panel = make("section");
  const button = make("button");
  button.setAttribute("type", "button");
  button.setAttribute("aria-controls", "steps");
  const title = make("b");
  const summary = make("span", "", "mute");
  summary.setAttribute("role", "status");
  const fold = make("span", "", "fold");
  fold.ariaHidden = "true";
  button.append(title, summary, fold);
  const list = make("ol");
  list.id = "steps";
  list.setAttribute("role", "list");
  list.tabIndex = 0;
  panel.append(button, list);
  root.append(panel);

  let shown = "";
  /** @param {boolean} open */
  const setOpen = (open) => {
    list.hidden = !open;
    fold.textContent = open ? "▾" : "▴";
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => setOpen(list.hidden == true));
  setOpen(!matchMedia(NARROW).matches);

  return {
    /** @param {Shown} next */
    show: (next) => {
      // a page may take it away with all it does not know
      if (!host.isConnected) document.documentElement.append(host);
      if (shown == (shown = JSON.stringify(next))) return;
      panel.lang = next.lang;
      panel.setAttribute("aria-label", next.title);
      title.textContent = next.title;
      summary.textContent = next.summary;
      list.replaceChildren(...next.items.map((item) => row(item, next)));
    },
  };
};
