// Folding of the panels; on a phone they are sheets over the map, one at a time.

import { byId } from "./element.js";

const PANELS = { panel: "f", list: "t" };

export class Panels {
  /**
   * @param {import("../query/state.js").Screen} screen
   * @param {() => void} sized called when the size of the map has changed
   */
  constructor(screen, sized) {
    this.screen = screen;
    this.sized = sized;
    for (const id of Object.keys(PANELS)) {
      for (const opener of document.querySelectorAll(`[data-toggle="${id}"]`)) opener.addEventListener("click", () => this.toggle(id));
    }
  }

  /** @param {string} id */
  toggle(id) {
    if (matchMedia("(max-width: 700px)").matches) {
      this.sheet(byId(id).classList.contains("open") ? "" : id);
      return;
    }
    const letter = PANELS[id];
    const { panels } = this.screen.state;
    this.screen.change({ panels: panels.includes(letter) ? panels.replace(letter, "") : panels + letter }, false);
  }

  /** Open one sheet, or none. @param {string} id */
  sheet(id) {
    for (const one of Object.keys(PANELS)) byId(one).classList.toggle("open", one === id);
    for (const opener of document.querySelectorAll("#sheets [data-toggle]")) {
      opener.setAttribute("aria-expanded", String(opener.getAttribute("data-toggle") === id));
    }
    this.sized();
  }

  follow() {
    const { panels } = this.screen.state;
    for (const [id, letter] of Object.entries(PANELS)) {
      byId(id).classList.toggle("folded", panels.includes(letter));
      for (const opener of document.querySelectorAll(`[data-toggle="${id}"]:not(#sheets *)`)) {
        opener.setAttribute("aria-expanded", String(!panels.includes(letter)));
      }
    }
    this.sized();
  }
}
