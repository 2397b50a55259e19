/** Copy buttons: shown by the script, since they do nothing without it. */

/** @param {HTMLElement} button */
const copy = async (button) => {
  const source = document.getElementById(button.dataset.copy || "");
  const done = button.dataset.done || "";
  if (!source) return;
  await navigator.clipboard.writeText(source.textContent || "");
  const said = button.querySelector("span");
  if (said) said.textContent = done;
};

/** @param {ParentNode} page */
export const offerCopies = (page) => {
  for (const button of page.querySelectorAll("button[data-copy]")) {
    if (!(button instanceof HTMLElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => void copy(button));
  }
};
