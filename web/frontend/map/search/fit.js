// The view and a new filter: fit the view to the records where it shows none of them, close the popup of one that is filtered out.

import { address, kindsOf } from "../query/collection_query.js";
import { requestJson } from "../query/requests.js";
import { settings } from "../page/settings.js";

const KINDS = Object.keys(settings.kinds);

/** @typedef {[number, number, number, number]} Box west, south, east, north */

/**
 * Return the extent of the records of all kinds, null where none has a position.
 * @param {import("../query/state.js").State} state
 * @param {(kind: string) => URLSearchParams | null} queryOf
 * @param {AbortSignal} signal
 */
export async function extentOf(state, queryOf, signal) {
  const boxes = await Promise.all(
    kindsOf(state, KINDS).map(async (kind) => {
      const query = queryOf(kind);
      return query ? (await requestJson(address(`/api/collections/${kind}/extent`, query), { signal })).bbox : null;
    }),
  );
  return joined(boxes.filter(Boolean));
}

/** @param {Box[]} boxes @returns {Box | null} */
export function joined(boxes) {
  if (!boxes.length) return null;
  const edges = (i) => boxes.map((box) => box[i]);
  return [Math.min(...edges(0)), Math.min(...edges(1)), Math.max(...edges(2)), Math.max(...edges(3))];
}

/** Return whether two boxes have no point in common. @param {Box} one @param {Box} other */
export function apart(one, other) {
  return one[2] < other[0] || other[2] < one[0] || one[3] < other[1] || other[3] < one[1];
}

/**
 * Return whether the filters remove a record.
 * @param {string} selected as collection/id
 * @param {import("../query/state.js").State} state
 * @param {(kind: string) => URLSearchParams | null} queryOf
 * @param {AbortSignal} signal
 */
export async function isFilteredOut(selected, state, queryOf, signal) {
  const [kind, id] = selected.split("/");
  if (!KINDS.includes(kind)) return false;
  const query = kindsOf(state, KINDS).includes(kind) ? queryOf(kind) : null;
  if (!query) return true;
  const { numberMatched } = await requestJson(address(`/api/collections/${kind}/items`, query, { id, limit: "1", properties: "name_en" }), { signal });
  return numberMatched === 0;
}

export class Fit {
  /**
   * @param {import("../view.js").View} view
   * @param {(kind: string) => URLSearchParams | null} queryOf
   * @param {() => void} unselect
   */
  constructor(view, queryOf, unselect) {
    this.view = view;
    this.queryOf = queryOf;
    this.unselect = unselect;
  }

  /**
   * Follow a change of the filters.
   * @param {import("../query/state.js").State} state
   * @param {boolean} sought whether filters are set, records match and none of them is seen
   * @param {AbortSignal} signal
   */
  async follow(state, sought, signal) {
    if (state.selected && (await isFilteredOut(state.selected, state, this.queryOf, signal))) this.unselect();
    if (!sought) return;
    const box = await extentOf(state, this.queryOf, signal);
    if (box && apart(box, /** @type {Box} */ (this.view.box().split(",").map(Number)))) this.view.fit(box);
  }

  /** Zoom to the records of the filters. @param {import("../query/state.js").State} state */
  async show(state) {
    const box = await extentOf(state, this.queryOf, new AbortController().signal).catch(() => null);
    if (box) this.view.fit(box);
  }
}
