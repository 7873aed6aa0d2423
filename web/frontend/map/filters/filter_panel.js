// The filter panel: filters with live counts, which are also the legend of the map.

import { TreeView } from "./tree_view.js";
import { chips } from "./chips.js";
import { companyFilter } from "./company.js";
import { DevelopedFilter } from "./developed.js";
import { button, byId, element } from "../page/element.js";
import { FIGURES, Range } from "./range.js";
import { GROUPS, SIZES, svg, USUAL_SIZE } from "../records/symbols.js";
import { distance, number } from "../page/format.js";
import { formatMessage, label, messages, settings } from "../page/settings.js";

const FEW = 8;
const SEARCHED = 12;
const ACCURACIES = [100, 1_000, 5_000, 25_000];
/** Filters that are open at first. */
const OPEN = new Set(["commodity_group", "status", "size_class"]);
const FILL_OF = { working: "operating", planned: "construction", ended: "closed" };
const VOCABULARIES = {
  commodity_group: "commodity-group",
  ...{ commodity: "commodity", status: "status", size_class: "size-class", stage: "exploration-stage", country: "country" },
  ...{ deposit_model: "deposit-model", facility_types: "facility-type", products: "product", source: "source", flag: "flag" },
};

/** @typedef {import("../query/state.js").State} State */

export class Panel {
  /**
   * @param {import("../query/state.js").Screen} screen
   * @param {(state: State, kind: string) => URLSearchParams | null} queryOf the query parameters of a kind
   */
  constructor(screen, queryOf) {
    this.screen = screen;
    /** @type {{range: Range, box: HTMLDetailsElement}[]} */
    this.ranges = [];
    const range = (name) => new Range(screen, FIGURES[name], queryOf);
    /** @type {Record<string, TreeView>} */
    this.trees = {};
    for (const { name, broader } of settings.filters) {
      if (broader) this.trees[name] = new TreeView(screen, name, broader, (code) => this.word(name, code));
    }
    /** Labels of counted codes, for those whose labels the page does not have. @type {Map<string, string>} */
    this.labels = new Map();
    /** @type {Set<string>} */
    this.expanded = new Set();
    /** @type {Record<string, string>} */
    this.sought = {};
    /** @type {Record<string, {value: string, label: string, count: number}[]>} */
    this.counts = {};
    this.company = companyFilter(screen);
    this.developed = new DevelopedFilter(screen, queryOf);
    this.place = byId("filters");
    this.place.replaceChildren(
      this.kinds(),
      ...settings.filters.map(({ name, title }) => this.facet(name, title)),
      this.developed.element,
      this.range("discovered", messages.discovered, [range("discovered")], messages.discoveredNote),
      this.figures(),
      this.range("amounts", messages.amounts, [range("ore"), range("contained"), range("grade")], messages.amountsNote),
      this.range("capacity", messages.capacity, [range("capacity")]),
      this.company.element,
      this.accuracy(),
      this.symbols(),
    );
  }

  kinds() {
    const rows = Object.entries(settings.kinds).map(([kind, title]) => {
      const shapes = kind === "projects" ? ["mine", "plant"] : [kind === "deposits" ? "deposit" : "discovery"];
      const tick = element("input", {
        type: "checkbox",
        name: "kind",
        value: kind,
        onchange: () => this.chooseKinds(),
      });
      const row = element("label", { "data-kind": kind }, tick);
      for (const shape of shapes) row.insertAdjacentHTML("beforeend", svg(shape, "other", "working", 18));
      row.append(element("span", { class: "name" }, title), element("span", { class: "count" }));
      return row;
    });
    return element("fieldset", { class: "facet kinds" }, element("legend", {}, messages.kind), ...rows);
  }

  chooseKinds() {
    const ticks = [...this.place.querySelectorAll('input[name="kind"]')];
    const chosen = ticks.filter(({ checked }) => checked).map(({ value }) => value);
    // none selected and all selected give the same query
    this.screen.change({ kinds: chosen.length === ticks.length ? [] : chosen });
  }

  /**
   * @param {string} name
   * @param {string} title
   */
  facet(name, title) {
    const list = element("ul", {});
    const search = element("input", {
      type: "search",
      placeholder: messages.filterValues,
      "aria-label": formatMessage(messages.filterValuesOf, { name: title }),
      hidden: true,
      oninput: ({ target }) => {
        this.sought[name] = target.value.trim().toLowerCase();
        this.fill(name);
      },
    });
    const parts = [search, list];
    if (name === "commodity") parts.unshift(this.role());
    if (name === "status") parts.unshift(this.age());
    return element(
      "details",
      { class: "facet", "data-filter": name, open: OPEN.has(name) },
      element("summary", {}, element("span", { class: "name" }, title), element("span", { class: "chosen" })),
      ...parts,
    );
  }

