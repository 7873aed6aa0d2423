// The area that narrows the records: drawn, typed, pasted, or from a file of one's own.

import L from "leaflet";
import { button, byId, element } from "../page/element.js";
import { AREA } from "../query/state.js";
import { address, asked } from "../query/collection_query.js";
import { askJson, givenUp } from "../query/requests.js";
import { area as areaText, distance, filled, number, settings, words } from "../page/settings.js";

const AROUND_KM = 50;
const CERTAINTIES = ["certain", "possible"];

export class AreaFilter {
  /**
   * @param {L.Map} map
   * @param {import("../query/state.js").Screen} screen
   * @param {(text: string) => void} say
   */
  constructor(map, screen, say) {
    this.map = map;
    this.screen = screen;
    this.say = say;
    /** @type {L.Polygon | null} */
    this.shown = null;
    this.key = "";
    this.drawn = Promise.resolve();
    this.control = new AbortController();
    for (const shape of ["Polygon", "Rectangle", "Circle"]) {
      byId(`draw-${shape.toLowerCase()}`).addEventListener("click", () => this.draw(/** @type {any} */ (shape)));
    }
    byId("area-open").addEventListener("click", () => this.dialog().showModal());
    byId("area-form").addEventListener("submit", (event) => this.take(event));
    byId("area-cancel").addEventListener("click", () => this.dialog().close());
    byId("near-form").addEventListener("submit", (event) => this.takeNear(event));
    byId("area-edit").addEventListener("click", () => this.edit());
    byId("area-remove").addEventListener("click", () => this.screen.set({ within: "", near: "", radius_km: "", certainty: "" }));
    byId("area-done").addEventListener("click", () => this.edited(true));
    byId("area-undo").addEventListener("click", () => this.edited(false));
    map.getContainer().addEventListener("keydown", ({ key }) => key === "Escape" && this.edited(false));
    /** @type {ReturnType<typeof import("./drawing.js").editArea> | null} */
    this.editing = null;
  }

  /** Let the corners of the polygon be moved. */
  async edit() {
    const { editArea } = await import("./drawing.js");
    if (!this.shown || this.editing) return;
    byId("panel").classList.remove("open");
    this.say(words.areaEdit);
    this.editing = editArea(this.map, this.shown);
    this.acts();
    this.map.getContainer().focus({ preventScroll: true });
  }

  /** End it. @param {boolean} kept whether what was done is kept */
  edited(kept) {
    const { editing } = this;
    if (!editing) return;
    this.editing = null;
    this.say("");
    this.key = "";
    if (kept) this.screen.set({ within: editing.end(), certainty: "" });
    else {
      editing.drop();
      this.show();
    }
    this.acts();
  }

  /** What can be done with the area. */
  acts() {
    const { values } = this.screen.state;
    byId("area-edit").hidden = !values.within || Boolean(this.editing);
    byId("area-remove").hidden = !(values.within || values.near) || Boolean(this.editing);
    byId("area-editing").hidden = !this.editing;
  }

  /** @returns {HTMLDialogElement} */
  dialog() {
    return byId("area-dialog");
  }

  /** @param {import("./drawing.js").Shape} shape */
  async draw(shape) {
    byId("panel").classList.remove("open");
    this.say(words[`draw_${shape}`]);
    const { drawArea } = await import("./drawing.js");
    const values = await drawArea(this.map, shape);
    this.say("");
    if (values) this.screen.set({ ...values, certainty: "" });
  }

  /** Takes what was pasted or chosen as a file. @param {Event} event */
  async take(event) {
    event.preventDefault();
    const said = byId("area-said");
    const file = byId("area-file").files[0];
    const text = byId("area-text").value.trim();
    if (!file && !text) {
      said.textContent = words.areaNothing;
      return;
    }
    said.textContent = words.loading;
    try {
      const name = file ? `?name=${encodeURIComponent(file.name)}` : "";
      const found = await askJson(`/api/area${name}`, { method: "POST", body: file ?? text, headers: { "Content-Type": "application/octet-stream" } });
      this.dialog().close();
      said.textContent = "";
      byId("area-file").value = "";
      this.screen.set({ within: found.within, near: "", radius_km: "", certainty: "" });
      this.fit();
      const about = filled(words.areaTaken, { area: areaText(found.area_m2), n: number(found.vertices) });
      this.say(found.tolerance_m ? `${about} ${filled(words.areaSimpler, { m: distance(found.tolerance_m) })}` : about);
    } catch (error) {
      said.textContent = error instanceof Error && "detail" in error ? String(error.detail) : words.failed;
    }
  }

