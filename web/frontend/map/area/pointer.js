// The position of the pointer, a popup with a position in each form, and measuring.

import L from "leaflet";
import { groundDistances, groundLine } from "./ground_distances.js";
import { button, byId, element } from "../page/element.js";
import { formatMessage, messages } from "../page/settings.js";

const KEY = "lode-coordinates";
const FORMS = ["decimal", "dms", "utm", "cgcs"];
const AROUND_KM = [50, 300];

/**
 * @param {L.Map} map
 * @param {(at: [number, number], km: number) => void} near
 */
export function readout(map, near) {
  const text = byId("pointer");
  const choice = byId("pointer-form");
  choice.value = FORMS.includes(localStorage.getItem(KEY) ?? "") ? localStorage.getItem(KEY) : "decimal";
  /** @type {typeof import("./coordinates.js") | null} */
  let coordinates = null;
  let at = map.getCenter();
  const show = async () => {
    const here = at.wrap();
    if (choice.value === "decimal") {
      text.textContent = `${here.lng.toFixed(5)}, ${here.lat.toFixed(5)}`;
      return;
    }
    coordinates ??= await import("./coordinates.js");
    text.textContent = coordinates.formatPosition(here.lng, here.lat, choice.value) || "–";
  };
  choice.addEventListener("change", () => {
    localStorage.setItem(KEY, choice.value);
    show();
  });
  map.on("mousemove", ({ latlng }) => {
    at = latlng;
    show();
  });
  map.on("moveend", () => {
    at = map.getCenter();
    show();
  });
  map.on("contextmenu", ({ latlng }) => place(map, [latlng.wrap().lng, latlng.wrap().lat], near));
  show();
}

/**
 * Open a popup with a position in each form.
 * @param {L.Map} map
 * @param {[number, number]} at
 * @param {(at: [number, number], km: number) => void} near
 */
export async function place(map, [lon, lat], near) {
  const { formatPosition } = await import("./coordinates.js");
  const list = element("dl");
  for (const form of FORMS) {
    const text = formatPosition(lon, lat, /** @type {any} */ (form));
    if (text) list.append(element("dt", {}, messages[`form_${form}`]), element("dd", {}, text));
  }
  const buttons = AROUND_KM.map((km) =>
    button(formatMessage(messages.nearHere, { km }), () => {
      map.closePopup();
      near([lon, lat], km);
    }),
  );
  const box = element("article", { class: "popup place", tabIndex: -1 }, element("h2", {}, messages.place), list, groundLine(lon, lat), element("p", { class: "acts" }, ...buttons));
  L.popup({ maxWidth: 320, className: "place-popup" }).setLatLng([lat, lon]).setContent(box).openOn(map);
}

/**
 * Bind the buttons that measure a distance and an area.
 * @param {L.Map} map
 * @param {(text: string) => void} say
 */
export function measuring(map, say) {
  /** @type {L.Layer[]} */
  const drawn = [];
  for (const [id, shape] of [["measure-line", "Line"], ["measure-area", "Polygon"]]) {
    byId(id).addEventListener("click", async () => {
      const { measure } = await import("./drawing.js");
      say(messages[`measure_${shape}`]);
      const layer = await measure(map, /** @type {any} */ (shape), say);
      if (layer) drawn.push(layer);
      else say("");
      if (layer && shape === "Line") sayNear(layer, say);
      byId("measure-clear").hidden = !drawn.length;
    });
  }
  byId("measure-clear").addEventListener("click", () => {
    for (const layer of drawn.splice(0)) layer.remove();
    byId("measure-clear").hidden = true;
    say("");
  });
}

/**
 * Add the distances from the end of a line to what the ground layers hold to what was said of its length.
 * @param {any} line
 * @param {(text: string) => void} say
 */
async function sayNear(line, say) {
  const { lng, lat } = line.getLatLngs().at(-1).wrap();
  const length = byId("announcement").textContent;
  const near = await groundDistances(lng, lat);
  if (near && byId("announcement").textContent === length) say(`${length} · ${formatMessage(messages.groundFromEnd, { near })}`);
}
