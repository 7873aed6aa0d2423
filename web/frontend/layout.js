// The page of the layout check: a map that sets the place and shows the report's layers, and fields that fit the product.

import L from "leaflet";
import { drawBase } from "./map/base_map/base_map.js";
import { Ground } from "./map/base_map/ground.js";
import { outline } from "./map/area/outline.js";
import { settings } from "./map/page/settings.js";

const CHINA = /** @type {[number, number]} */ ([34, 105]);
const STYLE = getComputedStyle(document.documentElement);

/** @param {string} name */
const colour = (name) => STYLE.getPropertyValue(name).trim();

/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
const form = document.getElementById("check-form");

const map = L.map("layout-map", { attributionControl: false, preferCanvas: true, worldCopyJump: true }).setView(CHINA, 4);
L.control.scale({ imperial: false }).addTo(map);
new Ground(map);
if (settings.approval) L.control.attribution({ prefix: false }).addAttribution(settings.approval).addTo(map);

drawBase(map, settings.countries, "")
  .then(({ layers }) => layers.addTo(map))
  // a map without the basemap still shows the report
  .catch(() => undefined);

/** @param {any} one */
function title(one) {
  const names = settings.lang === "zh" ? [one.name_zh, one.name_en] : [one.name_en, one.name_zh];
  const name = names.find(Boolean) ?? one.id ?? "";
  return one.distance_km === undefined ? name : `${name} · ${one.distance_km.toFixed(1)} km`;
}

/** @param {any} one */
function drawn(one) {
  const at = L.latLng(one.geometry.coordinates[1], one.geometry.coordinates[0]);
  const properties = one.properties;
  const ore = properties.layer === "ore";
  const live = properties.groups && Object.keys(properties.groups).some((group) => group !== "gone" && group !== "idle");
  const fill = ore ? colour("--chart-resource") : live ? colour("--chart-accent") : colour("--chart-quiet");
  const text = document.createElement("span");
  text.textContent = ore ? `${settings.texts.ore}: ${title(properties)}` : title(properties);
  return L.circleMarker(at, { radius: ore ? 4 : 6, color: colour("--chart-paper"), weight: 1, fillColor: fill, fillOpacity: 0.9 }).bindPopup(text);
}

/**
 * A cell, the more opaque the more capacity is in it, or the line of a pair.
 * @param {any} one
 * @param {number} most
 */
function overlap(one, most) {
  const { layer, tpa, ore_places } = one.properties;
  const cell = layer === "cell";
  const fillColor = tpa ? colour("--chart-accent") : colour("--chart-resource");
  const fillOpacity = cell ? (tpa ? 0.12 + 0.6 * Math.sqrt(tpa / most) : Math.min(0.4, 0.06 * ore_places)) : 0;
  return L.geoJSON(one, { interactive: false, style: { color: colour("--chart-ink"), weight: cell ? 0.3 : 1.2, fillColor, fillOpacity } });
}

/**
 * A cell of the grid, the more opaque the more rules are not met there, or else lack data.
 * @param {any} one
 * @param {{ most: number, least: number, lack: number }} of
 */
function siting(one, of) {
  const properties = one.properties;
  const fillColor = properties.rules_not_met ? colour("--chart-accent") : colour("--chart-resource");
  const lacking = 0.08 + (0.45 * (properties.rules_not_enough_data - of.least)) / Math.max(1, of.lack - of.least);
  const fillOpacity = properties.rules_not_met ? 0.3 + (0.5 * properties.rules_not_met) / of.most : lacking;
  const text = document.createElement("div");
  for (const name of ["not_met", "not_enough_data", "met"]) {
    const line = document.createElement("div");
    line.textContent = `${settings.texts[name]}: ${properties[`rules_${name}`]}`;
    text.append(line);
  }
  if (properties.nearest_km !== null) {
    const line = document.createElement("div");
    line.textContent = `${settings.texts.nearest}: ${properties.nearest_km.toFixed(1)}`;
    text.append(line);
  }
  return L.geoJSON(one, { style: { color: colour("--chart-ink"), weight: 0.3, fillColor, fillOpacity } }).bindPopup(text);
}

const COLOUR = /^--[a-z-]+$/;

/**
 * A point in a colour of the page, whose popup links to its page.
 * @param {any} one
 */
