// Where the sites of an organisation lie, on land: those that it holds or runs, and those that it did.

import { dot, geo, graticule, pointer, sphere, tip } from "@observablehq/plot";
import { geoCentroid, geoCircle, geoDistance } from "d3-geo";
import { feature, mesh } from "topojson-client";
import { picture } from "./picture.js";
import { short } from "./quantities.js";

const WHOLE_WORLD = 60;
const LEAST = 4;
const DEGREES = 180 / Math.PI;

/** @param {any} settings */
export async function load(settings) {
  const response = await fetch(settings.land);
  if (!response.ok) throw new Error(String(response.status));
  const topology = await response.json();
  const countries = topology.objects.countries;
  return { land: feature(topology, topology.objects.land ?? countries), borders: mesh(topology, countries, (a, b) => a !== b) };
}

/**
 * The projection of a map that has all sites: around them, or of the world if they lie far apart.
 * @param {{lon: number, lat: number}[]} sites
 */
export function projection(sites) {
  const points = { type: "MultiPoint", coordinates: sites.map((one) => [one.lon, one.lat]) };
  const centre = geoCentroid(/** @type {any} */ (points));
  const reach = Math.max(...sites.map((one) => geoDistance(centre, [one.lon, one.lat]) * DEGREES));
  if (reach > WHOLE_WORLD) return { type: "equal-earth", rotate: [-10, 0] };
  const view = geoCircle()
    .center(centre)
    .radius(Math.max(LEAST, reach * 1.15))();
  return { type: "azimuthal-equidistant", rotate: [-centre[0], -centre[1]], domain: view, inset: 2, clip: "frame" };
}

/**
 * @param {any} context
 * @returns {SVGSVGElement | HTMLElement | null}
 */
export function draw({ spec, data, palette, width }) {
  if (!data || !spec.sites.length) return null;
  const wide = projection(spec.sites);
  const drawn = picture(
    {
      width,
      height: Math.round(width * (wide.type === "equal-earth" ? 0.5 : 0.62)),
      projection: wide,
      marks: [
        sphere({ fill: palette.sea, stroke: "none" }),
        graticule({ stroke: palette.quiet, strokeOpacity: 0.2 }),
        geo(data.land, { fill: palette.land }),
        geo(data.borders, { stroke: palette.quiet, strokeOpacity: 0.6, strokeWidth: 0.6 }),
        dot(
          spec.sites.filter((one) => one.former),
          { x: "lon", y: "lat", r: 4, fill: palette.paper, stroke: palette.ink },
        ),
        dot(
          spec.sites.filter((one) => !one.former),
          { x: "lon", y: "lat", r: 4.5, fill: palette.accent, stroke: palette.paper },
        ),
        tip(
          spec.sites,
          pointer({ x: "lon", y: "lat", title: (one) => `${short(one.name, 40)}\n${one.role}`, fill: palette.paper, stroke: palette.quiet }),
        ),
      ],
    },
    palette,
    spec.title,
  );
  // the table of projects has the links; marks as links would be a second, nameless row of them for the keyboard
  drawn.addEventListener("input", () => drawn.setAttribute("cursor", /** @type {any} */ (drawn).value ? "pointer" : "default"));
  drawn.addEventListener("click", () => {
    const pointed = /** @type {any} */ (drawn).value;
    if (pointed) window.location.assign(pointed.address);
  });
  return drawn;
}

/** @param {any} context */
export function legend({ spec, settings }) {
  return [
    { glyph: "⬤", colour: "accent", text: settings.texts.heldNow, shown: spec.sites.some((one) => !one.former) },
    { glyph: "○", colour: "ink", text: settings.texts.heldBefore, shown: spec.sites.some((one) => one.former) },
  ].filter((one) => one.shown);
}

/** @param {any} context */
export function note({ settings }) {
  return settings.texts.land;
}
