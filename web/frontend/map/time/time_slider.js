// The slider of time: records up to a year of discovery, of start or of their last known status. It plays, and its year is in
// the address.

import { button, byId, element } from "../page/element.js";
import { number } from "../page/format.js";
import { COMMA, formatMessage, messages, settings } from "../page/settings.js";
import { YEARS_OF, yearOf } from "../query/state.js";

/** The first year of the slider by what it is of. @type {Record<string, number>} */
const FIRST = { discovery: 1850, start: 1900, status: 1990 };
/** Years of a step of the play, and how long each is shown. */
const STEP = 5;
const PAUSE_MS = 900;
const BUSY_MS = 100;
const UNKNOWN = "unknown";

/**
 * Return the year after a step; after the last one the first.
 * @param {number} year
 * @param {number} first
 * @param {number} last
 */
export function nextYear(year, first, last) {
  return year >= last ? first : Math.min(last, year + STEP);
}

export class TimeSlider {
  /** @param {import("../query/state.js").Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.timer = 0;
    this.box = byId("time");
    this.slider = byId("time-year");
    this.output = byId("time-shown");
    this.of = byId("time-of");
    this.play = byId("time-play");
    this.note = byId("time-note");
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)");
    this.of.append(...Object.keys(YEARS_OF).map((of) => element("option", { value: of }, messages[`year_of_${of}`])));
    byId("time-open").addEventListener("click", () => this.toggle());
    byId("time-close").addEventListener("click", () => this.close());
    this.play.addEventListener("click", () => this.pressed());
    this.slider.addEventListener("input", () => this.show());
    this.slider.addEventListener("change", () => this.set({ year: this.slider.value }));
    this.of.addEventListener("change", () => this.set({ year: this.slider.value, year_of: this.of.value }));
    this.box.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
  }

  /** Change the year without an entry in the history of the browser for each. @param {Record<string, string>} values */
  set(values) {
    const all = { ...this.screen.state.values, ...values };
    if (all.year_of === "discovery") delete all.year_of;
    this.screen.change({ values: all }, false);
  }

  toggle() {
    if (this.screen.state.values.year) this.close();
    else {
      this.screen.set({ year: String(new Date().getFullYear()) });
      this.slider.focus();
    }
  }

  close() {
    this.stop();
    this.screen.set({ year: "", year_of: "" });
    byId("time-open").focus();
  }

  /** Play, or pause; with reduced motion one step for each press. */
  pressed() {
    if (this.reduced.matches) this.step();
    else if (this.timer) this.stop();
    else {
      this.step();
      this.wait(PAUSE_MS);
    }
    this.follow();
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  /** @param {number} milliseconds */
  wait(milliseconds) {
    this.timer = window.setTimeout(() => this.tick(), milliseconds);
  }

  /** Show the next year once the records of this one are there; the last year ends the play. */
  tick() {
    if (document.documentElement.hasAttribute("data-busy")) return this.wait(BUSY_MS);
    const { values } = this.screen.state;
    if (!values.year || values.year === UNKNOWN || Number(values.year) >= Number(this.slider.max)) {
      this.stop();
      return this.follow();
    }
    this.step();
    return this.wait(PAUSE_MS);
  }

  step() {
    const [least, most] = [Number(this.slider.min), Number(this.slider.max)];
    this.set({ year: String(nextYear(Number(this.slider.value), least, most)) });
  }

  /** Set the controls by the state. */
  follow() {
    const { values } = this.screen.state;
    const of = yearOf(values);
    const open = Boolean(values.year);
    if (!open) this.stop();
    this.box.hidden = !open;
    byId("time-open").setAttribute("aria-pressed", String(open));
    const now = new Date().getFullYear();
    this.slider.min = String(Math.min(FIRST[of], Number(values.year) || now));
    this.slider.max = String(Math.max(now, Number(values.year) || now));
    if (values.year && values.year !== UNKNOWN) this.slider.value = values.year;
    this.slider.setAttribute("aria-label", messages[`year_of_${of}`]);
    this.of.value = of;
    const label = this.reduced.matches ? formatMessage(messages.timeStep, { n: STEP }) : this.timer ? messages.timePause : messages.timePlay;
    this.play.textContent = this.timer ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", label);
    this.play.title = label;
    this.show();
  }

  /** Show the year of the slider, or that records without one are shown. */
  show() {
    const { year } = this.screen.state.values;
    const text = year === UNKNOWN ? messages.timeUnknown : this.slider.value;
    this.output.textContent = text;
    this.slider.setAttribute("aria-valuetext", text);
  }

  /**
   * Say how many records have no such year, and which kinds have none at all.
   * @param {number} undated
   * @param {string[]} kinds the kinds that the state queries
   */
  count(undated, kinds) {
    const of = yearOf(this.screen.state.values);
    const hidden = kinds.filter((kind) => !YEARS_OF[of].includes(kind)).map((kind) => settings.kinds[kind]);
    const text = formatMessage(messages[`timeWithout_${of}`], { n: number(undated) });
    const shown = this.screen.state.values.year === UNKNOWN || !undated ? element("span", {}, text) : button(text, () => this.set({ year: UNKNOWN }));
    const more = hidden.length ? element("span", {}, ` ${formatMessage(messages.timeHidden, { kinds: hidden.join(COMMA) })}`) : "";
    this.note.replaceChildren(shown, more);
  }
}
