/** What the console's pages gain with a script; each works without. */

import { offerAll } from "./choices.js";
import { offerCopies } from "./copies.js";
import { listenToKeys } from "./keys.js";
import { followArrivals } from "./live.js";
import { followForms } from "./previews.js";
import { showOpenTab } from "./tabs.js";
import { tellZone } from "./zone.js";

tellZone(document);
offerCopies(document);
offerAll(document);
listenToKeys(document);
followArrivals(document);
followForms(document);
showOpenTab(document);
