// The result table: rows are loaded by page while scrolling, and only visible ones are elements.

import { known, shown, text, tsv } from "./columns.js";
import { button, byId, element } from "../page/element.js";
import { namedElement } from "../page/named_element.js";
import { address } from "../query/collection_query.js";
import { requestJson, isAborted } from "../query/requests.js";
import { number } from "../page/format.js";
import { formatMessage, lang, messages, nameOf, settings } from "../page/settings.js";

const PAGE = 200;
const ROW = 29;
const BEYOND = 8;
const MAX_COMPARED = 6;
/** Rows that are read at most to find a selected one. */
const MAX_READ = 2000;

/** Properties that are requested with any columns. */
const ALWAYS = ["name_en", "name_zh", "commodity_group"];

/**
 * @typedef {import("./columns.js").Column} Column
 * @typedef {object} Hooks
 * @property {(id: string, row: any) => void} open
 * @property {(row: any | null) => void} point
 * @property {(part: any) => void} change
 * @property {(error: unknown) => void} failed
 */

export class Table {
  /** @param {Hooks} hooks */
  constructor(hooks) {
    this.hooks = hooks;
    this.kind = "deposits";
    /** @type {any[]} */
    this.rows = [];
    this.matched = 0;
    /** @type {string | null} */
    this.next = null;
    /** @type {Set<string>} */
    this.picked = new Set();
    /** @type {Map<string, any>} */
    this.pickedRows = new Map();
    this.selected = "";
    this.sought = "";
    this.hovered = "";
    this.at = 0;
    this.sort = "";
    this.usual = "";
    /** @type {URLSearchParams | null} */
    this.query = null;
    /** @type {string[]} */
    this.columns = [];
    this.key = "";
    this.busy = false;
    this.control = new AbortController();
    this.tabs = byId("kinds");
    this.tools = byId("table-tools");
    this.box = byId("rows");
    this.head = element("thead");
    this.body = element("tbody");
    this.grid = element("table", { role: "grid", "aria-label": messages.records }, this.head, this.body);
    this.box.append(this.grid);
    this.box.addEventListener("scroll", () => this.show(), { passive: true });
    this.body.addEventListener("keydown", (event) => this.onKeydown(event));
    new ResizeObserver(() => this.show()).observe(this.box);
  }

  known() {
    return known(this.kind, this.distances());
  }

  shown() {
    return shown(this.kind, this.columns, this.distances());
  }

  /** Return whether rows have a distance. */
  distances() {
    return Boolean(this.query?.has("near") || this.query?.has("nearest"));
  }

  /**
   * Show the records of a query.
   * @param {string} kind
   * @param {URLSearchParams | null} query
   * @param {string} sort
   * @param {string[]} columns
   * @param {string} [usual] default order
   */
  load(kind, query, sort, columns, usual = "") {
    const key = JSON.stringify([kind, query?.toString(), sort, columns, usual]);
    if (key === this.key) return;
    this.key = key;
    Object.assign(this, { kind, query, sort, usual, columns: columns.filter((name) => settings.columns[kind].some((c) => c.name === name) || name === "name") });
    this.control.abort();
    this.control = new AbortController();
    this.rows = [];
    this.at = 0;
    this.matched = 0;
    this.busy = false;
    this.next = query ? this.first(query) : null;
    this.box.scrollTop = 0;
    this.heads();
    this.more();
    this.loadLabels();
  }

  /** Fetch the labels of long vocabularies, such as divisions, which the page does not include. */
  async loadLabels() {
    const missing = this.shown().flatMap(({ vocabulary }) => (vocabulary && !settings.labels[vocabulary] ? [vocabulary] : []));
    for (const name of new Set(missing)) {
      // codes are shown until the labels have arrived, or if they do not
      const terms = await requestJson(`/api/vocabularies/${name}`).then(
        (body) => body.terms,
        () => null,
      );
      if (!terms) continue;
      settings.labels[name] = Object.fromEntries(terms.map((term) => [term.code, term[`label_${lang}`]]));
      this.show();
    }
  }

  /** @param {URLSearchParams} query */
  first(query) {
    const names = new Set([...ALWAYS, ...this.shown().map(({ name }) => name)]);
    names.delete("name");
    names.delete("distance_km");
    if (names.has("figure_contained_t")) names.add("figure_elsewhere_t").add("figure_one_of_several");
    // a status is shown with its year
    for (const name of ["status", "mine_status"]) if (names.has(name)) names.add(`${name}_date`);
    const sort = this.sort.replace(/^(-?)name$/, `$1name_${lang}`);
    const known = settings.columns[this.kind].find((column) => column.name === sort.replace("-", ""));
    const sortby = known?.sortable ? sort : this.usual;
    const more = { limit: String(PAGE), properties: [...names].join(","), ...(sortby ? { sortby } : {}) };
    return address(`/api/collections/${this.kind}/items`, query, more);
  }

