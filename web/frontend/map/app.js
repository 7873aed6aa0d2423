// The map screen: one state, which search, filters, map and table show and change.

import { AreaFilter } from "./area/area_filter.js";
import { Counts } from "./query/counts.js";
import { button, byId, element } from "./page/element.js";
import { Folds } from "./page/panels.js";
import { Ground } from "./base_map/layer_choice.js";
import { Messages } from "./page/status.js";
import { nothing } from "./search/nearest.js";
import { Records } from "./records/records_layer.js";
import { Panel } from "./filters/filter_panel.js";
import { measuring, place, readout } from "./area/pointer.js";
import { filtersInWords, printing } from "./page/print.js";
import { address, asked, kindsOf } from "./query/collection_query.js";
import { ask, givenUp } from "./query/requests.js";
import { saved } from "./search/saved_searches.js";
import { Selection, turned } from "./records/selection.js";
import { narrowed, read, Screen, widened, write } from "./query/state.js";
import { suggestions } from "./search/suggestions.js";
import { Table } from "./table/table.js";
import { View } from "./view.js";
import { COMMA, filled, label, lang, nameOf, number, settings, words } from "./page/settings.js";

const KINDS = Object.keys(settings.kinds);
const KNOWN = {
  kinds: KINDS,
  filters: settings.filters.map(({ name }) => name),
  bases: settings.bases.map(({ name }) => name),
};
/** What a table is sorted by where nobody chose: by size class, whose codes stand in the order of the alphabet, then by amount. */
const USUAL = { deposits: "size_class,-size_basis_value_t" };
/** Records that are sorted unasked; of more the first would keep one waiting, as only the order of the key is prepared. */
const MOST_SORTED = 20_000;
const LANGUAGE = new URLSearchParams(location.search).get("lang");

/** Everything that one screen has, wired together. */
export class App {
  /** @param {import("leaflet").Map} map */
  constructor(map) {
    this.map = map;
    this.screen = new Screen(read(location.search, KNOWN), save);
    this.counted = "";
    const widen = () => this.screen.change(widened(this.state));
    this.messages = new Messages(() => this.again(), widen);
    const say = (text) => this.messages.say(text);
    this.counts = new Counts((kind) => this.query(kind));
    this.ground = new Ground(map, this.screen);
    this.panel = new Panel(this.screen, (state, kind) => asked(state, kind, settings.filters, this.view?.box()));
    this.area = new AreaFilter(map, this.screen, say);
    this.view = new View(map, this.screen);
    this.records = this.marks();
    this.table = this.listing();
    this.selection = new Selection(map, this.screen, this.messages, {
      mark: (at) => this.records.mark(at),
      row: (id) => this.table.select(id),
    });
    this.folds = new Folds(this.screen, () => {
      map.invalidateSize({ animate: false, pan: false });
      this.table.show();
    });
    suggestions({
      filters: KNOWN.filters,
      record: (id, at) => this.goTo(id, at),
      term: (filter, code) => this.screen.choose(filter, code, true),
      position: (text) => this.position(text),
    });
    readout(map, (at, km) => this.area.near(at, km));
    measuring(map, say);
    saved(() => write(this.state), (search) => this.go(search), say);
    printing(map);
    this.buttons(widen);
    window.addEventListener("popstate", () => this.screen.restore(read(location.search, KNOWN)));
    this.view.first();
    this.folds.follow();
    this.records.addTo(map);
    this.screen.listen((state, before) => this.follow(state, before));
    this.follow(this.state, null);
  }

  get state() {
    return this.screen.state;
  }

  /** The layer of records on the map. @returns {any} */
  marks() {
    return new Records({
      query: (kind) => (kindsOf(this.state, KINDS).includes(kind) && this.counts.matched[kind] !== 0 ? this.query(kind) : null),
      roots: Object.fromEntries(KINDS.map((kind) => [kind, settings.tiles.replace("{collection}", kind)])),
      fetchBytes: (url, signal) => ask(url, { signal }, (response) => response.arrayBuffer()),
      countsAs: settings.countsAs,
      nameOf,
      describe: (record) => [nameOf(record), settings.kinds[record.kind], label("commodity-group", record.group)].join(COMMA),
      describeMany,
      open: (record) => this.selection.choose(`${record.kind}/${record.id}`),
      point: (record) => this.table.hover(record ? `${record.kind}/${record.id}` : ""),
      failed: (error) => this.messages.failed(error),
      drawn: (marks) => {
        this.ground.avoid(marks);
        document.documentElement.toggleAttribute("data-drawn", true);
      },
      lang,
    });
  }

  listing() {
    return new Table({
      open: (id, feature) => this.selection.choose(id, feature),
      point: (feature) => this.records.mark(feature?.geometry ? turned(feature.geometry.coordinates) : this.selection.at),
      change: (part) => this.screen.change(part, false),
      failed: (error) => this.messages.failed(error),
    });
  }

