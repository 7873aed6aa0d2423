// The map screen: one state, which search, filters, map and table show and change.

import L from "leaflet";
import { AreaFilter } from "./area.js";
import { byId, button, element } from "./element.js";
import { Ground } from "./layers.js";
import { Records } from "./overlay.js";
import { Panel } from "./panel.js";
import { measuring, place, readout } from "./pointer.js";
import { popup } from "./popup.js";
import { address, asked, kindsOf, merged } from "./questions.js";
import { ask, askJson, Failed, givenUp, onActivity } from "./requests.js";
import { saved } from "./saved.js";
import { AREA, narrowed, read, Screen, widened, write } from "./state.js";
import { suggestions } from "./suggest.js";
import { Table } from "./table.js";
import { COMMA, distance, filled, lang, nameOf, number, settings, words } from "./words.js";

const FIRST_VIEW_DEGREES = 310;
const RECORD_ZOOM = 9;
/** Around a popup, so that the tools don't cover it. @type {Pick<L.PopupOptions, "autoPanPaddingTopLeft" | "autoPanPaddingBottomRight">} */
const ROOM = { autoPanPaddingTopLeft: [12, 12], autoPanPaddingBottomRight: [56, 12] };
const QUIET_MS = 60;
const FACET_LIMIT = "300";
/** Filters and values that ask of a place. */
const PLACES = ["country", "division", "inview", ...AREA];
const KINDS = Object.keys(settings.kinds);
const KNOWN = {
  kinds: KINDS,
  filters: settings.filters.map(({ name }) => name),
  bases: settings.bases.map(({ name }) => name),
};
const LANGUAGE = new URLSearchParams(location.search).get("lang");

/** Everything that one screen has, wired together. */
class App {
  /** @param {L.Map} map */
  constructor(map) {
    this.map = map;
    this.screen = new Screen(read(location.search, KNOWN), (state, push) => this.save(state, push));
    this.control = new AbortController();
    /** @type {Record<string, number>} */
    this.matched = {};
    this.counted = "";
    this.moving = false;
    this.quiet = 0;
    /** @type {any} */
    this.opened = null;
    this.ground = new Ground(map, this.screen);
    this.panel = new Panel(this.screen);
    this.area = new AreaFilter(map, this.screen, (text) => this.say(text));
    this.records = new Records({
      query: (kind) => (kindsOf(this.state, KINDS).includes(kind) && this.matched[kind] !== 0 ? this.query(kind) : null),
      roots: Object.fromEntries(KINDS.map((kind) => [kind, settings.tiles.replace("{collection}", kind)])),
      fetchBytes: async (url, signal) => (await ask(url, { signal })).arrayBuffer(),
      countsAs: settings.countsAs,
      nameOf,
      describe: (record) => [nameOf(record), settings.kinds[record.kind], settings.groups[record.group]].join(COMMA),
      describeMany: (mark) => this.describeMany(mark),
      open: (record) => this.select(`${record.kind}/${record.id}`),
      point: (record) => this.table.hover(record ? `${record.kind}/${record.id}` : ""),
      failed: (error) => this.failed(error),
      drawn: () => document.documentElement.toggleAttribute("data-drawn", true),
      lang,
    });
    this.table = new Table({
      open: (id, feature) => this.select(id, feature),
      point: (feature) => this.records.mark(feature?.geometry ? turned(feature.geometry.coordinates) : this.markOfSelected()),
      change: (part) => this.screen.change(part, false),
      failed: (error) => this.failed(error),
      empty: () => undefined,
    });
    suggestions({
      filters: KNOWN.filters,
      record: (id, at) => this.goTo(id, at),
      term: (filter, code) => this.screen.choose(filter, code, true),
      position: (text) => this.position(text),
    });
    readout(map, (at, km) => this.area.near(at, km));
    measuring(map, (text) => this.say(text));
    saved(
      () => write(this.state),
      (search) => this.go(search),
      (text) => this.say(text),
    );
    this.wire();
    this.firstView();
    this.records.addTo(map);
    this.screen.listen((state, before) => this.follow(state, before));
    this.follow(this.state, null);
  }

  get state() {
    return this.screen.state;
  }