  age() {
    const options = ["", "false", "true"].map((value) => element("option", { value }, messages[`age_${value || "any"}`]));
    return element(
      "select",
      { name: "last_known", "aria-label": messages.age, onchange: ({ target }) => this.screen.set({ last_known: target.value }) },
      ...options,
    );
  }

  role() {
    const tick = element("input", {
      type: "checkbox",
      name: "commodity_role",
      onchange: ({ target }) => this.screen.set({ commodity_role: target.checked ? "main" : "" }),
    });
    return element("label", { class: "role" }, tick, element("span", { class: "name" }, messages.mainOnly));
  }

  /**
   * Return a group of ranges; their distributions are requested when the group is opened.
   * @param {string} name
   * @param {string} title
   * @param {Range[]} ranges
   * @param {string} [note]
   */
  range(name, title, ranges, note) {
    const made = element(
      "details",
      { class: "facet range", "data-filter": name, ontoggle: () => this.spread() },
      head(title),
      ...ranges.map((range) => range.element),
      note ? element("p", { class: "note" }, note) : "",
    );
    this.ranges.push(...ranges.map((range) => ({ range, box: made })));
    return made;
  }

  /** Request the distributions of the visible figures. */
  spread() {
    for (const { range, box } of this.ranges) if (box.open) range.count();
  }

  figures() {
    const options = ["", "true", "false"].map((value) => element("option", { value }, messages[`figure_${value || "any"}`]));
    const select = element(
      "select",
      { name: "has_figure", "aria-label": messages.hasFigure, onchange: ({ target }) => this.screen.set({ has_figure: target.value }) },
      ...options,
    );
    const note = element("p", { class: "note" }, messages.hasFigureNote);
    return element("details", { class: "facet range", "data-filter": "has_figure" }, head(messages.hasFigure), select, note);
  }

  accuracy() {
    const options = ACCURACIES.map((metres) => element("option", { value: String(metres) }, `≤ ${distance(metres)}`));
    const select = element(
      "select",
      { name: "accuracy", "aria-label": messages.accuracy, onchange: ({ target }) => this.screen.set({ accuracy: target.value }) },
      element("option", { value: "" }, messages.any),
      ...options,
    );
    return element("details", { class: "facet range", "data-filter": "accuracy" }, head(messages.accuracy), select);
  }

  /** Return the legend of fill and size of symbols, for folded filters and for print. */
  symbols() {
    const rows = Object.keys(FILL_OF).map((fill) => [svg("plant", "copper", /** @type {any} */ (fill), 20), messages[`fill_${fill}`]]);
    rows.push([svg("deposit", "copper", "unknown", 20), messages.fill_unknown]);
    rows.push([svg("plant", "copper", "working", 20, true), messages.age_true]);
    rows.push(...Object.keys(SIZES).map((size) => [svg("deposit", "other", "unknown", SIZES[size]), label("size-class", size)]));
    rows.push([svg("deposit", "other", "unknown", USUAL_SIZE), messages.sizeUnknown]);
    const list = element("ul", { class: "key" });
    for (const [picture, text] of rows) {
      const row = element("li", {});
      row.insertAdjacentHTML("beforeend", String(picture));
      row.append(text);
      list.append(row);
    }
    return element("details", { class: "facet", "data-filter": "key" }, head(messages.key), list);
  }

  /**
   * Show the counts.
   * @param {Record<string, {value: string, label: string, count: number}[]>} counts
   * @param {Record<string, number>} matched
   */
  count(counts, matched) {
    this.counts = counts;
    for (const [name, values] of Object.entries(counts)) for (const one of values) this.labels.set(`${name} ${one.value}`, one.label);
    for (const row of this.place.querySelectorAll("[data-kind]")) {
      row.querySelector(".count").textContent = number(matched[row.getAttribute("data-kind")] ?? 0);
    }
    for (const { name } of settings.filters) this.fill(name);
    this.follow();
  }

