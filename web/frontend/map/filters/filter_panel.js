// The left panel: the filters with their live counts, which are the legend of the map as well.

import { Branches } from "./tree_view.js";
import { chips } from "./chips.js";
import { button, byId, element } from "../page/element.js";
import { FIGURES, Range } from "./range.js";
import { GROUPS, SIZES, svg, USUAL_SIZE } from "../records/symbols.js";
import { distance, filled, label, number, settings, words } from "../page/settings.js";

const FEW = 8;
const SEARCHED = 12;
const ACCURACIES = [100, 1_000, 5_000, 25_000];
/** Which filters are open at first. */
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
   * @param {(state: State, kind: string) => URLSearchParams | null} question what the API is asked of a kind
   */
  constructor(screen, question) {
    this.screen = screen;
    /** @type {{range: Range, box: HTMLDetailsElement}[]} */
    this.ranges = [];
    const range = (name) => new Range(screen, FIGURES[name], question);
    /** @type {Record<string, Branches>} */
    this.trees = {};
    for (const { name, broader } of settings.filters) {
      if (broader) this.trees[name] = new Branches(screen, name, broader, (code) => this.word(name, code));
    }
    /** Labels of codes that were counted, for those whose words the page doesn't have. @type {Map<string, string>} */
    this.labels = new Map();
    /** @type {Set<string>} */
    this.whole = new Set();
    /** @type {Record<string, string>} */
    this.sought = {};
    /** @type {Record<string, {value: string, label: string, count: number}[]>} */
    this.counts = {};
    this.place = byId("filters");
    this.place.replaceChildren(
      this.kinds(),
      ...settings.filters.map(({ name, title }) => this.facet(name, title)),
      this.range("discovered", words.discovered, [range("discovered")], words.discoveredNote),
      this.range("amounts", words.amounts, [range("contained"), range("grade")]),
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
      row.append(element("span", { class: "said" }, title), element("span", { class: "count" }));
      return row;
    });
    return element("fieldset", { class: "facet kinds" }, element("legend", {}, words.kind), ...rows);
  }

  chooseKinds() {
    const ticks = [...this.place.querySelectorAll('input[name="kind"]')];
    const chosen = ticks.filter(({ checked }) => checked).map(({ value }) => value);
    // none chosen and all chosen ask the same
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
      placeholder: words.filterValues,
      "aria-label": filled(words.filterValuesOf, { name: title }),
      hidden: true,
      oninput: ({ target }) => {
        this.sought[name] = target.value.trim().toLowerCase();
        this.fill(name);
      },
    });
    const parts = [search, list];
    if (name === "commodity") parts.unshift(this.role());
    return element(
      "details",
      { class: "facet", "data-filter": name, open: OPEN.has(name) },
      element("summary", {}, element("span", { class: "said" }, title), element("span", { class: "chosen" })),
      ...parts,
    );
  }

  role() {
    const tick = element("input", {
      type: "checkbox",
      name: "commodity_role",
      onchange: ({ target }) => this.screen.set({ commodity_role: target.checked ? "main" : "" }),
    });
    return element("label", { class: "role" }, tick, element("span", { class: "said" }, words.mainOnly));
  }

  /**
   * Ranges of figures; how the records lie is asked when somebody opens them.
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

  /** Ask how the records lie along the figures that are in sight. */
  spread() {
    for (const { range, box } of this.ranges) if (box.open) range.count();
  }

  accuracy() {
    const options = ACCURACIES.map((metres) => element("option", { value: String(metres) }, `≤ ${distance(metres)}`));
    const select = element(
      "select",
      { name: "accuracy", "aria-label": words.accuracy, onchange: ({ target }) => this.screen.set({ accuracy: target.value }) },
      element("option", { value: "" }, words.any),
      ...options,
    );
    return element("details", { class: "facet range", "data-filter": "accuracy" }, head(words.accuracy), select);
  }

  /** What a symbol's fill and size say, for those whose filter is folded, and for print. */
  symbols() {
    const rows = Object.keys(FILL_OF).map((fill) => [svg("plant", "copper", /** @type {any} */ (fill), 20), words[`fill_${fill}`]]);
    rows.push([svg("deposit", "copper", "unknown", 20), words.fill_unknown]);
    rows.push(...Object.keys(SIZES).map((size) => [svg("deposit", "other", "unknown", SIZES[size]), label("size-class", size)]));
    rows.push([svg("deposit", "other", "unknown", USUAL_SIZE), words.sizeUnknown]);
    const list = element("ul", { class: "key" });
    for (const [picture, text] of rows) {
      const row = element("li", {});
      row.insertAdjacentHTML("beforeend", String(picture));
      row.append(text);
      list.append(row);
    }
    return element("details", { class: "facet", "data-filter": "key" }, head(words.key), list);
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
    const whole = this.whole.has(name) || Boolean(sought);
    const shown = whole || fitting.length <= FEW + 2 ? fitting : fitting.filter((one, i) => i < FEW || chosen.includes(one.value));
    const focused = box.contains(document.activeElement) ? document.activeElement?.getAttribute("value") : null;
    const rows = tree ? tree.rows(all, sought ?? "") : shown.map((one) => this.value(name, one, chosen.includes(one.value)));
    if (!tree && shown.length < fitting.length) {
      rows.push(element("li", {}, button(filled(words.showAll, { n: number(fitting.length) }), () => this.open(name), { class: "more" })));
    }
    box.querySelector("ul").replaceChildren(...rows);
    box.querySelector('input[type="search"]').hidden = all.length <= SEARCHED;
    box.hidden = !all.length;
    tree?.follow(box);
    if (focused) box.querySelector(`ul input[value="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  /** @param {string} name */
  open(name) {
    this.whole.add(name);
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
    row.append(element("span", { class: "said" }, this.word(name, one.value, one.label)), element("span", { class: "count" }, number(one.count)));
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
   * @param {string} [told]
   */
  word(name, value, told) {
    if (value.startsWith("-")) return filled(words.without, { name: this.word(name, value.slice(1)) });
    const known = label(VOCABULARIES[name], value);
    return known !== value ? known : (told ?? this.labels.get(`${name} ${value}`) ?? value);
  }

  /** Set what stands in the panel to what the state says. */
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
    for (const { range } of this.ranges) range.follow();
    this.spread();
    const accuracy = this.place.querySelector('[name="accuracy"]');
    if (accuracy !== document.activeElement) accuracy.value = values.accuracy ?? "";
    this.place.querySelector('[name="commodity_role"]').checked = values.commodity_role === "main";
    chips(this.screen, (name, code) => this.word(name, code));
  }
}

/** @param {string} text */
function head(text) {
  return element("summary", {}, element("span", { class: "said" }, text), element("span", { class: "chosen" }));
}