  wire() {
    const { map } = this;
    onActivity((count) => this.busy(count > 0));
    this.busy(true);
    window.addEventListener("popstate", () => this.screen.restore(read(location.search, KNOWN)));
    map.on("moveend", () => this.moved());
    map.on("popupclose", ({ popup: closed }) => {
      if (this.opened?.popup !== closed) return;
      const { opener, focused } = this.opened;
      this.opened = null;
      this.records.mark(null);
      if (this.state.selected) this.screen.change({ selected: null }, false);
      if (focused) (opener?.isConnected ? opener : document.querySelector('.mark[tabindex="0"]'))?.focus({ preventScroll: true });
    });
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Escape") map.closePopup();
    });
    byId("clear").addEventListener("click", () => this.screen.change(widened(this.state)));
    byId("inview").addEventListener("change", ({ target }) => this.screen.set({ inview: target.checked ? "1" : "" }));
    byId("copy").addEventListener("click", () => this.table.copy());
    byId("columns-open").addEventListener("toggle", () => byId("columns").replaceChildren(this.table.chooser()));
    byId("print").addEventListener("click", () => this.print());
    for (const id of ["panel", "list"]) {
      for (const opener of document.querySelectorAll(`[data-toggle="${id}"]`)) opener.addEventListener("click", () => this.toggle(id));
    }
    for (const event of ["online", "offline"]) window.addEventListener(event, () => this.online());
    this.online();
    matchMedia("print").addEventListener("change", () => map.invalidateSize({ animate: false, pan: false }));
    window.addEventListener("beforeprint", () => this.citation());
  }

  /** Show that something is under way; that nothing is, only when nothing follows at once. @param {boolean} something */
  busy(something) {
    clearTimeout(this.quiet);
    const tell = () => {
      byId("progress").hidden = !something;
      document.documentElement.toggleAttribute("data-busy", something);
    };
    if (something) tell();
    else this.quiet = window.setTimeout(tell, QUIET_MS);
  }

  /** Fold or unfold a panel; on a phone they are sheets, one at a time. @param {string} id */
  toggle(id) {
    if (matchMedia("(max-width: 700px)").matches) {
      const open = !byId(id).classList.contains("open");
      for (const one of ["panel", "list"]) byId(one).classList.toggle("open", one === id && open);
      for (const opener of document.querySelectorAll("#sheets [data-toggle]")) {
        opener.setAttribute("aria-expanded", String(open && opener.getAttribute("data-toggle") === id));
      }
      this.table.show();
      return;
    }
    const letter = id === "panel" ? "f" : "t";
    const { panels } = this.state;
    this.screen.change({ panels: panels.includes(letter) ? panels.replace(letter, "") : panels + letter }, false);
  }

  firstView() {
    const { map } = this;
    const { view } = this.state;
    if (view) map.setView([view.lat, view.lon], view.zoom, { animate: false });
    else map.setZoom(worldZoom(map.getSize().x), { animate: false });
    this.folded();
  }

  /**
   * @param {import("./state.js").State} state
   * @param {boolean} push
   */
  save(state, push) {
    const url = `/${write(state, LANGUAGE)}`;
    if (url === `${location.pathname}${location.search}`) return;
    history[push ? "pushState" : "replaceState"](null, "", url);
  }

  /** @param {string} kind */
  query(kind) {
    const bounds = this.map.getBounds();
    const west = Math.max(-180, bounds.getWest());
    const east = Math.min(180, bounds.getEast());
    const box = [west, Math.max(-90, bounds.getSouth()), east, Math.min(90, bounds.getNorth())].map((edge) => edge.toFixed(4)).join(",");
    return asked(this.state, kind, settings.filters, box);
  }

  moved() {
    if (this.moving) return;
    const { lng, lat } = this.map.getCenter();
    this.screen.change({ view: { lon: lng, lat, zoom: this.map.getZoom() } }, false);
  }

  /**
   * Show what the state says, where it differs from before.
   * @param {import("./state.js").State} state
   * @param {import("./state.js").State | null} before
   */
  follow(state, before) {
    if (before && state.base !== before.base) this.ground.show();
    if (before && state.panels !== before.panels) this.folded();
    const { view } = state;
    const here = this.map.getCenter();
    if (before && view && before.view && (Math.abs(view.lon - here.lng) > 1e-4 || Math.abs(view.lat - here.lat) > 1e-4 || view.zoom !== this.map.getZoom())) {
      this.moving = true;
      this.map.setView([view.lat, view.lon], view.zoom, { animate: false });
      this.moving = false;
    }
    this.links();
    byId("inview").checked = Boolean(state.values.inview);
    const filters = JSON.stringify([state.kinds, state.choices, state.values, state.values.inview ? state.view : null]);
    if (filters !== this.counted) {
      this.counted = filters;
      this.panel.follow();
      this.area.show().then(() => this.area.tell());
      this.count();
    } else this.list();
    if (!before || state.selected !== before.selected) this.showSelected();
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

  /** Ask how many match, of each kind and each value. */
  async count() {
    this.control.abort();
    this.control = new AbortController();
    const { signal } = this.control;
    byId("count").classList.add("old");
    try {
      const answers = await Promise.all(
        KINDS.map(async (kind) => {
          const query = this.query(kind);
          const nothing = { numberMatched: 0, facets: [] };
          return query ? askJson(address(`/api/collections/${kind}/facets`, query, { facet_limit: FACET_LIMIT }), { signal }) : nothing;
        }),
      );
      this.matched = Object.fromEntries(KINDS.map((kind, i) => [kind, answers[i].numberMatched]));
      const kinds = kindsOf(this.state, KINDS);
      this.panel.count(merged(Object.fromEntries(KINDS.map((kind, i) => [kind, answers[i]])), settings.filters, kinds, lang), this.matched);
      const all = kinds.reduce((sum, kind) => sum + this.matched[kind], 0);
      const text = filled(words.matched, { n: number(all) });
      byId("count").textContent = text;
      byId("count").dataset.n = String(all);
      byId("count").classList.remove("old");
      for (const place of document.querySelectorAll(".total")) place.textContent = number(all);
      this.message();
      this.records.refresh();
      this.list();
      if (!all && narrowed(this.state)) this.nothing(signal);
    } catch (error) {
      if (!givenUp(error)) this.failed(error);
    }
  }

  /** The kind whose table is shown: the chosen one, else the first that has records. */
  listed() {
    const kinds = kindsOf(this.state, KINDS);
    if (this.state.table && kinds.includes(this.state.table)) return this.state.table;
    return kinds.find((kind) => this.matched[kind]) ?? kinds[0];
  }

  list() {
    const kind = this.listed();
    const tabs = kindsOf(this.state, KINDS).map((one) =>
      button("", () => this.screen.change({ table: one, sort: "", columns: [] }, false), { role: "tab", "aria-selected": String(one === kind), "data-kind": one }),
    );
    for (const tab of tabs) {
      const one = tab.dataset.kind;
      tab.append(settings.kinds[one], " ", element("b", {}, number(this.matched[one] ?? 0)));
    }
    byId("kinds").replaceChildren(...tabs);
    const query = this.matched[kind] === 0 ? null : this.query(kind);
    this.table.ask(kind, query, this.state.sort, this.state.columns);
    this.links();
  }

  /** Nothing matches: say what is nearest, and how to go on. @param {AbortSignal} signal */
  async nothing(signal) {
    const { values } = this.state;
    const [lon, lat] = values.near ? values.near.split(",").map(Number) : this.middle();
    // what is asked of a place falls away; what is asked of the records stays
    const choices = Object.fromEntries(Object.entries(this.state.choices).filter(([name]) => !PLACES.includes(name)));
    const anywhere = { ...this.state, choices, values: Object.fromEntries(Object.entries(values).filter(([name]) => !PLACES.includes(name))) };
    const found = [];
    for (const kind of kindsOf(this.state, KINDS)) {
      const query = asked(anywhere, kind, settings.filters);
      if (!query) continue;
      const more = { nearest: `${lon.toFixed(5)},${lat.toFixed(5)}`, limit: "1", properties: "name_en,name_zh" };
      try {
        const { features } = await askJson(address(`/api/collections/${kind}/items`, query, more), { signal });
        for (const feature of features) found.push({ kind, feature, km: feature.properties.distance_km });
      } catch (error) {
        if (givenUp(error)) return;
      }
    }
    if (signal.aborted) return;
    found.sort((a, b) => a.km - b.km);
    const parts = [element("span", {}, words.nothing)];
    if (found.length) {
      const { kind, feature, km } = found[0];
      parts.push(element("span", {}, filled(words.nearest, { name: nameOf(feature.properties), distance: distance(km * 1000) })));
      parts.push(
        button(words.showNearest, () => {
          this.screen.change({ choices, values: anywhere.values, selected: `${kind}/${feature.id}` });
        }),
      );
    }
    parts.push(button(words.clear, () => this.screen.change(widened(this.state))));
    byId("state").replaceChildren(...parts);
  }

  /** The middle of the area, or of the view. @returns {[number, number]} */
  middle() {
    const { lat, lng } = (this.area.shown ? this.area.shown.getBounds().getCenter() : this.map.getCenter()).wrap();
    return [lng, lat];
  }

  message() {
    byId("state").replaceChildren();
  }

  /** @param {unknown} error */
  failed(error) {
    const trouble = error instanceof Failed ? error.trouble : "failed";
    const text = { offline: words.offline, away: words.failed, refused: words.refused, failed: words.failed }[trouble];
    const detail = trouble === "refused" && error instanceof Failed ? element("span", { class: "detail" }, error.detail) : "";
    const again = () => {
      this.message();
      this.counted = "";
      this.table.key = "";
      this.follow(this.state, this.state);
    };
    const retry = button(words.retry, again);
    const clear = trouble === "refused" ? button(words.clear, () => this.screen.change(widened(this.state))) : "";
    byId("state").replaceChildren(element("span", {}, text), detail, retry, clear);
  }

  online() {
    byId("offline").hidden = navigator.onLine;
  }

  /** @param {string} text */
  say(text) {
    byId("said").textContent = text;
  }

  /**
   * @param {string} id
   * @param {any} [feature] the record, where it is there already
   */
  select(id, feature) {
    this.screen.change({ selected: id });
    if (feature?.geometry) {
      const at = turned(feature.geometry.coordinates);
      if (!this.map.getBounds().contains(at)) this.map.panTo(at);
    }
  }

  /**
   * @param {string} id
   * @param {[number, number] | null} at
   */
  goTo(id, at) {
    if (at) this.map.setView([at[1], at[0]], Math.max(this.map.getZoom(), RECORD_ZOOM), { animate: false });
    this.screen.change({ selected: id });
    for (const one of ["panel", "list"]) byId(one).classList.remove("open");
  }

  markOfSelected() {
    return this.opened ? this.opened.at : null;
  }

  /** Open the popup of the selected record. */
  async showSelected() {
    const { selected } = this.state;
    this.table.select(selected ?? "");
    if (!selected) {
      if (this.opened) this.map.closePopup(this.opened.popup);
      return;
    }
    if (this.opened?.id === selected) return;
    const [kind, id] = selected.split("/");
    const opener = this.map.getContainer().contains(document.activeElement) || byId("list").contains(document.activeElement) ? document.activeElement : null;
    try {
      const feature = await askJson(`/api/collections/${kind}/items/${encodeURIComponent(id)}`);
      if (this.state.selected !== selected) return;
      if (this.opened) {
        const { popup: former } = this.opened;
        this.opened = null;
        this.map.closePopup(former);
      }
      const content = popup(feature, kind);
      if (!feature.geometry) {
        this.records.mark(null);
        byId("state").replaceChildren(content, button(words.close, () => { this.message(); this.screen.change({ selected: null }, false); }));
        return;
      }
      const at = turned(feature.geometry.coordinates);
      if (!this.map.getBounds().contains(at)) this.map.setView(at, Math.max(this.map.getZoom(), 5), { animate: false });
      const made = L.popup({ maxWidth: Math.min(320, window.innerWidth - 108), minWidth: 200, offset: [0, -6], ...ROOM });
      made.setLatLng(at).setContent(content);
      this.opened = { popup: made, id: selected, at, opener, focused: Boolean(opener) };
      made.openOn(this.map);
      made.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close);
      this.records.mark(at);
      if (opener) content.focus({ preventScroll: true });
    } catch (error) {
      if (error instanceof Failed && error.trouble === "refused") {
        this.say(words.gone);
        this.screen.change({ selected: null }, false);
      } else if (!givenUp(error)) this.failed(error);
    }
  }

  /**
   * Go to a position that somebody wrote.
   * @param {string} text
   */
  async position(text) {
    if (!/\d\D+\d/.test(text)) return false;
    const { position } = await import("./coordinates.js");
    const at = position(text);
    if (!at) return false;
    this.map.setView([at[1], at[0]], Math.max(this.map.getZoom(), RECORD_ZOOM), { animate: false });
    await place(this.map, at, (where, km) => this.area.near(where, km));
    return true;
  }

  /** Show a kept search. @param {string} search */
  go(search) {
    const state = read(search, KNOWN);
    history.pushState(null, "", `/${write(state, LANGUAGE)}`);
    this.screen.restore(state);
  }

  folded() {
    const { panels } = this.state;
    for (const [id, letter] of [["panel", "f"], ["list", "t"]]) {
      byId(id).classList.toggle("folded", panels.includes(letter));
      for (const opener of document.querySelectorAll(`[data-toggle="${id}"]:not(#sheets *)`)) {
        opener.setAttribute("aria-expanded", String(!panels.includes(letter)));
      }
    }
    this.map.invalidateSize({ animate: false, pan: false });
    this.table?.show();
  }

  /** @param {import("./marks.js").Mark} mark */
  describeMany(mark) {
    const parts = Object.entries(mark.mix)
      .sort((a, b) => b[1] - a[1])
      .map(([group, n]) => `${settings.groups[group]} ${number(n)}`);
    return `${filled(words.matched, { n: number(mark.n) })}${lang === "zh" ? "：" : ": "}${parts.join(COMMA)}`;
  }

  /** What the printed page says of itself. */
  citation() {
    const chips = [...document.querySelectorAll("#chips li span")].map((one) => one.textContent).join(lang === "zh" ? "；" : "; ");
    const day = new Date().toLocaleDateString(lang === "zh" ? "zh-CN" : "en-GB", { year: "numeric", month: "long", day: "numeric" });
    byId("cite").textContent = filled(words.cite, { filters: chips || words.everything, n: byId("count").textContent ?? "", day, url: location.href });
  }

  print() {
    this.citation();
    window.print();
  }
}

