// A range of a figure: two sliders over a histogram of the records, and two number fields.

import { element } from "../page/element.js";
import { address } from "../query/collection_query.js";
import { requestJson, isAborted } from "../query/requests.js";
import { mass, number } from "../page/format.js";
import { COMMA, formatMessage, messages } from "../page/settings.js";

const COLLECTIONS = ["deposits", "discoveries"];
const PROJECTS = ["projects"];
const HEIGHT = 36;
const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {Record<string, string>} Values
 * @typedef {object} Figure
 * @property {string} name the name of the figure in the API
 * @property {() => string} title
 * @property {[string, string]} boxes names of the two number fields
 * @property {(values: Values) => string[]} get the current lower and upper value
 * @property {(from: string, to: string) => Values} put
 * @property {(n: number) => string} format
 * @property {(edge: number) => number} last the last value before an edge
 * @property {string[]} [collections] the kinds that have it, if not those with estimates
 * @property {(text: string) => string} valid the text of a field, or an empty text if it is invalid
 */

const positive = (text) => (Number(text) > 0 ? text : "");
const same = (edge) => edge;
/**
 * Return a figure of the estimate that records are shown with.
 * @param {string} name
 * @param {() => string} title
 * @param {(n: number) => string} format
 * @returns {Figure}
 */
function ofEstimate(name, title, format) {
  const [least, most] = [`${name}_min`, `${name}_max`];
  return {
    ...{ name: `figure_${name}`, title, format, last: same, valid: positive, boxes: [least, most] },
    get: (values) => [values[least] ?? "", values[most] ?? ""],
    put: (from, to) => ({ [least]: from, [most]: to }),
  };
}

/** @type {Record<string, Figure>} */
export const FIGURES = {
  ore: ofEstimate("ore_t", () => messages.oreT, mass),
  contained: ofEstimate("contained_t", () => messages.containedT, mass),
  grade: ofEstimate("grade_pct", () => messages.gradePct, (n) => `${number(n)} %`),
  capacity: {
    ...{ name: "capacity_tpa", title: () => messages.capacityTpa, format: mass, last: same, valid: positive, collections: PROJECTS },
    boxes: ["capacity_tpa_min", "capacity_tpa_max"],
    get: (values) => [values.capacity_tpa_min ?? "", values.capacity_tpa_max ?? ""],
    put: (from, to) => ({ capacity_tpa_min: from, capacity_tpa_max: to }),
  },
  discovered: {
    ...{ name: "discovery_year", title: () => messages.discovered, format: String, last: (edge) => edge - 1 },
    valid: (text) => (/^\d{4}$/.test(text) ? text : ""),
    boxes: ["discovered-from", "discovered-to"],
    get: (values) => (values.discovered ?? "..").split(".."),
    put: (from, to) => ({ discovered: from || to ? `${from}..${to}` : "" }),
  },
};

export class Range {
  /**
   * @param {import("../query/state.js").Screen} screen
   * @param {Figure} figure
   * @param {(state: import("../query/state.js").State, kind: string) => URLSearchParams | null} queryOf
   */
  constructor(screen, figure, queryOf) {
    this.screen = screen;
    this.figure = figure;
    this.queryOf = queryOf;
    this.requested = "";
    this.control = new AbortController();
    /** @type {{from: number, records: number}[]} */
    this.steps = [];
    this.low = this.handle(messages.lowerEnd, 0);
    this.high = this.handle(messages.upperEnd, 1);
    this.bars = document.createElementNS(SVG, "svg");
    this.bars.setAttribute("aria-hidden", "true");
    this.bars.setAttribute("preserveAspectRatio", "none");
    this.output = element("output", { class: "range-text", "aria-live": "off" });
    this.slider = element("div", { class: "slider", hidden: true }, this.bars, this.low, this.high);
    const boxes = [messages.from, messages.to].map((side, i) => this.box(side, i));
    const [from, to] = boxes;
    this.boxes = boxes;
    this.element = element("div", { class: "pair" }, element("span", {}, figure.name === "discovery_year" ? "" : `${figure.title()} `, this.output), this.slider, from, " – ", to);
  }

  /**
   * @param {string} text
   * @param {number} side
   */
  handle(text, side) {
    return element("input", {
      type: "range",
      min: 0,
      step: 1,
      class: side ? "high" : "low",
      "aria-label": formatMessage(text, { name: this.figure.title() }),
      oninput: () => this.slid(side),
      onchange: () => this.set(),
    });
  }

