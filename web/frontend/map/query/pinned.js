// The version of the data that tiles and counts are requested by, so that caches store them, until the site has a newer one.

import { settings } from "../page/settings.js";

/** The version with its edition, such as 12-1f0c9a7e; empty once the site has a newer one. */
let pinned = String(settings.version ?? "");

/**
 * Return the query parameter that pins a request to the version of the page, none if there is a newer one.
 * @returns {Record<string, string>}
 */
export function pinnedVersion() {
  return pinned ? { as_of: pinned } : {};
}

/** Request tiles of the latest version if a response has a newer one than the page. @param {string | null | undefined} version */
export function noteVersion(version) {
  if (Number(version ?? 0) > Number.parseInt(pinned, 10)) pinned = "";
}
