// The state of the screen and its address: whoever opens the address sees the same screen.

/**
 * @typedef {{lon: number, lat: number, zoom: number}} View
 * @typedef {object} State
 * @property {View | null} view the view of the map, null for the world
 * @property {string[]} kinds the queried collections; all if none is selected
 * @property {Record<string, string[]>} choices selected codes of each filter, by its name
 * @property {Record<string, string>} values single values, such as within or near
 * @property {string | null} selected a record as collection/id
 * @property {string | null} table the collection whose table is open, null for the first that has records
 * @property {string} sort a field with - before it to go down, or empty
 * @property {string[]} columns the table's columns, none for the usual ones
 * @property {string} base the base map's name, empty for our own
 * @property {boolean} rights whether the layer of mining rights is shown
 * @property {string[]} layers the layers of points that are shown in addition to the queried kinds
 * @property {string} panels the folded panels: f for filters, t for the table
 */

/** Single values that filter the records; collection_query.js makes query parameters of them. */
export const VALUES = [
  ...["commodity_role", "near", "radius_km", "within", "certainty", "discovered", "accuracy", "inview"],
  ...["last_known", "has_figure", "facility", "developed", "located", "year", "year_of"],
  ...["ore_t_min", "ore_t_max", "contained_t_min", "contained_t_max", "grade_pct_min", "grade_pct_max"],
  ...["capacity_tpa_min", "capacity_tpa_max", "organisation", "company", "subsidiaries"],
];
/** Those that filter by place. */
export const AREA = ["near", "radius_km", "within", "certainty"];
/** Kinds with a year of each meaning of the slider of time. @type {Record<string, string[]>} */
export const YEARS_OF = { discovery: ["deposits", "discoveries"], start: ["projects"], status: ["deposits", "projects"] };

/** Return what the year of a state is of. @param {Record<string, string>} values */
export function yearOf(values) {
  return values.year_of in YEARS_OF ? values.year_of : "discovery";
}

/** @returns {State} */
export function emptyState() {
  return { view: null, kinds: [], choices: {}, values: {}, selected: null, table: null, sort: "", columns: [], base: "", rights: false, layers: [], panels: "" };
}

/**
 * Return the state of an address; unknown values are left out.
 * @param {string} search the query string
 * @param {{kinds: string[], filters: string[], bases: string[], layers?: string[]}} known
 * @returns {State}
 */
export function read(search, known) {
  const given = new URLSearchParams(search);
  const state = emptyState();
  const list = (name) => (given.get(name) ?? "").split(",").filter(Boolean);
  state.view = viewOf(given.get("view"));
  state.kinds = list("kind").filter((kind) => known.kinds.includes(kind));
  for (const name of known.filters) {
    const codes = [...new Set(list(name))];
    if (codes.length) state.choices[name] = codes;
  }
  for (const name of VALUES) {
    const value = given.get(name);
    if (value) state.values[name] = value;
  }
  const [collection, id] = (given.get("select") ?? "").split("/");
  if ([...known.kinds, ...(known.layers ?? [])].includes(collection) && id) state.selected = `${collection}/${id}`;
  const table = given.get("table");
  if (table && known.kinds.includes(table)) state.table = table;
  state.sort = /^-?\w+$/.test(given.get("sort") ?? "") ? /** @type {string} */ (given.get("sort")) : "";
  state.columns = list("columns").filter((name) => /^\w+$/.test(name));
  const base = given.get("base");
  if (base && known.bases.includes(base)) state.base = base;
  state.rights = given.get("rights") === "1";
  state.layers = list("layers").filter((name) => known.layers?.includes(name));
  state.panels = (given.get("fold") ?? "").replace(/[^ft]/g, "");
  return state;
}

/**
 * The query string of a state, always in one order, with a language only where one is given.
 * @param {State} state
 * @param {string | null} [lang]
 */
