/**
 * The script: begins once a tag, and when the visitor really sees the page.
 *
 * @module
 */

import { join } from "./api.js";
import { watchConsent } from "./consent.js";
import { guard, on } from "./errors.js";
import { load } from "./extras.js";
import { watchForms } from "./forms.js";
import { leave } from "./reports.js";
import { base, source } from "./tag.js";
import { watchViews } from "./views.js";

const begin = guard(() =>
  join(base + source, () => {
    watchForms();
    watchViews();
    watchConsent();
    on("pagehide", leave);
  }),
);

const start = () =>
  /_check=/.test(/** @type {any} */ (location)) ? load().then(begin, begin) : begin();

if (document.prerendering) on("prerenderingchange", start);
else if (base) start();
