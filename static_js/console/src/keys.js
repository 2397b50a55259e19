/** Single keys for people who are here all day; `data-keys="off"` on <html> switches them off. */

const PLACES = { o: "/", l: "/leads", d: "/deliveries", s: "/destinations", c: "/captures", v: "/live" };
const GO_MS = 1500;

/** @param {Element | null} place */
const isTyping = (place) => !!place?.closest("input, select, textarea, [contenteditable]");

/**
 * @param {Document} page
 * @param {number} step
 */
const move = (page, step) => {
  const links = /** @type {HTMLElement[]} */ ([...page.querySelectorAll("tbody th a")]);
  const at = links.findIndex((link) => link === page.activeElement);
  links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
};

/** @param {Document} page */
const goTo = (page, key = "") => {
  const path = PLACES[/** @type {keyof typeof PLACES} */ (key)];
  const brand = page.querySelector(".brand");
  if (path && brand instanceof HTMLAnchorElement)
    location.assign(brand.pathname.replace(/\/$/, "") + path);
};

/** @param {Document} page */
const showKeys = (page) => {
  const sheet = page.getElementById("keys");
  if (sheet instanceof HTMLDialogElement && !sheet.open) sheet.showModal();
};

/** @param {Document} page */
export const listenToKeys = (page) => {
  if (page.documentElement.dataset.keys === "off") return;
  let goes = 0;
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(page.activeElement)) return;
    if (page.querySelector("dialog[open]")) return;
    const { key } = event;
    if (Date.now() - goes < GO_MS) goTo(page, key);
    goes = key === "g" ? Date.now() : 0;
    if (key === "j" || key === "k") move(page, key === "j" ? 1 : -1);
    if (key === "?") showKeys(page);
    if (key !== "/") return;
    const search = page.querySelector("input[type=search]");
    if (search instanceof HTMLElement) {
      search.focus();
      event.preventDefault();
    }
  });
};
