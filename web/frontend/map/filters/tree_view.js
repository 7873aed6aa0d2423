// The values of a filter as a tree with a checkbox at each node.

import { button, element } from "../page/element.js";
import { toggleCode, buildTree, filterTree, within } from "./code_tree.js";
import { number } from "../page/format.js";
import { formatMessage, messages } from "../page/settings.js";

export class TreeView {
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
    const tree = buildTree(counted, this.broader, this.word);
    const shown = sought ? filterTree(tree, ({ label, value }) => `${label} ${value}`.toLowerCase().includes(sought)) : tree;
    return shown.map((node) => this.row(node, Boolean(sought)));
  }

  /**
   * @param {import("./code_tree.js").Node} node
   * @param {boolean} all whether all nodes are open
   * @returns {Node}
   */
  row(node, all) {
    const tick = element("input", {
      type: "checkbox",
      name: this.name,
      value: node.value,
      onchange: ({ target }) => this.screen.pick(this.name, toggleCode(this.chosen, node.value, target.checked, this.broader)),
    });
    const label = element("label", {}, tick, element("span", { class: "name" }, node.label), element("span", { class: "count" }, number(node.count)));
    if (!node.children.length) return element("li", { class: "leaf" }, label);
    const inner = element("ul", {}, ...node.children.map((child) => this.row(child, all)));
    const shown = all || this.open.has(node.value) || this.marksUnder(node.value);
    const turn = button("", () => show(!this.open.has(node.value)), { class: "branch", "aria-label": formatMessage(messages.branch, { name: node.label }) });
    const show = (open) => {
      this.open[open ? "add" : "delete"](node.value);
      inner.hidden = !open;
      turn.setAttribute("aria-expanded", String(open));
    };
    show(shown);
    return element("li", {}, element("div", { class: "row" }, turn, label), inner);
  }

  /** Return whether a narrower code has a mark. @param {string} code */
  marksUnder(code) {
    return this.chosen.some((mark) => mark !== code && within(mark.replace(/^-/, ""), [code], this.broader));
  }

  /** Set the checkboxes by the state. @param {Element} box */
  follow(box) {
    for (const tick of /** @type {NodeListOf<HTMLInputElement>} */ (box.querySelectorAll("ul input"))) {
      tick.indeterminate = this.marksUnder(tick.value);
      tick.checked = !tick.indeterminate && within(tick.value, this.chosen, this.broader);
    }
  }
}
