// The form of a mining right: the outline of its corner points on a map while they are typed, with its area and accuracy.

import L from "leaflet";
import { drawBase } from "./map/base_map/base_map.js";
import { Ground } from "./map/base_map/ground.js";
import { STYLE } from "./map/area/outline.js";
import { formatMessage, settings } from "./map/page/settings.js";

const WAIT_MS = 400;
const CHINA = /** @type {[number, number]} */ ([34, 105]);

/** @param {string} id */
const field = (id) => /** @type {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} */ (document.getElementById(id));
const fields = ["corners", "crs", "utm_zone"].map(field);
const status = /** @type {HTMLElement} */ (document.getElementById("outline-status"));

const map = L.map("layout-map", { attributionControl: false, preferCanvas: true, worldCopyJump: true }).setView(CHINA, 4);
L.control.scale({ imperial: false }).addTo(map);
new Ground(map);
if (settings.approval) L.control.attribution({ prefix: false }).addAttribution(settings.approval).addTo(map);
drawBase(map, settings.countries, "")
  .then(({ layers }) => layers.addTo(map))
  // a map without the basemap still shows the outline
  .catch(() => undefined);

const drawn = L.featureGroup().addTo(map);
/** The request that was sent last; the response to an earlier one is not drawn. */
let latest = 0;

/** @param {any[]} corners */
function draw(corners) {
  drawn.clearLayers();
  /** @type {Map<number, [number, number][]>} */
  const rings = new Map();
  for (const { ring, lon, lat, label } of corners) {
    rings.set(ring, [...(rings.get(ring) ?? []), [lat, lon]]);
    const name = document.createElement("span");
    name.textContent = label;
    L.circleMarker([lat, lon], { radius: 3, color: STYLE.color, fillOpacity: 1 }).bindTooltip(name).addTo(drawn);
  }
  L.polygon([...rings.values()], { ...STYLE, interactive: false, smoothFactor: 0 }).addTo(drawn);
  map.fitBounds(drawn.getBounds(), { padding: [20, 20], maxZoom: 16 });
}

async function show() {
  const [corners, crs, utm_zone] = fields.map(({ value }) => value.trim());
  const request = ++latest;
  if (!corners || !crs) {
    drawn.clearLayers();
    status.textContent = "";
    return;
  }
  const body = JSON.stringify({ corners, crs, ...(utm_zone && { utm_zone }) });
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const response = await fetch(`/api/rights/outline?lang=${settings.lang}`, { method: "POST", headers, body }).catch(() => null);
  const found = await response?.json().catch(() => null);
  if (request !== latest) return;
  if (!response?.ok) {
    drawn.clearLayers();
    status.textContent = found?.detail ?? settings.texts.away;
    return;
  }
  draw(found.corners);
  const area = found.area_km2.toLocaleString(settings.lang, { maximumSignificantDigits: 6 });
  const parts = [formatMessage(settings.texts.area, { area }), formatMessage(settings.texts.corners, { count: found.corners.length })];
  status.textContent = [parts.join(" · "), found.accuracy?.[settings.lang]].filter(Boolean).join(". ");
}

let timer = 0;
for (const one of fields) {
  one.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(show, WAIT_MS);
  });
}
show();
