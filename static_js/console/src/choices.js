/** "All on this page": one box that ticks every row of its form, and follows what is ticked there. */

/**
 * @param {HTMLInputElement} all
 * @param {HTMLInputElement[]} rows
 */
const follow = (all, rows) => {
  const ticked = rows.filter((row) => row.checked).length;
  all.checked = ticked === rows.length;
  all.indeterminate = ticked > 0 && ticked < rows.length;
};

/** @param {Document} page */
export const offerAll = (page) => {
  for (const label of page.querySelectorAll("label[data-all]")) {
    const all = label.querySelector("input");
    const form = label.closest("form");
    if (!all || !form || !(label instanceof HTMLElement)) continue;
    const rows = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[name=id]")]);
    label.hidden = false;
    follow(all, rows);
    all.addEventListener("change", () => {
      for (const row of rows) row.checked = all.checked;
    });
    for (const row of rows) row.addEventListener("change", () => follow(all, rows));
  }
};
