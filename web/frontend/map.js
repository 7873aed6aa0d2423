// The map page: three clustered layers with a legend and popups on the map that folium made.

import L from "leaflet";
import "leaflet.markercluster";
import { drawBase } from "./base.js";
import { pages } from "./features.js";
import { element, popup } from "./popup.js";
import { GROUPS, symbol } from "./symbols.js";

const PROPERTIES = {
  deposits: ["mine_status", "mine_status_date", "size_class"],
  discoveries: ["exploration_stage"],
  projects: ["status", "status_date", "facility_types"],
};
const COMMON = ["name_en", "name_zh", "commodity_group", "commodities", "country", "position_accuracy_m", "sources", "flags"];

const FIRST_VIEW_DEGREES = 310;

const settings = JSON.parse(document.getElementById("lode-settings")?.textContent ?? "{}");

/** @param {L.Map} map */
function attach(map) {
  map.setMaxZoom(18);
  map.options.zoomSnap = 0.5;
  map.setZoom(worldZoom(map.getSize().x), { animate: false });
  map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
  L.control.scale({ maxWidth: 140, imperial: false }).addTo(map);
  speak(map);
  leadFocus(map);
  drawBase(map, settings.countries, settings.words.base).catch(() => undefined);
  const clusters = L.markerClusterGroup({
    chunkedLoading: true,
    maxClusterRadius: 44,
    showCoverageOnHover: false,
    spiderfyOnMaxZoom: true,
    iconCreateFunction: clusterIcon,
  }).addTo(map);
  /** @type {Record<string, Layer>} */
  const layers = {};
  for (const collection of Object.keys(PROPERTIES)) layers[collection] = { markers: [], shown: true };
  addLegend(map, clusters, layers);
  load(clusters, layers);
}

/**
 * The zoom at which a map so wide shows the continents from the Americas to Japan.
 * @param {number} width
 */
function worldZoom(width) {
  const whole = Math.log2(((width / 256) * 360) / FIRST_VIEW_DEGREES);
  return Math.max(1, Math.floor(whole * 2) / 2);
}

/**
 * Leaflet's own words in the language of the page.
 * @param {L.Map} map
 */
function speak(map) {
  const { words } = settings;
  map.zoomControl.remove();
  map.zoomControl = L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  map.on("popupopen", ({ popup: opened }) => {
    opened.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close);
  });
}

/**
 * A popup takes the focus of the marker that opened it, Escape closes it, and the marker has the focus again.
 * @param {L.Map} map
 */
function leadFocus(map) {
  const container = map.getContainer();
  /** @type {Element | null} */
  let opener = null;
  map.on("popupopen", ({ popup: opened }) => {
    opener = container.contains(document.activeElement) ? document.activeElement : null;
    if (opener) opened.getElement()?.querySelector("article")?.focus({ preventScroll: true });
  });
  map.on("popupclose", ({ popup: closed }) => {
    if (closed.getElement()?.contains(document.activeElement)) opener?.focus({ preventScroll: true });
  });
  container.addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
  });
}

/** @typedef {{markers: L.Marker[], shown: boolean}} Layer */

/**
 * A count in a ring that shows the mix of commodity groups.
 * @param {L.MarkerCluster} cluster
 */
function clusterIcon(cluster) {
  const markers = cluster.getAllChildMarkers();
  /** @type {Record<string, number>} */
  const mix = {};
  for (const { options } of markers) mix[options.group] = (mix[options.group] ?? 0) + 1;
  let turned = 0;
  const stops = Object.keys(GROUPS)
    .filter((group) => mix[group])
    .map((group) => {
      const from = turned;
      turned += mix[group] / markers.length;
      return `${GROUPS[group].colour} ${from}turn ${turned}turn`;
    });
  const count = markers.length;
  const size = count < 10 ? 28 : count < 100 ? 34 : count < 1000 ? 42 : 50;
  const ring = element("div", element("span", count.toLocaleString(settings.lang)), "ring");
  ring.style.background = `conic-gradient(${stops.join(", ")})`;
  return L.divIcon({ className: "cluster", html: ring, iconSize: [size, size] });
}

/**
 * @param {L.MarkerClusterGroup} clusters
 * @param {Record<string, Layer>} layers
 */
