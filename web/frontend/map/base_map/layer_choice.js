// The base map: the built-in one, or an external layer that is requested only when it is selected.

import L from "leaflet";
import { drawBase, Graticule } from "./base_map.js";
import { bindBedrock } from "./bedrock_popup.js";
import { Ground } from "./ground.js";
import { byId, element } from "../page/element.js";
import { messages, settings } from "../page/settings.js";

const GRID_KEY = "lode-graticule";

export class BaseMap {
  /**
   * @param {L.Map} map
   * @param {import("../query/state.js").Screen} screen
   * @param {(error: unknown) => void} failed
   */
  constructor(map, screen, failed) {
    this.map = map;
    this.screen = screen;
    this.failed = failed;
    /** @type {Promise<L.Layer> | null} */
    this.rights = null;
    /** @type {L.LayerGroup | null} */
    this.own = null;
    /** @type {any} */
    this.names = null;
    /** @type {import("./names.js").Spot[]} */
    this.taken = [];
    this.picked = "";
    /** @type {L.TileLayer | null} */
    this.other = null;
    this.graticule = new Graticule();
    this.ground = new Ground(map);
    bindBedrock(map, this.ground);
    this.choices();
    drawBase(map, settings.countries, messages.base)
      .then(({ layers, names }) => {
        this.own = layers;
        this.names = names;
        names.avoid(this.taken);
        this.show();
      })
      .catch(() => undefined);
    if (settings.attribution) map.attributionControl.addAttribution(plain(settings.attribution));
    if (settings.approval) map.attributionControl.addAttribution(plain(settings.approval));
    this.show();
  }

  /** Place labels next to the marks and not beneath them. @param {import("./names.js").Spot[]} taken */
  avoid(taken) {
    this.taken = taken;
    this.names?.avoid(taken);
  }

  choices() {
    const radio = (value, title) =>
      element(
        "label",
        {},
        element("input", { type: "radio", name: "base", value, onchange: () => this.screen.change({ base: value }) }),
        element("span", {}, title),
      );
    const grid = element("input", {
      type: "checkbox",
      name: "graticule",
      checked: localStorage.getItem(GRID_KEY) !== "off",
      onchange: ({ target }) => {
        localStorage.setItem(GRID_KEY, target.checked ? "on" : "off");
        this.show();
      },
    });
    const rights = element("input", { type: "checkbox", name: "rights", onchange: ({ target }) => this.screen.change({ rights: target.checked }) });
    byId("layers").append(
      element("fieldset", {}, element("legend", {}, messages.baseMap), radio("", messages.ownBase), ...settings.bases.map(({ name, title }) => radio(name, title))),
      element("p", { class: "note", id: "base-note", role: "status" }, messages.baseNote),
      this.ground.panel() ?? "",
      element("label", {}, grid, element("span", {}, messages.graticule)),
      element("label", {}, rights, element("span", {}, settings.rights.messages.title)),
      element("div", { id: "rights-legend", hidden: true }),
    );
  }

  show() {
    const { base } = this.screen.state;
    for (const input of byId("layers").querySelectorAll('input[name="base"]')) input.checked = input.value === base;
    const chosen = settings.bases.find(({ name }) => name === base);
    if (this.other && this.picked !== base) {
      this.other.remove();
      this.other = null;
    }
    if (chosen && !this.other) {
      const options = { attribution: plain(chosen.attribution), maxZoom: 18, maxNativeZoom: chosen.max_zoom };
      this.picked = base;
      this.other = this.external(chosen, options);
    }
    if (!chosen) byId("base-note").textContent = messages.baseNote;
    // the land stays below a layer of another host, which may fail
    this.own?.addTo(this.map);
    if (byId("layers").querySelector('[name="graticule"]').checked) this.graticule.addTo(this.map);
    else this.graticule.remove();
    this.showRights().catch((error) => this.failed(error));
  }

  /** Return a layer of another host; where it fails, a sentence says so. @param {any} chosen @param {any} options */
  external(chosen, options) {
    const failed = () => {
      byId("base-note").textContent = messages.baseFailed.replace("{name}", chosen.title);
    };
    return L.tileLayer(chosen.url, options)
      .on("tileerror", failed)
      .on("tileload", () => this.names?.remove())
      .on("remove", () => this.names && this.own?.hasLayer(this.names) && this.names.addTo(this.map))
      .addTo(this.map);
  }

  /** Show or remove the layer of mining rights, whose script comes when it is first shown. */
  async showRights() {
    const wanted = this.screen.state.rights;
    const legend = byId("rights-legend");
    byId("layers").querySelector('[name="rights"]').checked = wanted;
    legend.hidden = !wanted;
    if (!wanted && !this.rights) return;
    this.rights ??= Promise.all([import("../../rights/rights_map.js"), import("../../rights/legend.js")]).then(([{ rightsLayer }, made]) => {
      legend.append(made.legend(), element("a", { href: "/rights" }, settings.rights.messages.register));
      return rightsLayer(this.map, this.failed);
    });
    const layer = await this.rights;
    // what was chosen while the script came counts
    if (this.screen.state.rights) layer.addTo(this.map);
    else layer.remove();
  }
}

/** Return an attribution as escaped text with links; Leaflet inserts attributions as markup. @param {string} text */
function plain(text) {
  const escaped = text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? "");
  return escaped.replace(/https:\/\/[\w./%-]+/g, (url) => `<a href="${url}" rel="noreferrer">${url.replace("https://", "")}</a>`);
}