  /** Fetches the next page, if there is one. */
  async more() {
    if (!this.next || this.busy) {
      if (!this.next) this.show();
      return;
    }
    this.busy = true;
    const { signal } = this.control;
    try {
      const body = await requestJson(this.next, { signal });
      this.rows.push(...body.features);
      this.matched = body.numberMatched;
      const link = body.links.find(({ rel }) => rel === "next");
      this.next = link ? new URL(link.href).pathname + new URL(link.href).search : null;
      this.busy = false;
      this.show();
      if (this.sought) this.reveal();
    } catch (error) {
      if (signal.aborted || isAborted(error)) return;
      this.busy = false;
      this.key = "";
      this.hooks.failed(error);
    }
  }

  heads() {
    const all = element("input", {
      type: "checkbox",
      "aria-label": messages.pickAll,
      onchange: ({ target }) => this.pickAll(target.checked),
    });
    const cells = this.shown().map((column) => {
      const down = this.sort === `-${column.name}`;
      const up = this.sort === column.name;
      const turn = up ? `-${column.name}` : down ? "" : column.name;
      const inner = column.sortable
        ? button(column.title, () => this.hooks.change({ sort: turn }), { class: "sort" })
        : element("span", {}, column.title);
      return element("th", { scope: "col", "aria-sort": up ? "ascending" : down ? "descending" : "none" }, inner);
    });
    this.head.replaceChildren(element("tr", {}, element("th", { class: "pick" }, all), ...cells));
  }

