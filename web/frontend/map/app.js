// The map screen: one state that search, filters, map and table show and change.

import { AreaFilter } from "./area/area_filter.js";
import { Counts } from "./query/counts.js";
import { button, byId, element } from "./page/element.js";
import { Panels } from "./page/panels.js";
import { BaseMap } from "./base_map/layer_choice.js";
import { checkOverlays, OVERLAYS, overlayChoices } from "./records/overlays.js";
import { Status } from "./page/status.js";
import { Fit } from "./search/fit.js";
import { nothing } from "./search/nearest.js";
import { Records } from "./records/records_layer.js";
import { Panel } from "./filters/filter_panel.js";
import { measuring, place, readout } from "./area/pointer.js";
import { filterText, printing } from "./page/print.js";
import { address, collectionQuery, kindsOf } from "./query/collection_query.js";
import { isAborted, request } from "./query/requests.js";
import { savedSearches } from "./search/saved_searches.js";
import { Selection, turned } from "./records/selection.js";
import { narrowed, read, Screen, widened, write } from "./query/state.js";
import { suggestions } from "./search/suggestions.js";
import { Table } from "./table/table.js";
import { TimeSlider } from "./time/time_slider.js";
import { View } from "./view.js";
import { number } from "./page/format.js";
import { COMMA, formatMessage, label, lang, messages, nameOf, settings } from "./page/settings.js";

const KINDS = Object.keys(settings.kinds);
const KNOWN = {
  kinds: KINDS,
  filters: settings.filters.map(({ name }) => name),
  bases: settings.bases.map(({ name }) => name),
  layers: Object.keys(OVERLAYS),
};
/**
 * Default order of a table: the most metal first. Records without a figure of metal, such as bauxite, follow by size class, whose
 * codes are in alphabetical order, then by amount.
 */
const USUAL = { deposits: "-figure_contained_t,size_class,-size_basis_value_t" };
/** Records that are sorted by default; the first page of more would be slow, as only the order of the key is indexed. */
const MAX_SORTED = 20_000;
/** The page, which may be in a frame of another site. */
const PATH = /^\/(?:embed\/|map$)/.test(location.pathname) ? location.pathname : "/";
const LANGUAGE = new URLSearchParams(location.search).get("lang");

/** Creates and connects the parts of the screen. */
export class App {
  /** @param {import("leaflet").Map} map */
  constructor(map) {
    this.map = map;
    this.screen = new Screen(read(location.search, KNOWN), save);
    this.counted = "";
    const widen = () => this.screen.change(widened(this.state));
    this.status = new Status(() => this.again(), widen);
    const say = (text) => this.status.say(text);
    this.counts = new Counts((kind) => this.query(kind));
    this.baseMap = new BaseMap(map, this.screen, (error) => this.status.failed(error));
    overlayChoices(this.screen);
    this.panel = new Panel(this.screen, (state, kind) => collectionQuery(state, kind, settings.filters, this.view?.box()));
    this.area = new AreaFilter(map, this.screen, say);
    this.view = new View(map, this.screen);
    this.time = new TimeSlider(this.screen);
    this.records = this.marks();
    this.table = this.listing();
    this.selection = new Selection(map, this.screen, this.status, {
      mark: (at) => this.records.mark(at),
      row: (id) => this.table.select(id),
    });
    this.panels = new Panels(this.screen, () => {
      map.invalidateSize({ animate: false, pan: false });
      this.table.show();
    });
    suggestions({
      filters: KNOWN.filters,
      record: (id, at) => this.goTo(id, at),
      term: (filter, code) => this.screen.choose(filter, code, true),
      filter: (query) => this.go(`?${query}`),
      positions: (text) => this.positions(text),
      goTo: (at) => this.goToPosition(at),
    });
    readout(map, (at, km) => this.area.near(at, km));
    measuring(map, say);
    savedSearches(() => write(this.state), (search) => this.go(search), say);
    printing(map);
    byId("picture").addEventListener("click", () => this.picture());
    this.fit = new Fit(this.view, (kind) => this.query(kind), () => this.screen.change({ selected: null }, false));
    this.buttons(widen);
    window.addEventListener("popstate", () => this.screen.restore(read(location.search, KNOWN)));
    this.view.first();
    this.panels.follow();
    this.records.addTo(map);
    this.screen.listen((state, before) => this.follow(state, before));
    this.follow(this.state, null);
  }

  get state() {
    return this.screen.state;
  }

  /** Return the layer of records. @returns {any} */
  marks() {
    return new Records({
      query: (kind) => this.marked(kind),
      roots: Object.fromEntries([...KINDS, ...KNOWN.layers].map((kind) => [kind, settings.tiles.replace("{collection}", kind)])),
      fetchBytes: (url, signal) => request(url, { signal }, (response) => response.arrayBuffer()),
      countsAs: settings.countsAs,
      nameOf,
      describe: (record) => [nameOf(record), titleOf(record.kind), label("commodity-group", record.group)].join(COMMA),
      describeMany,
      open: (record) => this.selection.choose(`${record.kind}/${record.id}`),
      point: (record) => this.table.hover(record ? `${record.kind}/${record.id}` : ""),
      failed: (error) => this.status.failed(error),
      drawn: (marks) => {
        this.baseMap.avoid(marks);
        document.documentElement.toggleAttribute("data-drawn", true);
      },
      lang,
    });
  }

