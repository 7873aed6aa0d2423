// The area of the filter: drawn, typed, pasted or read from a file of the user.

import L from "leaflet";
import { listInside } from "./inside.js";
import { button, byId, element } from "../page/element.js";
import { AREA } from "../query/state.js";
import { address, collectionQuery } from "../query/collection_query.js";
import { requestJson, isAborted } from "../query/requests.js";
import { area as areaText, distance, number } from "../page/format.js";
import { formatMessage, messages, settings } from "../page/settings.js";

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

  /** Edit the vertices of the polygon. */
  async edit() {
    const { editArea } = await import("./drawing.js");
    if (!this.shown || this.editing) return;
    byId("panel").classList.remove("open");
    this.say(messages.areaEdit);
    this.editing = editArea(this.map, this.shown);
    this.acts();
    this.map.getContainer().focus({ preventScroll: true });
  }

  /** End editing. @param {boolean} saved whether the changes are saved */
  edited(saved) {
    const { editing } = this;
    if (!editing) return;
    this.editing = null;
    this.say("");
    this.key = "";
    if (saved) this.screen.set({ within: editing.end(), certainty: "" });
    else {
      editing.drop();
      this.show();
    }
    this.acts();
  }

  /** Show the buttons that apply to the area. */
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
    this.say(messages[`draw_${shape}`]);
    const { drawArea } = await import("./drawing.js");
    const values = await drawArea(this.map, shape);
    this.say("");
    if (values) this.screen.set({ ...values, certainty: "" });
  }

  /** Read the area from the pasted text or the selected file. @param {Event} event */
  async take(event) {
    event.preventDefault();
    const message = byId("area-message");
    const file = byId("area-file").files[0];
    const text = byId("area-text").value.trim();
    if (!file && !text) {
      message.textContent = messages.areaNothing;
      return;
    }
    message.textContent = messages.loading;
    try {
      const name = file ? `?name=${encodeURIComponent(file.name)}` : "";
      const found = await requestJson(`/api/area${name}`, { method: "POST", body: file ?? text, headers: { "Content-Type": "application/octet-stream" } });
      this.dialog().close();
      message.textContent = "";
      byId("area-file").value = "";
      this.screen.set({ within: found.within, near: "", radius_km: "", certainty: "" });
      this.fit();
      const about = formatMessage(messages.areaTaken, { area: areaText(found.area_m2), n: number(found.vertices) });
      this.say(found.tolerance_m ? `${about} ${formatMessage(messages.areaSimpler, { m: distance(found.tolerance_m) })}` : about);
    } catch (error) {
      message.textContent = error instanceof Error && "detail" in error ? String(error.detail) : messages.failed;
    }
  }

  /** @param {Event} event */
  async takeNear(event) {
    event.preventDefault();
    const { parsePositions, withLetters } = await import("./coordinates.js");
    const positions = byId("near-at").value.trim() ? parsePositions(byId("near-at").value) : [this.centre()];
    const km = Number(byId("near-km").value);
    const message = byId("near-message");
    message.textContent = positions.length ? (km > 0 ? "" : messages.nearNoRadius) : messages.nearNoPosition;
    if (!positions.length || !(km > 0)) return;
    if (positions.length === 1) {
      this.near(positions[0], km);
      return;
    }
    const choose = (/** @type {string} */ text) => {
      byId("near-at").value = text;
      this.takeNear(event);
    };
    const texts = positions.map(withLetters);
    message.replaceChildren(`${messages.didYouMean} `, ...texts.map((text) => button(text, () => choose(text))));
  }

  /** @returns {[number, number]} */
  centre() {
    const { lat, lng } = this.map.getCenter();
    return [lng, lat];
  }

  /**
   * Filter by a radius around a position.
   * @param {[number, number]} at
   * @param {number} km
   */
  near([lon, lat], km) {
    this.screen.set({ near: `${Number(lon.toFixed(5))},${Number(lat.toFixed(5))}`, radius_km: String(km), within: "", certainty: "" });
    this.fit();
  }

  /** Fit the map to the area as soon as it is drawn. */
  async fit() {
    await this.show();
    if (this.shown) this.map.fitBounds(this.shown.getBounds(), { maxZoom: 12, padding: [30, 30] });
  }

  /** Draw the area of the state; concurrent calls share one drawing. */
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

  /** Count the records that certainly lie in the area, those that may, and those around it. */
  async count() {
    this.control.abort();
    const box = byId("area-counts");
    const { state } = this.screen;
    if (!state.values.near && !state.values.within) {
      box.replaceChildren();
      return;
    }
    this.control = new AbortController();
    const { signal } = this.control;
    const countOf = async (values) => {
      const kinds = state.kinds.length ? state.kinds : Object.keys(settings.kinds);
      const found = await Promise.all(
        kinds.map((kind) => {
          const query = collectionQuery({ ...state, values }, kind, settings.filters);
          return query ? requestJson(address(`/api/collections/${kind}/items`, query, { limit: "1" }), { signal }) : null;
        }),
      );
      return found.reduce((sum, body) => sum + (body?.numberMatched ?? 0), 0);
    };
    try {
      const around = this.around();
      const all = { ...state.values, inview: "" };
      const counts = await Promise.all([...CERTAINTIES.map((certainty) => countOf({ ...all, certainty })), around ? countOf({ ...all, ...around }) : 0]);
      const row = (text, n, values, pressed) =>
        element(
          "li",
          {},
          button(text, () => this.screen.set(values), pressed === undefined ? {} : { "aria-pressed": String(pressed) }),
          element("b", {}, number(n)),
        );
      const rows = CERTAINTIES.map((certainty, i) => {
        const pressed = state.values.certainty === certainty;
        return row(messages[`certainty_${certainty}`], counts[i], { certainty: pressed ? "" : certainty }, pressed);
      });
      if (around) rows.push(row(formatMessage(messages.around, { km: AROUND_KM }), counts[2], around));
      box.replaceChildren(...rows);
      if (!this.shown) return;
      const inside = await listInside(this.shown, signal).catch((error) => {
        // an area that no polygon can express has no lists
        if (isAborted(error)) throw error;
        return [];
      });
      box.append(...inside.map((list) => element("li", { class: "whole" }, list)));
    } catch (error) {
      if (!isAborted(error)) box.replaceChildren();
    }
  }

  /** Return the centre of the area; null if there is none. @returns {[number, number] | null} */
  middle() {
    if (!this.shown) return null;
    const { lat, lng } = this.shown.getBounds().getCenter().wrap();
    return [lng, lat];
  }

  /** Return a circle of the area and its surroundings. */
  around() {
    if (!this.shown) return null;
    const bounds = this.shown.getBounds();
    const centre = bounds.getCenter();
    const km = centre.distanceTo(bounds.getNorthEast()) / 1000 + AROUND_KM;
    if (km > 2000) return null;
    return { near: `${centre.lng.toFixed(5)},${centre.lat.toFixed(5)}`, radius_km: String(Math.ceil(km)), within: "", certainty: "" };
  }
}
