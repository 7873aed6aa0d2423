// Fetches a collection's features page by page.

const PAGE = 5000;
const MOST = 30000;

/**
 * All features of a collection that lie in a box, page by page, until `most` are there.
 * @param {string} collection
 * @param {string[]} properties
 * @param {string | null} bbox
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<{features: any[], matched: number}>}
 */
export async function* pages(collection, properties, bbox, signal) {
  const query = new URLSearchParams({ limit: String(PAGE), properties: properties.join(",") });
  if (bbox) query.set("bbox", bbox);
  /** @type {string | undefined} */
  let url = `/api/collections/${collection}/items?${query}`;
  let count = 0;
  while (url && count < MOST) {
    const response = await fetch(url, { signal, headers: { Accept: "application/geo+json" } });
    if (!response.ok) throw new Error(`${response.status}`);
    const body = await response.json();
    count += body.features.length;
    yield { features: body.features, matched: body.numberMatched };
    const next = body.links.find((link) => link.rel === "next");
    url = next && new URL(next.href).pathname + new URL(next.href).search;
  }
}