  /** @param {Event} event */
  async takeNear(event) {
    event.preventDefault();
    const { position } = await import("./coordinates.js");
    const at = position(byId("near-at").value) ?? (byId("near-at").value.trim() ? null : this.centre());
    const km = Number(byId("near-km").value);
    byId("near-said").textContent = at ? (km > 0 ? "" : words.nearNoRadius) : words.nearNoPosition;
    if (!at || !(km > 0)) return;
    this.near(at, km);
  }

  /** @returns {[number, number]} */
  centre() {
    const { lat, lng } = this.map.getCenter();
    return [lng, lat];
  }

  /**
   * Ask for what lies around a place.
   * @param {[number, number]} at
   * @param {number} km
   */
  near([lon, lat], km) {
    this.screen.set({ near: `${Number(lon.toFixed(5))},${Number(lat.toFixed(5))}`, radius_km: String(km), within: "", certainty: "" });
    this.fit();
  }

  /** Look at the whole area, as soon as it is drawn. */
  async fit() {
    await this.show();
    if (this.shown) this.map.fitBounds(this.shown.getBounds(), { maxZoom: 12, padding: [30, 30] });
  }

  /** Draw the area that the state says; who asks again meanwhile waits for the same drawing. */
  show() {
    const { values } = this.screen.state;
    this.acts();
    const key = JSON.stringify(AREA.slice(0, 3).map((name) => values[name]));
    if (key !== this.key) {
      this.key = key;
      this.drawn = this.outline(key, values);
    }
    return this.drawn;
  }

  /**
   * @param {string} key
   * @param {Record<string, string>} values
   */
  async outline(key, values) {
    this.editing?.drop();
    this.editing = null;
    this.acts();
    this.shown?.remove();
    this.shown = null;
    if (!values.near && !values.within) return;
    byId("area").open = true;
    const { outline } = await import("./outline.js");
    if (key !== this.key) return;
    this.shown = outline(values);
    this.shown?.addTo(this.map);
  }

  /** Tell what surely lies in the area, what may, and what is around it. */
  async tell() {
    this.control.abort();
    const box = byId("area-told");
    const { state } = this.screen;
    if (!state.values.near && !state.values.within) {
      box.replaceChildren();
      return;
    }
    this.control = new AbortController();
    const { signal } = this.control;
    const count = async (values) => {
      const kinds = state.kinds.length ? state.kinds : Object.keys(settings.kinds);
      const found = await Promise.all(
        kinds.map((kind) => {
          const query = asked({ ...state, values }, kind, settings.filters);
          return query ? askJson(address(`/api/collections/${kind}/items`, query, { limit: "1" }), { signal }) : null;
        }),
      );
      return found.reduce((sum, body) => sum + (body?.numberMatched ?? 0), 0);
    };
    try {
      const around = this.around();
      const all = { ...state.values, inview: "" };
      const counts = await Promise.all([...CERTAINTIES.map((certainty) => count({ ...all, certainty })), around ? count({ ...all, ...around }) : 0]);
      const row = (text, n, values, pressed) =>
        element(
          "li",
          {},
          button(text, () => this.screen.set(values), pressed === undefined ? {} : { "aria-pressed": String(pressed) }),
          element("b", {}, number(n)),
        );
      const rows = CERTAINTIES.map((certainty, i) => {
        const pressed = state.values.certainty === certainty;
        return row(words[`certainty_${certainty}`], counts[i], { certainty: pressed ? "" : certainty }, pressed);
      });
      if (around) rows.push(row(filled(words.around, { km: AROUND_KM }), counts[2], around));
      box.replaceChildren(...rows);
    } catch (error) {
      if (!givenUp(error)) box.replaceChildren();
    }
  }

  /** The middle of the area; null where there is none. @returns {[number, number] | null} */
  middle() {
    if (!this.shown) return null;
    const { lat, lng } = this.shown.getBounds().getCenter().wrap();
    return [lng, lat];
  }

  /** A circle that holds the area and what lies around it. */
  around() {
    if (!this.shown) return null;
    const bounds = this.shown.getBounds();
    const centre = bounds.getCenter();
    const km = centre.distanceTo(bounds.getNorthEast()) / 1000 + AROUND_KM;
    if (km > 2000) return null;
    return { near: `${centre.lng.toFixed(5)},${centre.lat.toFixed(5)}`, radius_km: String(Math.ceil(km)), within: "", certainty: "" };
  }
}
