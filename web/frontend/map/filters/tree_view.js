// A filter's values as a tree that opens, with a tick at every branch.

import { button, element } from "../page/element.js";
import { chosenAfter, grown, pruned, within } from "./code_tree.js";
import { filled, number, words } from "../page/settings.js";

export class Branches {
  /**
   * @param {import("../query/state.js").Screen} screen
   * @param {string} name
   * @param {import("./code_tree.js").Broader} broader
   * @param {(code: string) => string} word
   */
  constructor(screen, name, broader, word) {
    this.screen = screen;
    this.name = name;
    this.broader = broader;
    this.word = word;
    /** @type {Set<string>} */
    this.open = new Set();
  }

  get chosen() {
    return this.screen.state.choices[this.name] ?? [];
  }

  /**
   * @param {import("./code_tree.js").Counted[]} counted
   * @param {string} sought
   * @returns {Node[]}
   */
  rows(counted, sought) {
    const whole = grown(counted, this.broader, this.word);
    const shown = sought ? pruned(whole, ({ label, value }) => `${label} ${value}`.toLowerCase().includes(sought)) : whole;
    return shown.map((node) => this.row(node, Boolean(sought)));
  }

  /**
   * @param {import("./code_tree.js").Node} node
   * @param {boolean} all whether everything is open
   * @returns {Node}
   */
  row(node, all) {
    const tick = element("input", {
      type: "checkbox",
      name: this.name,
      value: node.value,
      onchange: ({ target }) => this.screen.pick(this.name, chosenAfter(this.chosen, node.value, target.checked, this.broader)),
    });
    const label = element("label", {}, tick, element("span", { class: "said" }, node.label), element("span", { class: "count" }, number(node.count)));
    if (!node.children.length) return element("li", { class: "leaf" }, label);
    const inner = element("ul", {}, ...node.children.map((child) => this.row(child, all)));
    const shown = all || this.open.has(node.value) || this.marksUnder(node.value);
    const turn = button("", () => show(!this.open.has(node.value)), { class: "branch", "aria-label": filled(words.branch, { name: node.label }) });
    const show = (open) => {
      this.open[open ? "add" : "delete"](node.value);
      inner.hidden = !open;
      turn.setAttribute("aria-expanded", String(open));
    };
    show(shown);
    return element("li", {}, element("div", { class: "row" }, turn, label), inner);
  }

  /** Whether a mark is beneath a code. @param {string} code */
  marksUnder(code) {
    return this.chosen.some((mark) => mark !== code && within(mark.replace(/^-/, ""), [code], this.broader));
  }

  /** Set the ticks to what the state says. @param {Element} box */
  follow(box) {
    for (const tick of /** @type {NodeListOf<HTMLInputElement>} */ (box.querySelectorAll("ul input"))) {
      tick.indeterminate = this.marksUnder(tick.value);
      tick.checked = !tick.indeterminate && within(tick.value, this.chosen, this.broader);
    }
  }
}