export function write(state, lang) {
  /** @type {[string, string][]} */
  const parts = [];
  if (lang) parts.push(["lang", lang]);
  if (state.view) {
    const { lon, lat, zoom } = state.view;
    parts.push(["view", `${rounded(lon, 5)},${rounded(lat, 5)},${rounded(zoom, 1)}`]);
  }
  if (state.kinds.length) parts.push(["kind", state.kinds.join(",")]);
  for (const name of Object.keys(state.choices).sort()) {
    if (state.choices[name].length) parts.push([name, state.choices[name].join(",")]);
  }
  for (const name of VALUES) if (state.values[name]) parts.push([name, state.values[name]]);
  if (state.selected) parts.push(["select", state.selected]);
  if (state.table) parts.push(["table", state.table]);
  if (state.sort) parts.push(["sort", state.sort]);
  if (state.columns.length) parts.push(["columns", state.columns.join(",")]);
  if (state.base) parts.push(["base", state.base]);
  if (state.rights) parts.push(["rights", "1"]);
  if (state.layers.length) parts.push(["layers", state.layers.join(",")]);
  if (state.panels) parts.push(["fold", state.panels]);
  const text = parts.map(([name, value]) => `${name}=${quoted(value)}`).join("&");
  return text ? `?${text}` : "";
}

/** @param {string} text */
function quoted(text) {
  return encodeURIComponent(text).replace(/%2C/g, ",").replace(/%2F/g, "/").replace(/%20/g, "+");
}

/** @param {string | null} text */
function viewOf(text) {
  const parts = (text ?? "").split(",").map(Number);
  if (!text || parts.length !== 3 || !parts.every(Number.isFinite)) return null;
  const [lon, lat, zoom] = parts;
  if (Math.abs(lon) > 360 || Math.abs(lat) > 90 || zoom < 0 || zoom > 18) return null;
  return { lon, lat, zoom };
}

/**
 * @param {number} value
 * @param {number} digits
 */
function rounded(value, digits) {
  return Number(value.toFixed(digits));
}

/** @param {State} state */
export function narrowed(state) {
  return state.kinds.length > 0 || Object.keys(state.choices).length > 0 || VALUES.some((name) => state.values[name]);
}

/**
 * The state without any filter.
 * @param {State} state
 * @returns {State}
 */
export function widened(state) {
  return { ...state, kinds: [], choices: {}, values: {} };
}

/** Holds the state, writes it to the address, and notifies listeners of changes. */
export class Screen {
  /**
   * @param {State} state
   * @param {(state: State, push: boolean) => void} save
   */
  constructor(state, save) {
    this.state = state;
    this.save = save;
    /** @type {((state: State, before: State) => void)[]} */
    this.listeners = [];
  }

  /** @param {(state: State, before: State) => void} listener */
  listen(listener) {
    this.listeners.push(listener);
  }

  /**
   * Change a part of the state; `push` adds an entry to the history of the browser.
   * @param {Partial<State>} part
   * @param {boolean} [push]
   */
  change(part, push = true) {
    const before = this.state;
    this.state = { ...before, ...part };
    this.save(this.state, push);
    this.notify(before);
  }

  /**
   * Set the state from the address, as after the back button.
   * @param {State} state
   */
  restore(state) {
    const before = this.state;
    this.state = state;
    this.notify(before);
  }

  /** @param {State} before */
  notify(before) {
    for (const listener of this.listeners) listener(this.state, before);
  }

  /**
   * Select or clear one code of a filter.
   * @param {string} name
   * @param {string} code
   * @param {boolean} chosen
   */
  choose(name, code, chosen) {
    const others = (this.state.choices[name] ?? []).filter((one) => one !== code);
    this.pick(name, chosen ? [...others, code] : others);
  }

  /**
   * Select exactly these codes of a filter.
   * @param {string} name
   * @param {string[]} codes
   */
  pick(name, codes) {
    const choices = { ...this.state.choices, [name]: codes };
    if (!codes.length) delete choices[name];
    this.change({ choices });
  }

  /**
   * Set single values; an empty text removes one.
   * @param {Record<string, string>} values
   */
  set(values) {
    const all = { ...this.state.values, ...values };
    for (const [name, value] of Object.entries(all)) if (!value) delete all[name];
    this.change({ values: all });
  }
}