  /**
   * @param {string} side
   * @param {number} i
   */
  box(side, i) {
    const year = this.figure.name === "discovery_year";
    const label = year ? [messages.discoveredFrom, messages.discoveredTo][i] : `${this.figure.title()}${COMMA}${side}`;
    return element("input", {
      ...(year ? { min: 1000, max: 2100 } : { min: 0, step: "any" }),
      type: "number",
      name: this.figure.boxes[i],
      "aria-label": label,
      placeholder: side,
      onchange: () => {
        const [from, to] = this.boxes.map(({ value }) => this.figure.valid(value));
        this.screen.set(this.figure.put(from, to));
      },
    });
  }

  /** Keep a moved slider from passing the other. @param {number} side */
  slid(side) {
    const [low, high] = [Number(this.low.value), Number(this.high.value)];
    if (low >= high) {
      if (side) this.high.value = String(Math.min(this.steps.length, low + 1));
      else this.low.value = String(Math.max(0, high - 1));
    }
    this.paint();
  }

  set() {
    const [low, high] = [Number(this.low.value), Number(this.high.value)];
    const from = low === 0 ? "" : String(this.steps[low].from);
    const to = high === this.steps.length ? "" : String(this.figure.last(this.steps[high].from));
    this.screen.set(this.figure.put(from, to));
  }

  /** Set the fields, and the sliders to the nearest step. */
  follow() {
    const set = this.figure.get(this.screen.state.values);
    for (const [i, box] of this.boxes.entries()) if (box !== document.activeElement) box.value = set[i] ?? "";
    const [from, to] = set.map(Number);
    const below = (value) => this.steps.findIndex((step) => step.from > value);
    const begin = from ? below(from) : 1;
    const end = to ? below(to) : -1;
    this.low.value = String(begin < 0 ? this.steps.length - 1 : Math.max(0, begin - 1));
    this.high.value = String(end < 0 ? this.steps.length : Math.max(1, end));
    this.paint();
  }

  /** Request the distribution of the records without this range, if the query has changed. */
  async count() {
    const { state } = this.screen;
    const values = { ...state.values, ...this.figure.put("", "") };
    const having = this.figure.collections ?? COLLECTIONS;
    const kinds = state.kinds.length ? having.filter((kind) => state.kinds.includes(kind)) : having;
    const urls = kinds.flatMap((kind) => {
      const query = this.queryOf({ ...state, values }, kind);
      return query ? [address(`/api/collections/${kind}/charts/distribution`, query, { figure: this.figure.name })] : [];
    });
    if (urls.join(" ") === this.requested) return;
    this.requested = urls.join(" ");
    this.control.abort();
    this.control = new AbortController();
    const { signal } = this.control;
    try {
      const responses = await Promise.all(urls.map((url) => requestJson(url, { signal })));
      this.take(responses.map(({ steps }) => steps));
    } catch (error) {
      // the fields work without the sliders
      if (!isAborted(error)) this.take([]);
    }
  }

  /** @param {{from: number, records: number}[][]} counted */
  take(counted) {
    const all = (counted[0] ?? []).map(({ from }, i) => ({ from, records: counted.reduce((sum, steps) => sum + steps[i].records, 0) }));
    const first = all.findIndex(({ records }) => records);
    const last = all.findLastIndex(({ records }) => records);
    this.steps = first < 0 ? [] : all.slice(first, last + 1);
    this.slider.hidden = this.steps.length < 2;
    for (const handle of [this.low, this.high]) handle.max = String(this.steps.length);
    this.follow();
  }

  /** Draw the bars, those in the range darker, and the range as text. */
  paint() {
    const { steps, figure } = this;
    const [low, high] = [Number(this.low.value), Number(this.high.value)];
    const most = Math.max(1, ...steps.map(({ records }) => records));
    this.bars.setAttribute("viewBox", `0 0 ${Math.max(1, steps.length)} ${HEIGHT}`);
    this.bars.replaceChildren(
      ...steps.map(({ records }, i) => {
        const bar = document.createElementNS(SVG, "rect");
        const height = records ? Math.max(2, (records / most) * HEIGHT) : 0;
        for (const [name, value] of Object.entries({ x: i + 0.06, y: HEIGHT - height, width: 0.88, height })) bar.setAttribute(name, String(value));
        bar.classList.toggle("in", i >= low && i < high);
        return bar;
      }),
    );
    const from = steps[low] ? figure.format(steps[low].from) : "";
    const to = high < steps.length ? figure.format(figure.last(steps[high].from)) : messages.any;
    this.low.setAttribute("aria-valuetext", low ? from : messages.any);
    this.high.setAttribute("aria-valuetext", to);
    this.output.textContent = steps.length && (low || high < steps.length) ? `${low ? from : messages.any} – ${to}` : "";
  }
}