  /** Create the visible rows, and request more near the end of the loaded ones. */
  show() {
    const height = this.box.clientHeight;
    if (!height) return;
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - BEYOND);
    const last = Math.min(this.rows.length, first + Math.ceil(height / ROW) + 2 * BEYOND);
    const focused = this.body.contains(document.activeElement);
    const columns = this.shown();
    const made = [];
    const gap = () => element("tr", { class: "gap", "aria-hidden": "true" }, element("td", { colSpan: columns.length + 1 }));
    const above = gap();
    above.style.height = `${first * ROW}px`;
    made.push(above);
    for (let i = first; i < last; i++) made.push(this.row(i, columns));
    const below = gap();
    below.style.height = `${(this.rows.length - last) * ROW}px`;
    made.push(below);
    this.body.replaceChildren(...made);
    this.grid.setAttribute("aria-rowcount", String(this.matched + 1));
    if (focused) this.body.querySelector('tr[tabindex="0"]')?.focus({ preventScroll: true });
    if (this.next && last > this.rows.length - 2 * BEYOND) this.more();
    this.updateStatus();
  }

  /**
   * @param {number} i
   * @param {Column[]} columns
   */
  row(i, columns) {
    const feature = this.rows[i];
    const id = `${this.kind}/${feature.id}`;
    const tick = element("input", {
      type: "checkbox",
      tabIndex: -1,
      checked: this.picked.has(id),
      "aria-label": formatMessage(messages.pick, { name: nameOf(feature.properties) }),
      onclick: (event) => event.stopPropagation(),
      onchange: ({ target }) => this.pick(feature, target.checked),
    });
    const cells = columns.map((column) => {
      const content = text(feature, column);
      const shown = column.name === "name" ? namedElement(feature.properties) : content;
      return element("td", { title: content.length > 24 ? content : undefined, class: column.unit ? "figure" : undefined }, shown);
    });
    return element(
      "tr",
      {
        tabIndex: i === this.at ? 0 : -1,
        "data-id": id,
        "aria-rowindex": i + 2,
        "aria-selected": String(id === this.selected),
        class: id === this.hovered ? "hovered" : undefined,
        onclick: () => {
          this.at = i;
          this.hooks.open(id, feature);
        },
        onpointerenter: () => this.hooks.point(feature),
        onpointerleave: () => this.hooks.point(null),
        onfocus: () => this.hooks.point(feature),
        onblur: () => this.hooks.point(null),
      },
      element("td", { class: "pick" }, tick),
      ...cells,
    );
  }

  /** @param {KeyboardEvent} event */
  onKeydown(event) {
    const row = /** @type {HTMLElement} */ (event.target).closest("tr");
    if (!row) return;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      this.at = Math.min(this.rows.length - 1, Math.max(0, this.at + by));
      const top = this.at * ROW;
      const head = this.head.offsetHeight;
      if (top < this.box.scrollTop) this.box.scrollTop = top;
      else if (top + ROW + head > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + ROW + head - this.box.clientHeight;
      this.show();
      this.body.querySelector('tr[tabindex="0"]')?.focus({ preventScroll: true });
    } else if (event.key === "Enter") {
      row.click();
    } else if (event.key === " ") {
      event.preventDefault();
      const tick = row.querySelector("input");
      tick?.click();
    }
  }

  /**
   * @param {any} feature
   * @param {boolean} chosen
   */
  pick(feature, chosen) {
    const id = `${this.kind}/${feature.id}`;
    if (chosen) {
      this.picked.add(id);
      this.pickedRows.set(id, feature);
    } else {
      this.picked.delete(id);
      this.pickedRows.delete(id);
    }
    this.updateStatus();
  }

  /** @param {boolean} chosen */
  pickAll(chosen) {
    for (const feature of this.rows) this.pick(feature, chosen);
    this.show();
  }

  /** Return the selected rows of this kind, or the loaded ones, as tab-separated text with a header. */
  tsv() {
    const mine = [...this.pickedRows].filter(([id]) => id.startsWith(`${this.kind}/`)).map(([, feature]) => feature);
    return tsv(mine.length ? mine : this.rows, this.shown());
  }

  async copy() {
    const lines = this.tsv();
    try {
      await navigator.clipboard.writeText(lines);
    } catch {
      // fallback for pages without access to the clipboard
      const area = element("textarea", { value: lines, class: "visually-hidden" });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    this.announce(formatMessage(messages.copied, { n: number(lines.split("\n").length - 1) }));
  }

  /** @param {string} text */
  announce(text) {
    const place = byId("table-message");
    if (place) place.textContent = text;
  }

  /** Show the number of selected rows, and the actions for them. */
  updateStatus() {
    const picked = this.picked.size;
    byId("table-picked").textContent = picked ? formatMessage(messages.picked, { n: number(picked) }) : "";
    const compare = byId("compare");
    if (compare) {
      const mine = [...this.picked].filter((id) => id.startsWith(`${this.kind}/`)).map((id) => id.split("/")[1]);
      compare.hidden = !settings.pages.compare || mine.length < 2 || mine.length > MAX_COMPARED;
      compare.href = `/compare?ids=${mine.map(encodeURIComponent).join(",")}`;
    }
    byId("rows-empty").hidden = this.busy || this.matched > 0 || Boolean(this.next);
  }

  /** @param {string} id */
  select(id) {
    if (id === this.selected) return;
    this.selected = id;
    this.sought = id;
    this.reveal();
    this.show();
  }

  /** Scroll to the selected row; load further rows to find it, up to a limit. */
  reveal() {
    if (!this.sought.startsWith(`${this.kind}/`)) return;
    const at = this.rows.findIndex((feature) => `${this.kind}/${feature.id}` === this.sought);
    if (at < 0) {
      if (this.next && this.rows.length < MAX_READ) this.more();
      return;
    }
    this.sought = "";
    this.at = at;
    const top = at * ROW;
    if (top < this.box.scrollTop || top + 2 * ROW > this.box.scrollTop + this.box.clientHeight) {
      // the rows below must exist before scrolling
      this.show();
      this.box.scrollTop = top;
    }
  }

  /** @param {string} id */
  hover(id) {
    if (id === this.hovered) return;
    this.hovered = id;
    for (const row of this.body.children) row.classList.toggle("hovered", row.getAttribute("data-id") === id && Boolean(id));
  }

  /** Return the fieldset that selects columns. */
  chooser() {
    const shown = new Set(this.shown().map(({ name }) => name));
    return element(
      "fieldset",
      { class: "columns" },
      element("legend", {}, messages.columns),
      ...this.known()
        .filter(({ name }) => name !== "name" && name !== "distance_km")
        .map(({ name, title }) =>
          element(
            "label",
            {},
            element("input", {
              type: "checkbox",
              checked: shown.has(name),
              onchange: ({ target }) => {
                const now = this.shown().map((column) => column.name).filter((one) => one !== "distance_km");
                this.hooks.change({ columns: target.checked ? [...now, name] : now.filter((one) => one !== name) });
              },
            }),
            title,
          ),
        ),
    );
  }
}