async function load(clusters, layers) {
  const state = /** @type {HTMLElement} */ (document.getElementById("state"));
  const abort = new AbortController();
  state.replaceChildren(element("span", `${settings.words.loading} …`));
  const shown = {};
  const matched = {};
  const told = (collection) =>
    `${shown[collection].toLocaleString(settings.lang)} ${settings.words.shown} ${matched[collection].toLocaleString(settings.lang)}`;
  clusters.clearLayers();
  try {
    await Promise.all(
      Object.entries(layers).map(async ([collection, layer]) => {
        layer.markers = [];
        shown[collection] = 0;
        for await (const page of pages(collection, [...COMMON, ...PROPERTIES[collection]], null, abort.signal)) {
          const markers = page.features.filter((f) => f.geometry).map((f) => marker(f, collection));
          layer.markers.push(...markers);
          if (layer.shown) clusters.addLayers(markers);
          shown[collection] += page.features.length;
          matched[collection] = page.matched;
          if (page.matched > shown[collection]) state.replaceChildren(element("span", told(collection)));
        }
      }),
    );
    // what does not fit on the map is told, not left out in silence
    const short = Object.keys(matched).filter((collection) => matched[collection] > shown[collection]);
    state.replaceChildren(...short.map((collection) => element("span", `${settings.collections[collection]}: ${told(collection)}`)));
  } catch (error) {
    // the other collections must not go on filling a map that is about to be filled anew
    abort.abort();
    const retry = /** @type {HTMLButtonElement} */ (element("button", settings.words.retry));
    retry.type = "button";
    retry.addEventListener("click", () => load(clusters, layers));
    state.replaceChildren(element("span", settings.words.failed), retry);
  }
}

/**
 * @param {any} feature
 * @param {string} collection
 */
function marker(feature, collection) {
  const [lon, lat] = feature.geometry.coordinates;
  const p = feature.properties;
  const name = (settings.lang === "zh" ? (p.name_zh ?? p.name_en) : (p.name_en ?? p.name_zh)) ?? settings.words.unnamed;
  const icon = L.divIcon({ className: "record", html: symbol(collection, p.commodity_group), iconSize: [22, 22] });
  // the title goes in as an attribute by the DOM, never as markup
  return L.marker([lat, lon], { icon, title: name, alt: name, group: p.commodity_group in GROUPS ? p.commodity_group : "other" }).bindPopup(() => popup(feature, collection, settings), {
    // with its own margins it must fit a phone
    maxWidth: Math.min(320, window.innerWidth - 60),
    minWidth: 220,
  });
}

/**
 * @param {L.Map} map
 * @param {L.MarkerClusterGroup} clusters
 * @param {Record<string, Layer>} layers
 */
function addLegend(map, clusters, layers) {
  const Legend = L.Control.extend({
    onAdd() {
      const box = element("details", undefined, "legend");
      if (window.innerWidth > 700) box.setAttribute("open", "");
      box.append(element("summary", settings.words.legend));
      box.append(element("h2", settings.words.kind));
      for (const [collection, title] of Object.entries(settings.collections)) {
        const label = element("label");
        const tick = /** @type {HTMLInputElement} */ (element("input"));
        tick.type = "checkbox";
        tick.checked = true;
        tick.addEventListener("change", () => {
          const layer = layers[collection];
          layer.shown = tick.checked;
          if (tick.checked) clusters.addLayers(layer.markers);
          else clusters.removeLayers(layer.markers);
        });
        label.append(tick);
        label.insertAdjacentHTML("beforeend", symbol(collection, "other"));
        label.append(element("span", title));
        box.append(label);
      }
      box.append(element("h2", settings.words.commodity));
      for (const group of Object.keys(GROUPS)) {
        const row = element("div", undefined, "group");
        row.insertAdjacentHTML("beforeend", symbol("deposits", group));
        row.append(element("span", settings.groups[group]));
        box.append(row);
      }
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    },
  });
  new Legend({ position: "bottomleft" }).addTo(map);
}

const about = document.getElementById("about");
const opener = document.getElementById("about-open");
function toggle(open) {
  if (!about || !opener) return;
  about.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  (open ? document.getElementById("about-close") : opener)?.focus();
}
opener?.addEventListener("click", () => toggle(Boolean(about?.hidden)));
document.getElementById("about-close")?.addEventListener("click", () => toggle(false));

// folium's script speaks of L, and hands its map to lode.attach
Object.assign(window, { L, lode: { attach } });