  /** Make the rows of one filter. @param {string} name */
  fill(name) {
    const box = this.place.querySelector(`[data-filter="${name}"]`);
    const chosen = this.screen.state.choices[name] ?? [];
    const counted = this.counts[name] ?? [];
    const gone = chosen.map((code) => code.replace(/^-/, "")).filter((code) => !counted.some(({ value }) => value === code));
    const all = [...counted, ...gone.map((value) => ({ value, label: this.word(name, value), count: 0 }))];
    const tree = this.trees[name];
    const order = { commodity_group: Object.keys(GROUPS), size_class: Object.keys(SIZES) }[name];
    if (order) all.sort((a, b) => order.indexOf(a.value) - order.indexOf(b.value));
    const sought = this.sought[name];
    const fitting = sought ? all.filter((one) => `${one.label} ${one.value}`.toLowerCase().includes(sought)) : all;
    const expanded = this.expanded.has(name) || Boolean(sought);
    const shown = expanded || fitting.length <= FEW + 2 ? fitting : fitting.filter((one, i) => i < FEW || chosen.includes(one.value));
    const focused = box.contains(document.activeElement) ? document.activeElement?.getAttribute("value") : null;
    const rows = tree ? tree.rows(all, sought ?? "") : shown.map((one) => this.value(name, one, chosen.includes(one.value)));
    if (!tree && shown.length < fitting.length) {
      rows.push(element("li", {}, button(formatMessage(messages.showAll, { n: number(fitting.length) }), () => this.open(name), { class: "more" })));
    }
    box.querySelector("ul").replaceChildren(...rows);
    box.querySelector('input[type="search"]').hidden = all.length <= SEARCHED;
    box.hidden = !all.length;
    tree?.follow(box);
    if (focused) box.querySelector(`ul input[value="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  /** @param {string} name */
  open(name) {
    this.expanded.add(name);
    this.fill(name);
  }

  /**
   * @param {string} name
   * @param {{value: string, label: string, count: number}} one
   * @param {boolean} chosen
   */
  value(name, one, chosen) {
    const tick = element("input", {
      type: "checkbox",
      name,
      value: one.value,
      checked: chosen,
      onchange: ({ target }) => this.screen.choose(name, one.value, target.checked),
    });
    const row = element("label", {}, tick);
    const picture = this.picture(name, one.value);
    if (picture) row.insertAdjacentHTML("beforeend", picture);
    row.append(element("span", { class: "name" }, this.word(name, one.value, one.label)), element("span", { class: "count" }, number(one.count)));
    return element("li", {}, row);
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  picture(name, value) {
    if (name === "commodity_group") return svg("deposit", value, "working", 20);
    if (name === "size_class") return svg("deposit", "other", "unknown", SIZES[value] ?? USUAL_SIZE);
    if (name !== "status") return "";
    const fill = settings.fills[value] ?? "unknown";
    return svg("plant", "other", fill, 18);
  }

  /**
   * @param {string} name
   * @param {string} value
   * @param {string} [given]
   */
  word(name, value, given) {
    if (value.startsWith("-")) return formatMessage(messages.without, { name: this.word(name, value.slice(1)) });
    const known = label(VOCABULARIES[name], value);
    return known !== value ? known : (given ?? this.labels.get(`${name} ${value}`) ?? value);
  }

  /** Set the controls of the panel by the state. */
  follow() {
    const { state } = this.screen;
    for (const tick of this.place.querySelectorAll('input[name="kind"]')) {
      tick.checked = !state.kinds.length || state.kinds.includes(tick.value);
    }
    for (const box of this.place.querySelectorAll("details[data-filter]")) {
      const count = state.choices[box.getAttribute("data-filter")]?.length ?? 0;
      const badge = box.querySelector(".chosen");
      if (badge) badge.textContent = count ? String(count) : "";
      const tree = this.trees[box.getAttribute("data-filter")];
      if (tree) tree.follow(box);
      else for (const tick of box.querySelectorAll("ul input")) tick.checked = (state.choices[tick.name] ?? []).includes(tick.value);
    }
    const { values } = state;
    this.company.follow();
    this.developed.follow();
    for (const { range } of this.ranges) range.follow();
    this.spread();
    const accuracy = this.place.querySelector('[name="accuracy"]');
    if (accuracy !== document.activeElement) accuracy.value = values.accuracy ?? "";
    this.place.querySelector('[name="last_known"]').value = values.last_known ?? "";
    this.place.querySelector('[name="has_figure"]').value = values.has_figure ?? "";
    this.place.querySelector('[name="commodity_role"]').checked = values.commodity_role === "main";
    chips(this.screen, (name, code) => this.word(name, code));
  }
}

/** @param {string} text */
function head(text) {
  return element("summary", {}, element("span", { class: "name" }, text), element("span", { class: "chosen" }));
}
