// The selected record: its popup on the map, its row in the table, its value in the address.

import L from "leaflet";
import { button, byId } from "../page/element.js";
import { popup } from "./popup.js";
import { placePopup, popupWidth } from "./popup_place.js";
import { requestJson, RequestError, isAborted } from "../query/requests.js";
import { messages } from "../page/settings.js";

const MIN_ZOOM = 5;

export class Selection {
  /**
   * @param {L.Map} map
   * @param {import("../query/state.js").Screen} screen
   * @param {import("../page/status.js").Status} status
   * @param {{mark: (at: [number, number] | null) => void, row: (id: string, feature?: any) => void}} shown
   */
  constructor(map, screen, status, shown) {
    this.map = map;
    this.screen = screen;
    this.status = status;
    this.shown = shown;
    /** @type {any} */
    this.opened = null;
    map.on("moveend resize", () => this.opened && placePopup(map, this.opened.popup));
    map.on("popupclose", ({ popup: closed }) => this.closed(closed));
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Escape") map.closePopup();
    });
  }

  /** The position of the record whose popup is open. */
  get at() {
    return this.opened ? this.opened.at : null;
  }

  /** @param {L.Popup} closed */
  closed(closed) {
    if (this.opened?.popup !== closed) return;
    const { opener, focused } = this.opened;
    this.opened = null;
    this.shown.mark(null);
    if (this.screen.state.selected) this.screen.change({ selected: null }, false);
    if (focused) (opener?.isConnected ? opener : document.querySelector('.mark[tabindex="0"]'))?.focus({ preventScroll: true });
  }

  /**
   * @param {string} id
   * @param {any} [feature] the record, where it is there already
   */
  choose(id, feature) {
    this.screen.change({ selected: id });
    if (feature?.geometry) {
      const at = turned(feature.geometry.coordinates);
      if (!this.map.getBounds().contains(at)) this.map.panTo(at);
    }
  }

  /** Open the popup of the record that the state selects. */
  async follow() {
    const { selected } = this.screen.state;
    this.shown.row(selected ?? "");
    if (!selected) {
      if (this.opened) this.map.closePopup(this.opened.popup);
      return;
    }
    if (this.opened?.id === selected) return;
    const [kind, id] = selected.split("/");
    const active = document.activeElement;
    const opener = this.map.getContainer().contains(active) || byId("list").contains(active) ? active : null;
    try {
      const feature = await requestJson(`/api/collections/${kind}/items/${encodeURIComponent(id)}`);
      if (this.screen.state.selected === selected) this.show(feature, kind, selected, opener);
    } catch (error) {
      if (error instanceof RequestError && error.trouble === "refused") {
        this.status.say(messages.gone);
        this.screen.change({ selected: null }, false);
      } else if (!isAborted(error)) this.status.failed(error);
    }
  }

  /**
   * @param {any} feature
   * @param {string} kind
   * @param {string} selected
   * @param {Element | null} opener
   */
  show(feature, kind, selected, opener) {
    const former = this.opened;
    this.opened = null;
    if (former) this.map.closePopup(former.popup);
    this.shown.row(selected, feature);
    const content = popup(feature, kind);
    if (!feature.geometry) {
      this.shown.mark(null);
      const close = () => {
        this.status.show();
        this.screen.change({ selected: null }, false);
      };
      this.status.show(content, button(messages.close, close));
      return;
    }
    const at = turned(feature.geometry.coordinates);
    if (!this.map.getBounds().contains(at)) this.map.setView(at, Math.max(this.map.getZoom(), MIN_ZOOM), { animate: false });
    const made = L.popup({ maxWidth: popupWidth(this.map), minWidth: 180, autoPan: false });
    made.setLatLng(at).setContent(content);
    this.opened = { popup: made, id: selected, at, opener, focused: Boolean(opener) };
    made.openOn(this.map);
    placePopup(this.map, made, true);
    made.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", messages.close);
    this.shown.mark(at);
    if (opener) content.focus({ preventScroll: true });
  }
}

/** @param {[number, number]} at @returns {[number, number]} */
export function turned([lon, lat]) {
  return [lat, lon];
}
