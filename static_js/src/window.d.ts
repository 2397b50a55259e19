/** What the script finds on a window and the build puts in: none of it is for pages. */

import type { CollectorApi } from "../collector.js";

declare global {
  /** The name of the file with what only some pages need. */
  const EXTRAS: string;

  /** The name of the file with the overlay of live checks. */
  const OVERLAY: string;

  interface Window {
    __tcfapi?: any;
    dataLayer?: any;
    google_tag_data?: any;
    google_tag_manager?: any;
    gtag?: any;
    jQuery?: any;
    OnetrustActiveGroups?: string;
  }
}
