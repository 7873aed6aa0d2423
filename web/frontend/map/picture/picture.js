// The map as a picture: PNG or SVG of what is seen, with legend, scale, north arrow and sources, made in the page.

import { Context } from "svgcanvas";
import { button, byId, element } from "../page/element.js";
import { formatMessage, lang, messages } from "../page/settings.js";
import { saveFile } from "../download/receive.js";
import { hasForeignTiles, paintLayers } from "./layers.js";
import { Margin, paintScale } from "./margin.js";
import { worldFile } from "./position.js";

const SCALES = [1, 2, 3, 4];
const MIN_WIDTH = 320;
/** Pixels for one of the page of the pictures inside a drawing: symbols and ground. */
const SVG_SCALE = 2;

export class Picture {
  /**
   * @param {import("leaflet").Map} map
   * @param {() => Promise<import("./margin.js").Content>} describe
   * @param {{title: string, href: string}[]} addresses at which the site draws the view itself
   */
  constructor(map, describe, addresses) {
    this.map = map;
    this.describe = describe;
    this.addresses = addresses;
    this.dialog = byId("picture-dialog");
    this.scale = 2;
    this.format = "png";
    this.dialog.replaceChildren(this.form());
    this.dialog.showModal();
  }

  form() {
    const radio = (/** @type {string} */ value, /** @type {string} */ text) =>
      element("label", {}, element("input", { type: "radio", name: "picture-format", value, checked: value === this.format, onchange: () => this.choose(value) }), element("span", {}, text));
    this.scales = element("select", { name: "picture-scale", onchange: ({ target }) => { this.scale = Number(target.value); } }, ...SCALES.map((n) => element("option", { value: String(n), selected: n === this.scale }, this.pixels(n))));
    this.world = button(messages.pictureWorld, () => this.saveWorld());
    this.start = element("button", { type: "submit", class: "btn btn-primary" }, messages.pictureSave);
    this.note = element("p", { class: "result", role: "status" });
    return element(
      "form",
      { onsubmit: (event) => { event.preventDefault(); this.save(); } },
      element("h2", { id: "picture-title" }, messages.picture),
      element("p", { class: "note" }, messages.pictureOf),
      hasForeignTiles(this.map) && element("p", { class: "note" }, messages.pictureForeign),
      element("fieldset", {}, element("legend", {}, messages.fileFormat), radio("png", messages.picturePng), radio("svg", messages.pictureSvg)),
      element("label", { class: "scale" }, element("span", {}, messages.pictureScale), " ", this.scales),
      element("p", { class: "note" }, messages.pictureWorldNote),
      this.addresses.length > 0 && element("p", { class: "note", id: "picture-addresses" }, messages.pictureAddresses, ...this.addresses.flatMap(({ title, href }, n) => [n ? " · " : " ", element("a", { href, target: "_blank", rel: "noopener" }, title)])),
      element("p", { class: "acts" }, this.start, this.world, button(messages.close, () => this.dialog.close())),
      this.note,
    );
  }

  /** @param {number} n */
  pixels(n) {
    const { x, y } = this.map.getSize();
    return `${n}×: ${Math.round(x * n)} × ${Math.round(y * n)}`;
  }

  /** @param {string} format */
  choose(format) {
    this.format = format;
    this.world.hidden = this.scales.disabled = format !== "png";
  }

  /** Return the name of the file without its ending. */
  name() {
    return `lode-map-${new Date().toISOString().slice(0, 10)}`;
  }

  async save() {
    this.start.disabled = true;
    this.note.textContent = messages.loading;
    try {
      const blob = this.format === "png" ? await this.png() : await this.svg();
      const name = `${this.name()}.${this.format}`;
      saveFile({ blob, name, cited: "", rows: null });
      this.note.textContent = formatMessage(messages.pictureDone, { name });
    } catch {
      this.note.textContent = messages.pictureFailed;
    } finally {
      this.start.disabled = false;
    }
  }

  saveWorld() {
    const corner = this.map.containerPointToLatLng([0, 0]);
    const text = worldFile([corner.lng, corner.lat], this.map.getZoom(), this.scale);
    saveFile({ blob: new Blob([text], { type: "text/plain" }), name: `${this.name()}.pgw`, cited: "", rows: null });
  }

  /** @returns {Promise<Blob>} */
  async png() {
    const { scale } = this;
    const { width, height, paint } = await this.layout(scale);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    g.scale(scale, scale);
    await paint(g);
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("too large"))), "image/png");
    });
  }

  /** @returns {Promise<Blob>} */
  async svg() {
    const { width, height, paint } = await this.layout(SVG_SCALE);
    const g = /** @type {any} */ (new Context({ width, height }));
    await paint(g);
    const root = g.getSvg();
    root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    root.setAttribute("xml:lang", lang === "zh" ? "zh-CN" : "en");
    return new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" });
  }

  /** Return the size of the picture in pixels of the page, and the function that paints it. @param {number} scale */
  async layout(scale) {
    const size = this.map.getSize();
    const width = Math.max(size.x, MIN_WIDTH);
    const margin = new Margin(await this.describe(), width, scale);
    const height = Math.ceil(size.y + margin.height);
    const paint = async (/** @type {CanvasRenderingContext2D} */ g) => {
      g.fillStyle = margin.paper;
      g.fillRect(0, 0, width, height);
      await paintLayers(this.map, g, scale);
      paintScale(g, this.map);
      margin.paint(g, size.y);
    };
    return { width, height, paint };
  }
}