  /** Return the query parameters of the marks of a kind, null for none. @param {string} kind */
  marked(kind) {
    if (kind in OVERLAYS) return this.state.layers.includes(kind) ? new URLSearchParams() : null;
    return kindsOf(this.state, KINDS).includes(kind) && this.counts.mayMatch(kind) ? this.query(kind) : null;
  }

  listing() {
    return new Table({
      open: (id, feature) => this.selection.choose(id, feature),
      point: (feature) => this.records.mark(feature?.geometry ? turned(feature.geometry.coordinates) : this.selection.at),
      change: (part) => this.screen.change(part, false),
      failed: (error) => this.status.failed(error),
    });
  }

  /** @param {() => void} widen */
  buttons(widen) {
    byId("clear").addEventListener("click", widen);
    byId("inview").addEventListener("change", ({ target }) => this.screen.set({ inview: target.checked ? "1" : "" }));
    byId("unlocated").addEventListener("click", () => this.toggleUnlocated());
    byId("copy").addEventListener("click", () => this.table.copy());
    byId("columns-open").addEventListener("toggle", () => byId("columns").replaceChildren(this.table.chooser()));
    byId("fit").addEventListener("click", () => this.fit.show(this.state));
    byId("download").addEventListener("click", () => this.download());
  }

  /** List the records without a position in the table and by country, or all records again. */
  toggleUnlocated() {
    if (this.state.values.located === "false") {
      this.screen.set({ located: "" });
      return;
    }
    const values = { ...this.state.values, located: "false" };
    this.screen.change({ values, panels: this.state.panels.replace("t", "") });
    if (matchMedia("(max-width: 700px)").matches) this.panels.sheet("list");
    byId("filters").querySelector('[data-filter="country"]').open = true;
  }

  /** Show the numbers of records without a position and without a year. @param {AbortSignal} signal */
  async countMissing(signal) {
    const chosen = this.state.values.located === "false";
    const unlocated = chosen ? 0 : await this.counts.withoutPosition(this.state, signal);
    const chip = byId("unlocated");
    chip.hidden = !chosen && !unlocated;
    chip.setAttribute("aria-pressed", String(chosen));
    chip.textContent = chosen ? messages.unlocatedShown : formatMessage(messages.unlocated, { n: number(unlocated) });
    if (!this.state.values.year) return;
    const queryOf = (state, kind) => collectionQuery(state, kind, settings.filters, this.view.box());
    this.time.count(await this.counts.withoutYear(this.state, queryOf, signal), kindsOf(this.state, KINDS));
  }

  /** Open the download dialog for the current state. */
  async download() {
    const { Download } = await import("./download/download.js");
    const columns = this.table.shown().flatMap(({ name }) => (name === "name" ? ["name_en", "name_zh"] : name === "distance_km" ? [] : [name]));
    new Download({
      kind: this.listed(),
      kinds: kindsOf(this.state, KINDS),
      matched: this.counts.matched,
      query: (kind) => this.query(kind),
      columns,
      filters: filterText(),
    });
  }

  /** Open the dialog of the picture of the map. */
  async picture() {
    const [{ Picture }, { pictureAddresses, pictureContent }] = await Promise.all([import("./picture/picture.js"), import("./picture/content.js")]);
    const kinds = kindsOf(this.state, KINDS);
    new Picture(this.map, () => pictureContent(this, kinds), pictureAddresses(this, kinds));
  }

  /** Return the query parameters of a collection. @param {string} kind */
  query(kind) {
    return collectionQuery(this.state, kind, settings.filters, this.view.box());
  }

  /**
   * Update the parts whose state has changed.
   * @param {import("./query/state.js").State} state
   * @param {import("./query/state.js").State | null} before
   */
  follow(state, before) {
    if (before && (state.base !== before.base || state.rights !== before.rights)) this.baseMap.show();
    checkOverlays(state.layers);
    if (before && String(state.layers) !== String(before.layers)) this.records.refresh();
    if (before && state.panels !== before.panels) this.panels.follow();
    if (before?.view) this.view.follow();
    this.links();
    this.time.follow();
    byId("inview").checked = Boolean(state.values.inview);
    const filters = JSON.stringify([state.kinds, state.choices, state.values, state.values.inview ? state.view : null]);
    if (filters !== this.counted) {
      this.counted = filters;
      this.panel.follow();
      this.area.show().then(() => this.area.count());
      const still = state.values.inview || state.values.located === "false" || state.values.year !== before?.values.year;
      this.count(before !== null && !still && state.view === before.view);
    } else this.list();
    if (!before || state.selected !== before.selected) this.selection.follow();
  }

