/**
 * Consent banners that speak neither the IAB's framework nor Consent Mode, or not yet: how each
 * says what the visitor answered. They are asked again and again, so that no event is missed.
 *
 * @module
 */

/** @typedef {{ ads: boolean, analytics: boolean } | undefined} Choice nothing: no answer yet */

/** @typedef {{ name: string, read: (banner: any) => Choice }} Banner `name`: what it is on the window */

/** @param {unknown} ads @param {unknown} analytics */
const choice = (ads, analytics) => ({ ads: !!ads, analytics: !!analytics });

/** @type {string | undefined} the last answer that Usercentrics told */
let toldByUsercentrics;

addEventListener("UC_UI_CMP_EVENT", (event) => {
  const { type } = /** @type {CustomEvent} */ (event).detail ?? {};
  if (/^(ACCEPT_ALL|DENY_ALL|SAVE)$/.test(type)) toldByUsercentrics = type;
});

/** @param {any[]} services @param {string} category */
const allOf = (services, category) => {
  const meant = services.filter((service) => service.categorySlug == category);
  return meant.length > 0 && meant.every((service) => service.consent?.status);
};

/** @param {any} manager @param {RegExp} purpose */
const klaroAllows = (manager, purpose) => {
  const services = manager.config.services.filter((/** @type {any} */ { purposes }) =>
    purposes?.some((/** @type {string} */ one) => purpose.test(one)),
  );
  return services.length > 0 && services.every((/** @type {any} */ { name }) => manager.consents[name]);
};

/** @type {Banner[]} */
export const BANNERS = [
  {
    // https://developer.onetrust.com/onetrust/docs/javascript-api
    name: "OneTrust",
    read: (banner) => {
      if (!banner.IsAlertBoxClosed?.()) return;
      const groups = `,${window.OnetrustActiveGroups},`;
      return choice(groups.includes(",C0004,"), groups.includes(",C0002,"));
    },
  },
  {
    // https://www.cookiebot.com/en/developer/
    name: "Cookiebot",
    read: ({ hasResponse, consent }) =>
      hasResponse ? choice(consent.marketing, consent.statistics) : undefined,
  },
  {
    // https://usercentrics.com/docs/web/features/api/
    name: "UC_UI",
    read: (banner) => {
      if (!banner.isInitialized?.()) return;
      if (toldByUsercentrics == "DENY_ALL") return choice(false, false);
      if (banner.areAllConsentsAccepted?.()) return choice(true, true);
      const services = banner.getServicesBaseInfo?.() ?? [];
      const answered = toldByUsercentrics || banner.isConsentRequired?.() === false;
      return answered ? choice(allOf(services, "marketing"), allOf(services, "functional")) : undefined;
    },
  },
  {
    // https://www.cookieyes.com/documentation/retrieving-consent-data-using-api-getckyconsent/
    name: "getCkyConsent",
    read: (ask) => {
      const { isUserActionCompleted, categories = {} } = ask() ?? {};
      return isUserActionCompleted ? choice(categories.advertisement, categories.analytics) : undefined;
    },
  },
  {
    // https://complianz.io/developers-guide-for-hooks/
    name: "cmplz_has_consent",
    read: (has) =>
      /(^|; )cmplz_banner-status=dismissed/.test(document.cookie)
        ? choice(has("marketing"), has("statistics"))
        : undefined,
  },
  {
    // https://developers.osano.com/cmp/javascript-api/
    name: "Osano",
    read: ({ cm }) => {
      const { MARKETING, ANALYTICS } = cm?.getConsent?.() ?? {};
      if (!MARKETING || cm.dialogOpen) return;
      return choice(MARKETING == "ACCEPT", ANALYTICS == "ACCEPT");
    },
  },
  {
    // https://klaro.org/docs/api/js_api
    name: "klaro",
    read: (banner) => {
      const manager = banner.getManager?.();
      if (!manager?.confirmed) return;
      return choice(klaroAllows(manager, /market|adverti/i), klaroAllows(manager, /analy|statist/i));
    },
  },
  {
    // https://github.com/WordPress/wp-consent-level-api
    name: "wp_has_consent",
    read: (has) =>
      /(^|; )wp_consent_marketing=/.test(document.cookie)
        ? choice(has("marketing"), has("statistics"))
        : undefined,
  },
];