/** @param {[number, number]} at @returns {[number, number]} */
function turned([lon, lat]) {
  return [lat, lon];
}

/**
 * The zoom at which a map so wide shows the continents from the Americas to Japan.
 * @param {number} width
 */
function worldZoom(width) {
  const whole = Math.log2(((width / 256) * 360) / FIRST_VIEW_DEGREES);
  return Math.max(1, Math.floor(whole * 2) / 2);
}

/** @param {L.Map} map */
function attach(map) {
  map.setMaxZoom(18);
  map.options.zoomSnap = 0.5;
  map.setMaxBounds([[-86, -1080], [86, 1080]]);
  map.options.maxBoundsViscosity = 1;
  // Leaflet reads these when a map is made, and asks nobody whether motion is wanted
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) Object.assign(map, { _fadeAnimated: false, _zoomAnimated: false });
  map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
  map.zoomControl.remove();
  L.control.zoom({ position: "topright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  L.control.scale({ maxWidth: 140, imperial: false }).addTo(map);
  for (const id of ["tools", "readout"]) {
    L.DomEvent.disableClickPropagation(byId(id));
    L.DomEvent.disableScrollPropagation(byId(id));
  }
  Object.assign(window, { lode: { attach, map, app: new App(map) } });
}

const about = byId("about");
const opener = byId("about-open");
function toggleAbout(open) {
  about.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  (open ? byId("about-close") : opener).focus();
}
opener.addEventListener("click", () => toggleAbout(about.hidden));
byId("about-close").addEventListener("click", () => toggleAbout(false));

// folium's script speaks of L, and hands its map to lode.attach; Leaflet's plugins look for L too
Object.assign(window, { L, lode: { attach } });