  /** @param {() => void} widen */
  buttons(widen) {
    byId("clear").addEventListener("click", widen);
    byId("inview").addEventListener("change", ({ target }) => this.screen.set({ inview: target.checked ? "1" : "" }));
    byId("copy").addEventListener("click", () => this.table.copy());
    byId("columns-open").addEventListener("toggle", () => byId("columns").replaceChildren(this.table.chooser()));
    byId("download").addEventListener("click", () => this.download());
  }

  /** Open the panel of files, of what is shown now. */
  async download() {
    const { Download } = await import("./download/download.js");
    const columns = this.table.shown().flatMap(({ name }) => (name === "name" ? ["name_en", "name_zh"] : name === "distance_km" ? [] : [name]));
    new Download({
      kind: this.listed(),
      kinds: kindsOf(this.state, KINDS),
      matched: this.counts.matched,
      query: (kind) => this.query(kind),
      columns,
      filters: filtersInWords(),
      middle: this.view.middle(),
    });
  }

  /** What the API is asked of a collection. @param {string} kind */
  query(kind) {
    return asked(this.state, kind, settings.filters, this.view.box());
  }

  /**
   * Show what the state says, where it differs from before.
   * @param {import("./query/state.js").State} state
   * @param {import("./query/state.js").State | null} before
   */
  follow(state, before) {
    if (before && state.base !== before.base) this.ground.show();
    if (before && state.panels !== before.panels) this.folds.follow();
    if (before?.view) this.view.follow();
    this.links();
    byId("inview").checked = Boolean(state.values.inview);
    const filters = JSON.stringify([state.kinds, state.choices, state.values, state.values.inview ? state.view : null]);
    if (filters !== this.counted) {
      this.counted = filters;
      this.panel.follow();
      this.area.show().then(() => this.area.tell());
      this.count();
    } else this.list();
    if (!before || state.selected !== before.selected) this.selection.follow();
  }

  /** Ask everything anew. */
  again() {
    this.counted = "";
    this.table.key = "";
    this.follow(this.state, this.state);
  }

  /** The links that lead on with what is shown: the other language, and the API's own answer. */
  links() {
    const other = byId("language");
    other.href = `/${write(this.state, other.dataset.lang)}`;
    const kind = this.listed();
    const query = this.query(kind);
    const api = byId("as-data");
    api.hidden = !query;
    if (query) api.href = address(`/api/collections/${kind}/items`, query, { f: "json" });
    const charts = byId("charts");
    charts.hidden = !query || !settings.pages.charts;
    if (query) charts.href = address("/charts", query, { collection: kind });
  }

  async count() {
    try {
      const { all, values, signal } = await this.counts.ask(this.state);
      this.panel.count(values, this.counts.matched);
      this.messages.show();
      this.records.refresh();
      this.list();
      if (all || !narrowed(this.state)) return;
      const parts = await nothing(this.screen, this.area.middle() ?? this.view.middle(), signal);
      if (parts) this.messages.show(...parts, button(words.clear, this.messages.widen));
    } catch (error) {
      if (!givenUp(error)) this.messages.failed(error);
    }
  }

  /** The kind whose table is shown: the chosen one, else the first that has records. */
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
    const few = this.counts.matched[kind] <= MOST_SORTED && !this.state.values.near;
    this.table.ask(kind, query, this.state.sort, this.state.columns, few ? (USUAL[kind] ?? "") : "");
    this.links();
  }

  /**
   * Go to a record that was searched for.
   * @param {string} id
   * @param {[number, number] | null} at
   */
  goTo(id, at) {
    if (at) this.view.close(at);
    this.screen.change({ selected: id });
    this.folds.sheet("");
  }

  /**
   * Go to a position that somebody wrote.
   * @param {string} text
   */
  async position(text) {
    if (!/\d\D+\d/.test(text)) return false;
    const { position } = await import("./area/coordinates.js");
    const at = position(text);
    if (!at) return false;
    this.view.close(at);
    await place(this.map, at, (where, km) => this.area.near(where, km));
    return true;
  }

  /** Show a kept search. @param {string} search */
  go(search) {
    const state = read(search, KNOWN);
    history.pushState(null, "", `/${write(state, LANGUAGE)}`);
    this.screen.restore(state);
  }
}

/**
 * @param {import("./query/state.js").State} state
 * @param {boolean} push
 */
function save(state, push) {
  const url = `/${write(state, LANGUAGE)}`;
  if (url === `${location.pathname}${location.search}`) return;
  history[push ? "pushState" : "replaceState"](null, "", url);
}

/** @param {import("./records/marks.js").Mark} mark */
function describeMany(mark) {
  const parts = Object.entries(mark.mix)
    .sort((a, b) => b[1] - a[1])
    .map(([group, n]) => `${label("commodity-group", group)} ${number(n)}`);
  return `${filled(words.matched, { n: number(mark.n) })}${lang === "zh" ? "：" : ": "}${parts.join(COMMA)}`;
}
