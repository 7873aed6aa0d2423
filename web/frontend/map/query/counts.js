// Counts of matching records, for each kind and each value of a filter.

import { byId, element } from "../page/element.js";
import { address, kindsOf, mergeFacets } from "./collection_query.js";
import { YEARS_OF, yearOf } from "./state.js";
import { pinnedVersion } from "./pinned.js";
import { requestJson } from "./requests.js";
import { number } from "../page/format.js";
import { formatMessage, lang, messages, settings } from "../page/settings.js";

const FACET_LIMIT = "300";
const KINDS = Object.keys(settings.kinds);

export class Counts {
  /** @param {(kind: string) => URLSearchParams | null} query */
  constructor(query) {
    this.query = query;
    /** @type {Record<string, number>} */
    this.matched = {};
    this.pending = true;
    this.control = new AbortController();
  }

  /** Return whether records of a kind may match: tiles are requested together with the counts. @param {string} kind */
  mayMatch(kind) {
    return this.pending || this.matched[kind] !== 0;
  }

  /**
   * Request the counts and abort earlier requests.
   * @param {import("./state.js").State} state
   * @returns {Promise<{all: number, values: ReturnType<typeof mergeFacets>, signal: AbortSignal}>}
   */
  async load(state) {
    this.control.abort();
    this.control = new AbortController();
    const { signal } = this.control;
    this.pending = true;
    byId("count").classList.add("old");
    const responses = await Promise.all(
      KINDS.map(async (kind) => {
        const query = this.query(kind);
        const nothing = { numberMatched: 0, facets: [] };
        return query ? requestJson(address(`/api/collections/${kind}/facets`, query, { facet_limit: FACET_LIMIT, ...pinnedVersion() }), { signal }) : nothing;
      }),
    );
    this.pending = false;
    this.matched = Object.fromEntries(KINDS.map((kind, i) => [kind, responses[i].numberMatched]));
    const kinds = kindsOf(state, KINDS);
    const values = mergeFacets(Object.fromEntries(KINDS.map((kind, i) => [kind, responses[i]])), settings.filters, kinds, lang);
    const sum = (numbers) => kinds.reduce((total, kind) => total + (numbers[KINDS.indexOf(kind)] ?? 0), 0);
    const all = sum(responses.map(({ numberMatched }) => numberMatched));
    this.show(all, sum(responses.map(({ numberWithoutFigure }) => numberWithoutFigure)), state.values.has_figure);
    return { all, values, signal };
  }

  /**
   * Return how many of the records have no position. Filters of a place leave none of them.
   * @param {import("./state.js").State} state
   * @param {AbortSignal} signal
   * @returns {Promise<number>}
   */
  async withoutPosition(state, signal) {
    const { values } = state;
    if (values.near || values.within || values.inview) return 0;
    const numbers = await Promise.all(
      kindsOf(state, KINDS).map(async (kind) => {
        const query = this.matched[kind] ? this.query(kind) : null;
        if (!query) return 0;
        const about = await requestJson(address(`/api/collections/${kind}/tiles/WebMercatorQuad`, query, { f: "tilejson", ...pinnedVersion() }), { signal });
        return about.recordsWithoutPosition;
      }),
    );
    return numbers.reduce((sum, n) => sum + n, 0);
  }

  /**
   * Return how many records that match all else have no year of the kind that the state filters by.
   * @param {import("./state.js").State} state
   * @param {(state: import("./state.js").State, kind: string) => URLSearchParams | null} queryOf
   * @param {AbortSignal} signal
   * @returns {Promise<number>}
   */
  async withoutYear(state, queryOf, signal) {
    const undated = { ...state, values: { ...state.values, year: "unknown" } };
    const kinds = kindsOf(state, KINDS).filter((kind) => YEARS_OF[yearOf(state.values)].includes(kind));
    const numbers = await Promise.all(
      kinds.map(async (kind) => {
        const query = queryOf(undated, kind);
        const more = { limit: "1", properties: "name_en" };
        return query ? (await requestJson(address(`/api/collections/${kind}/items`, query, more), { signal })).numberMatched : 0;
      }),
    );
    return numbers.reduce((sum, n) => sum + n, 0);
  }

  /**
   * @param {number} all
   * @param {number} without those without a figure among the records that match all other filters
   * @param {string} [chosen] the filter by figures
   */
  show(all, without, chosen) {
    const count = byId("count");
    const text = chosen === "true" ? messages.leftOutWithoutFigure : messages.withoutFigure;
    const more = without && chosen !== "false" ? [" ", element("small", {}, formatMessage(text, { n: number(without) }))] : [];
    count.replaceChildren(formatMessage(messages.matched, { n: number(all) }), ...more);
    count.dataset.n = String(all);
    count.classList.remove("old");
    for (const place of document.querySelectorAll(".total")) place.textContent = number(all);
  }
}
