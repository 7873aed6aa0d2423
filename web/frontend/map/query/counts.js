// How many records match, of each kind and of each value of a filter.

import { byId } from "../page/element.js";
import { address, kindsOf, merged } from "./collection_query.js";
import { askJson } from "./requests.js";
import { filled, lang, number, settings, words } from "../page/settings.js";

const FACET_LIMIT = "300";
const KINDS = Object.keys(settings.kinds);

export class Counts {
  /** @param {(kind: string) => URLSearchParams | null} query */
  constructor(query) {
    this.query = query;
    /** @type {Record<string, number>} */
    this.matched = {};
    this.control = new AbortController();
  }

  /**
   * Ask anew; what was asked before is given up.
   * @param {import("./state.js").State} state
   * @returns {Promise<{all: number, values: ReturnType<typeof merged>, signal: AbortSignal}>}
   */
  async ask(state) {
    this.control.abort();
    this.control = new AbortController();
    const { signal } = this.control;
    byId("count").classList.add("old");
    const answers = await Promise.all(
      KINDS.map(async (kind) => {
        const query = this.query(kind);
        const nothing = { numberMatched: 0, facets: [] };
        return query ? askJson(address(`/api/collections/${kind}/facets`, query, { facet_limit: FACET_LIMIT }), { signal }) : nothing;
      }),
    );
    this.matched = Object.fromEntries(KINDS.map((kind, i) => [kind, answers[i].numberMatched]));
    const kinds = kindsOf(state, KINDS);
    const values = merged(Object.fromEntries(KINDS.map((kind, i) => [kind, answers[i]])), settings.filters, kinds, lang);
    const all = kinds.reduce((sum, kind) => sum + this.matched[kind], 0);
    this.tell(all);
    return { all, values, signal };
  }

  /** @param {number} all */
  tell(all) {
    const count = byId("count");
    count.textContent = filled(words.matched, { n: number(all) });
    count.dataset.n = String(all);
    count.classList.remove("old");
    for (const place of document.querySelectorAll(".total")) place.textContent = number(all);
  }
}
