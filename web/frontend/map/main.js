// Entry point of the map page: it adds the screen to the map of folium.

import L from "leaflet";
import { App } from "./app.js";
import { byId } from "./page/element.js";
import { messages } from "./page/settings.js";

/** @param {L.Map} map */
function attach(map) {
  // else a layer that begins at some zoom, as the outlines of divisions do, would keep the map from going further out
  map.setMinZoom(1);
  map.setMaxZoom(18);
  map.options.zoomSnap = 0.5;
  map.setMaxBounds([[-86, -1080], [86, 1080]]);
  map.options.maxBoundsViscosity = 1;
  // Leaflet reads these when a map is created, and does not respect prefers-reduced-motion
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) Object.assign(map, { _fadeAnimated: false, _zoomAnimated: false });
  map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
  map.zoomControl.remove();
  L.control.zoom({ position: "topright", zoomInTitle: messages.zoomIn, zoomOutTitle: messages.zoomOut }).addTo(map);
  L.control.scale({ maxWidth: 140, imperial: false }).addTo(map);
  for (const id of ["tools", "time", "readout"]) {
    L.DomEvent.disableClickPropagation(byId(id));
    L.DomEvent.disableScrollPropagation(byId(id));
  }
  Object.assign(window, { lode: { attach, map, app: new App(map) } });
}

const about = byId("about");
const opener = byId("about-open");
const menu = byId("menu");
function toggleAbout(open) {
  about.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  if (open) menu.open = false;
  (open ? byId("about-close") : menu.querySelector("summary")).focus();
}
opener.addEventListener("click", () => toggleAbout(about.hidden));
byId("about-close").addEventListener("click", () => toggleAbout(false));
document.addEventListener("pointerdown", ({ target }) => {
  if (!menu.contains(target)) menu.open = false;
});
menu.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// folium's script speaks of L, and hands its map to lode.attach; Leaflet's plugins look for L too
Object.assign(window, { L, lode: { attach } });
