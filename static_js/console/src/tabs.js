/** Of tabs that are wider than the screen, the open one is in sight. */

/** @param {Document} page */
export const showOpenTab = (page) => {
  for (const tab of page.querySelectorAll(".tabs [aria-current]"))
    tab.scrollIntoView({ block: "nearest", inline: "center" });
};
