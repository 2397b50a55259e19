/**
 * The script: begins once a tag, and when the visitor really sees the page.
 *
 * @module
 */

import { join } from "./api.js";
import { watchConsent } from "./consent.js";
import { guard, on } from "./errors.js";
import { watchForms } from "./forms.js";
import { addView, leave, obey } from "./reports.js";
import { base, source } from "./tag.js";
import { watchViews } from "./views.js";

const begin = guard(() =>
  join(base + source, () => {
    watchForms();
    watchViews(addView);
    watchConsent(obey);
    on("pagehide", leave);
  }),
);

if (document.prerendering) on("prerenderingchange", begin);
else if (base) begin();
