// The layers of the ground that the map shows, with their legend and source, as chosen in this browser.

import { element } from "../page/element.js";
import { messages, settings } from "../page/settings.js";
import { KINDS, schemed } from "./ground_kinds.js";
import { groundLayer } from "./ground_tiles.js";

const KEY = "lode-ground";

export class Ground {
  /** @param {import("leaflet").Map} map */
  constructor(map) {
    this.map = map;
    /** @type {Record<string, boolean>} */
    this.chosen = stored();
    /** @type {Map<string, import("leaflet").GridLayer>} */
    this.layers = new Map();
    for (const one of settings.ground ?? []) if (this.wants(one)) this.show(one, true);
    window.addEventListener("lode:scheme", () => {
      for (const layer of this.layers.values()) layer.redraw();
    });
  }

  /** @param {any} one */
  wants(one) {
    return this.chosen[one.id] ?? one.shown;
  }

  /** @param {any} one @param {boolean} shown */
  show(one, shown) {
    if (shown && !this.layers.has(one.id)) {
      const layer = groundLayer(this.map, one);
      layer.on("tileerror", () => this.failed(one));
      this.layers.set(one.id, layer);
    }
    const layer = this.layers.get(one.id);
    if (shown) layer?.addTo(this.map);
    else layer?.remove();
  }

  /** Write next to the layer that it can't be loaded; what lies below it stays. @param {any} one */
  failed(one) {
    const note = document.getElementById(`ground-${one.id.replace("/", "-")}`);
    if (note) note.textContent = messages.baseFailed.replace("{name}", one.title);
  }

  /** Return the choice of layers with a legend and a source for each; null without any. */
  panel() {
    const all = settings.ground ?? [];
    if (!all.length) return null;
    return element("fieldset", { class: "ground" }, element("legend", {}, messages.ground), settings.notice && element("p", { class: "note" }, settings.notice), ...all.map((/** @type {any} */ one) => this.row(one)));
  }

  /** @param {any} one */
  row(one) {
    const change = (/** @type {any} */ { target }) => {
      this.chosen = { ...this.chosen, [one.id]: target.checked };
      localStorage.setItem(KEY, JSON.stringify(this.chosen));
      this.show(one, target.checked);
    };
    const box = element("input", { type: "checkbox", checked: this.wants(one), onchange: change });
    return element(
      "div",
      {},
      element("label", {}, box, swatch(one.kind), element("span", {}, one.title)),
      element("p", { class: "source", id: `ground-${one.id.replace("/", "-")}` }, one.source),
      one.bedrock && ageLegend(one.bedrock),
    );
  }
}

/** Return the ages of a layer with their colours, folded. @param {import("./ground_kinds.js").Bedrock} bedrock */
function ageLegend({ ages, unknown, unknownColour }) {
  const row = (/** @type {string} */ colour, /** @type {string} */ text) => {
    const canvas = element("canvas", { class: "swatch", width: 28, height: 16, "aria-hidden": "true" });
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    g.fillStyle = colour;
    g.fillRect(2, 2, 24, 12);
    return element("li", {}, canvas, text);
  };
  return element(
    "details",
    { class: "ages" },
    element("summary", {}, messages.geologicAges),
    element("ul", {}, ...ages.map((one) => row(one.colour, one.label)), unknown ? row(unknownColour, messages.ageNotOfChart) : ""),
    element("p", { class: "source" }, messages.chartOfAges),
  );
}

/** @returns {Record<string, boolean>} */
function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

/** Return the sample of a kind for its legend. @param {string} kind */
function swatch(kind) {
  const style = KINDS[kind];
  const canvas = element("canvas", { class: "swatch", width: 28, height: 16, "aria-hidden": "true" });
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  g.fillStyle = schemed(style.fill) || "transparent";
  g.strokeStyle = schemed(style.stroke) || "transparent";
  g.lineWidth = (style.width ?? 1) * 2;
  g.setLineDash(style.dash ?? []);
  if (style.dot) {
    g.arc(14, 8, style.dot * 1.8, 0, 2 * Math.PI);
    g.fill();
  } else if (style.fill) g.fillRect(2, 2, 24, 12);
  else {
    g.moveTo(2, 11);
    g.bezierCurveTo(9, 2, 18, 14, 26, 5);
    g.stroke();
  }
  return canvas;
}