  /** Repeat all requests. */
  again() {
    this.counted = "";
    this.table.key = "";
    this.follow(this.state, this.state);
  }

  /** Update the links with the current state: the other language and the API. */
  links() {
    const other = byId("language");
    other.href = `/${write(this.state, other.dataset.lang)}`;
    const whole = document.getElementById("framed-open");
    if (whole instanceof HTMLAnchorElement) whole.href = `/${write(this.state, LANGUAGE)}`;
    const kind = this.listed();
    const query = this.query(kind);
    const api = byId("as-data");
    api.hidden = !query;
    if (query) api.href = address(`/api/collections/${kind}/items`, query, { f: "json" });
    const charts = byId("charts");
    charts.hidden = !query || !settings.pages.charts;
    if (query) charts.href = address("/charts", query, { collection: kind });
  }

  /** Count the records; after a change of the filters, show some of them and close the popup of one that they remove. @param {boolean} [fit] */
  async count(fit = false) {
    try {
      const counts = this.counts.load(this.state);
      const tiles = this.records.refresh();
      const { all, values, signal } = await counts;
      this.panel.count(values, this.counts.matched);
      this.status.show();
      this.list();
      byId("fit").hidden = !all || !narrowed(this.state) || this.state.values.located === "false";
      this.countMissing(signal).catch((error) => !isAborted(error) && this.status.failed(error));
      if (fit) {
        await tiles;
        if (!signal.aborted) await this.fit.follow(this.state, all > 0 && narrowed(this.state) && !this.records.anyInView(), signal);
      }
      if (all || !narrowed(this.state)) return;
      const parts = await nothing(this.screen, this.area.middle() ?? this.view.middle(), signal);
      if (parts) this.status.show(...parts, button(messages.clear, this.status.widen));
    } catch (error) {
      if (!isAborted(error)) this.status.failed(error);
    }
  }

  /** Return the kind of the table: the selected one, else the first with records. */
  listed() {
    const kinds = kindsOf(this.state, KINDS);
    if (this.state.table && kinds.includes(this.state.table)) return this.state.table;
    return kinds.find((kind) => this.counts.matched[kind]) ?? kinds[0];
  }

  list() {
    const kind = this.listed();
    const tabs = kindsOf(this.state, KINDS).map((one) => {
      const show = () => this.screen.change({ table: one, sort: "", columns: [] }, false);
      const tab = button("", show, { role: "tab", "aria-selected": String(one === kind), "data-kind": one });
      tab.append(settings.kinds[one], " ", element("b", {}, number(this.counts.matched[one] ?? 0)));
      return tab;
    });
    byId("kinds").replaceChildren(...tabs);
    const query = this.counts.matched[kind] === 0 ? null : this.query(kind);
    const few = this.counts.matched[kind] <= MAX_SORTED && !this.state.values.near;
    this.table.load(kind, query, this.state.sort, this.state.columns, few ? (USUAL[kind] ?? "") : "");
    this.links();
  }

  /**
   * Go to a record of the search.
   * @param {string} id
   * @param {[number, number] | null} at
   */
  goTo(id, at) {
    if (at) this.view.close(at);
    this.screen.change({ selected: id });
    this.panels.sheet("");
  }

  /**
   * Return the positions that a typed text can mean.
   * @param {string} text
   * @returns {Promise<[number, number][]>}
   */
  async positions(text) {
    if (!/\d\D+\d/.test(text)) return [];
    const { parsePositions } = await import("./area/coordinates.js");
    return parsePositions(text);
  }

  /** Go to a typed position. @param {[number, number]} at */
  async goToPosition(at) {
    this.view.close(at);
    await place(this.map, at, (where, km) => this.area.near(where, km));
  }

  /** Show a saved search. @param {string} search */
  go(search) {
    const state = read(search, KNOWN);
    history.pushState(null, "", `${PATH}${write(state, LANGUAGE)}`);
    this.screen.restore(state);
  }
}

/** @param {string} kind */
function titleOf(kind) {
  return settings.kinds[kind] ?? OVERLAYS[kind].title;
}

/**
 * @param {import("./query/state.js").State} state
 * @param {boolean} push
 */
function save(state, push) {
  const url = `${PATH}${write(state, LANGUAGE)}`;
  if (url === `${location.pathname}${location.search}`) return;
  history[push ? "pushState" : "replaceState"](null, "", url);
}

/** @param {import("./records/marks.js").Mark} mark */
function describeMany(mark) {
  const parts = Object.entries(mark.mix)
    .sort((a, b) => b[1] - a[1])
    .map(([group, n]) => `${label("commodity-group", group)} ${number(n)}`);
  return `${formatMessage(messages.matched, { n: number(mark.n) })}${lang === "zh" ? "：" : ": "}${parts.join(COMMA)}`;
}