function marked(one) {
  const { fill, title, href } = one.properties;
  const at = L.latLng(one.geometry.coordinates[1], one.geometry.coordinates[0]);
  const text = document.createElement(href ? "a" : "span");
  text.textContent = title;
  if (text instanceof HTMLAnchorElement) text.href = href;
  const fillColor = colour(COLOUR.test(fill) ? fill : "--chart-quiet");
  return L.circleMarker(at, { radius: 7, color: colour("--chart-paper"), weight: 1, fillColor, fillOpacity: 0.9 }).bindPopup(text);
}

/** @type {Map<string, (one: any) => L.Layer>} */
const LAYERS = new Map([
  ["covered", drawn],
  ["marked", marked],
]);

function report() {
  const features = settings.layers?.features ?? [];
  const most = Math.max(1, ...features.map((/** @type {any} */ one) => one.properties.tpa ?? 0));
  const lack = features.map((/** @type {any} */ one) => one.properties.rules_not_enough_data ?? 0);
  const unmet = features.map((/** @type {any} */ one) => one.properties.rules_not_met ?? 0);
  const of = { most: Math.max(1, ...unmet), least: Math.min(...lack), lack: Math.max(...lack) };
  const area = L.featureGroup();
  for (const one of features) {
    const { layer } = one.properties;
    const draw = LAYERS.get(layer);
    if (draw) {
      draw(one).addTo(area).addTo(map);
      continue;
    }
    if (layer === "siting") {
      siting(one, of).addTo(area).addTo(map);
      continue;
    }
    if (layer === "pair" || layer === "cell") {
      overlap(one, most).addTo(area).addTo(map);
      continue;
    }
    if (layer === "radius" || (layer === "candidate" && one.geometry.type.endsWith("Polygon"))) {
      const style = { color: colour("--chart-accent"), weight: 1.2, fillOpacity: 0.03 };
      const ring = L.geoJSON(one, /** @type {any} */ ({ interactive: false, smoothFactor: 0, style }));
      area.addLayer(ring);
      ring.addTo(map);
    } else if (layer !== "candidate") drawn(one).addTo(map);
  }
  if (features.length) map.fitBounds(area.getBounds(), { padding: [8, 8], maxZoom: 9 });
}

const SHARES = [1, 5, 10, 20];

/** Show the most favourable cells of a region, each with its reasons in a popup. */
async function prospects() {
  const state = /** @type {HTMLElement} */ (document.getElementById("prospect-state"));
  state.textContent = settings.texts.loading;
  const response = await fetch(settings.prospect);
  if (!response.ok) throw new Error(String(response.status));
  const { features } = await response.json();
  const cells = L.geoJSON(features, {
    style: (one) => {
      const step = SHARES.findIndex((share) => one?.properties.rank_pct <= share);
      const opacity = step < 0 ? 0.1 : 0.85 - 0.2 * step;
      // an outline in the colour of the cell, so that the small cells of a large region are seen
      const accent = colour("--chart-accent");
      return { color: accent, opacity, weight: 1, fillColor: accent, fillOpacity: opacity };
    },
  });
  cells.bindPopup(
    (layer) => {
      const { rank_pct, deposits, ...more } = /** @type {any} */ (layer).feature.properties;
      const text = document.createElement("div");
      const lines = [settings.texts.rank.replace("{share}", rank_pct.toPrecision(2)), `${settings.texts.deposits}: ${deposits}`];
      for (const content of [...lines, ...more[`reasons_${settings.lang}`].split(" · ")]) {
        const line = document.createElement("div");
        line.textContent = content;
        text.append(line);
      }
      return text;
    },
    { maxWidth: 300 },
  );
  cells.addTo(map);
  if (features.length) map.fitBounds(cells.getBounds(), { padding: [8, 8], maxZoom: 9 });
  state.textContent = "";
  document.documentElement.toggleAttribute("data-cells-drawn", true);
}
if (settings.prospect)
  prospects().catch(() => {
    /** @type {HTMLElement} */ (document.getElementById("prospect-state")).textContent = settings.texts.failed;
  });

async function rights() {
  const [{ rightsLayer }, { legend }] = await Promise.all([import("./rights/rights_map.js"), import("./rights/legend.js")]);
  if (settings.rights.box) {
    const [west, south, east, north] = settings.rights.box;
    map.fitBounds([[south, west], [north, east]], { padding: [8, 8], maxZoom: 14 });
  }
  // the table has the same rights
  rightsLayer(map, () => undefined).addTo(map);
  document.getElementById("rights-legend")?.append(legend());
}
if (settings.rights) rights();

const MAX_PLANTS = 1000;
const plants = L.layerGroup().addTo(map);

