/** Tells the server in which time zone to write times, from the next page on. */

/** @param {Document} page */
export const tellZone = (page) => {
  const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone || "");
  if (!page.cookie.includes(`lc_zone=${zone}`))
    page.cookie = `lc_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
};
