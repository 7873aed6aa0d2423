// The filter of deposits by whether a mine on them works or has ever worked, with the number of each.

import { element } from "../page/element.js";
import { number } from "../page/format.js";
import { messages } from "../page/settings.js";
import { address } from "../query/collection_query.js";
import { isAborted, requestJson } from "../query/requests.js";

const STATES = ["no", "yes", "unknown"];

export class DevelopedFilter {
  /**
   * @param {import("../query/state.js").Screen} screen
   * @param {(state: import("../query/state.js").State, kind: string) => URLSearchParams | null} queryOf
   */
  constructor(screen, queryOf) {
    this.screen = screen;
    this.queryOf = queryOf;
    this.requested = "";
    this.control = new AbortController();
    /** @type {Record<string, any>} */
    this.ticks = {};
    /** @type {Record<string, any>} */
    this.counts = {};
    const rows = STATES.map((state) => this.row(state));
    this.element = element(
      "details",
      { class: "facet", "data-filter": "developed", ontoggle: () => this.count() },
      element("summary", {}, element("span", { class: "name" }, messages.developed), element("span", { class: "chosen" })),
      element("ul", {}, ...rows),
      element("p", { class: "note" }, messages.developedNote),
    );
  }

  /** @param {string} state */
  row(state) {
    const choose = ({ target }) => this.screen.set({ developed: target.checked ? state : "" });
    this.ticks[state] = element("input", { type: "checkbox", name: "developed", value: state, onchange: choose });
    this.counts[state] = element("span", { class: "count" });
    return element("li", {}, element("label", {}, this.ticks[state], element("span", { class: "name" }, messages[`developed_${state}`]), this.counts[state]));
  }

  follow() {
    const { developed } = this.screen.state.values;
    for (const state of STATES) this.ticks[state].checked = developed === state;
    this.element.querySelector(".chosen").textContent = developed ? "1" : "";
    this.count();
  }

  /** Count the deposits of each state under the other filters, while the filter is open. */
  async count() {
    if (!this.element.open) return;
    const { state } = this.screen;
    const urls = STATES.map((developed) => {
      const query = this.queryOf({ ...state, values: { ...state.values, developed } }, "deposits");
      return query ? address("/api/collections/deposits/items", query, { limit: "1", properties: "name_en" }) : "";
    });
    if (urls.join(" ") === this.requested) return;
    this.requested = urls.join(" ");
    this.control.abort();
    this.control = new AbortController();
    const { signal } = this.control;
    try {
      const found = await Promise.all(urls.map(async (url) => (url ? (await requestJson(url, { signal })).numberMatched : 0)));
      for (const [i, one] of STATES.entries()) this.counts[one].textContent = number(found[i]);
    } catch (error) {
      // the filter works without its numbers
      if (!isAborted(error)) for (const one of STATES) this.counts[one].textContent = "";
    }
  }
}