/** Show the existing plants of the product, before anything is checked. @param {string} product */
async function existing(product) {
  const codes = document.querySelector(`#f-product option[value="${CSS.escape(product)}"]`)?.getAttribute("data-codes") ?? product;
  const query = new URLSearchParams({ products: codes, limit: String(MAX_PLANTS), f: "json" });
  const response = await fetch(`/api/collections/projects/items?${query}`);
  if (!response.ok || settings.layers || product !== input("f-product").value) return;
  const { features } = await response.json();
  plants.clearLayers();
  for (const one of features.filter((/** @type {any} */ feature) => feature.geometry)) drawn({ ...one, properties: { groups: { operating: 1 }, ...one.properties } }).addTo(plants);
}

/** @type {L.CircleMarker | null} */
let place = null;

/** @param {L.LatLngExpression} at */
function put(at) {
  place ??= L.circleMarker(at, { radius: 8, color: colour("--chart-ink"), weight: 3, fillOpacity: 0 }).addTo(map);
  place.setLatLng(at).bindTooltip(settings.texts.planned);
}

function typed() {
  const lon = Number.parseFloat(input("f-lon").value);
  const lat = Number.parseFloat(input("f-lat").value);
  if (Math.abs(lon) <= 180 && Math.abs(lat) <= 90) put([lat, lon]);
}

/** @type {L.Polygon | null} */
let shown = null;
const LONGEST = 2500;

/** Show the outline in the field, or a message if it can't be read. */
function outlined() {
  const text = area("f-outline").value.trim();
  shown?.remove();
  shown = null;
  let message = "";
  if (text) {
    try {
      const parsed = text.startsWith("{") ? JSON.parse(text) : null;
      const within = parsed ? JSON.stringify(parsed.geometry ?? parsed.features?.[0]?.geometry ?? parsed) : text;
      shown = outline({ within });
      if (!shown?.getBounds().isValid()) throw new TypeError(text);
      shown.addTo(map);
      if (!settings.layers) map.fitBounds(shown.getBounds(), { maxZoom: 12, padding: [30, 30] });
    } catch {
      shown = null;
      message = settings.texts.unread;
    }
  }
  /** @type {HTMLElement} */ (document.getElementById("outline-message")).textContent = message;
  /** @type {HTMLElement} */ (document.getElementById("undraw")).hidden = !text;
}

/** @param {string} id */
const area = (id) => /** @type {HTMLTextAreaElement} */ (document.getElementById(id));
let drawing = false;

async function draw() {
  const { drawArea } = await import("./map/area/drawing.js");
  document.getElementById("layout-map")?.scrollIntoView({ block: "nearest" });
  drawing = true;
  const made = await drawArea(map, "Polygon");
  drawing = false;
  if (!made) return;
  area("f-outline").value = made.within;
  // the outline replaces the point
  for (const id of ["f-lon", "f-lat"]) input(id).value = "";
  place?.remove();
  place = null;
  outlined();
}

function fit() {
  const product = input("f-product").value;
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-products]"))) {
    const fits = (one.dataset.products ?? "").split(" ").includes(product);
    one.hidden = !fits;
    if (one instanceof HTMLOptionElement) {
      one.disabled = !fits;
      if (!fits) one.selected = false;
    }
  }
}

if (form) {
  map.on("click", (event) => {
    if (drawing) return;
    const at = event.latlng.wrap();
    input("f-lon").value = at.lng.toFixed(5);
    input("f-lat").value = at.lat.toFixed(5);
    input("f-at").value = "";
    put(at);
  });
  for (const id of ["f-lon", "f-lat"]) input(id).addEventListener("input", typed);
  input("f-product").addEventListener("change", () => {
    fit();
    existing(input("f-product").value).catch(() => undefined);
  });
  fit();
  // a map without the plants still takes a place
  if (!settings.layers) existing(input("f-product").value).catch(() => undefined);
  typed();
  area("f-outline").addEventListener("change", outlined);
  const pen = /** @type {HTMLButtonElement} */ (document.getElementById("draw"));
  pen.hidden = false;
  pen.addEventListener("click", draw);
  document.getElementById("undraw")?.addEventListener("click", () => {
    area("f-outline").value = "";
    outlined();
  });
  form.addEventListener("submit", () => {
    // an address has at most about four thousand characters
    if (area("f-outline").value.length > LONGEST) /** @type {HTMLFormElement} */ (form).method = "post";
  });
  outlined();
}
report();
document.getElementById("result")?.focus();

// a folded section is printed too
window.addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll(".report details, .head details")) one.setAttribute("open", "");
});
