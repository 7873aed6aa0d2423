// Where a record lies: land and borders around it, the ring that it lies in for certain, what is near, and a globe.

import { dot, geo, graticule, pointer, sphere, tip } from "@observablehq/plot";
import { geoCircle, geoDistance } from "d3-geo";
import { feature, mesh } from "topojson-client";
import { picture } from "./picture.js";
import { number, round, short } from "./quantities.js";

const KM_PER_DEGREE = 111.195;
const KM_PER_RADIAN = 6371.0088;
const SYMBOLS = { deposits: "circle", discoveries: "triangle", projects: "square" };

/** @param {any} settings */
export async function load(settings) {
  const response = await fetch(settings.land);
  if (!response.ok) throw new Error(String(response.status));
  const topology = await response.json();
  const countries = topology.objects.countries;
  return { land: feature(topology, topology.objects.land ?? countries), borders: mesh(topology, countries, (a, b) => a !== b) };
}

/**
 * @param {any} context
 * @returns {HTMLElement | null}
 */
export function draw({ spec, data, palette, width, settings }) {
  if (!data) return null;
  const box = document.createElement("div");
  box.className = "place";
  const globe = Math.max(84, Math.round(width * 0.24));
  box.append(around(spec, data, palette, width, settings), world(spec, data, palette, globe, settings));
  return box;
}

function around(spec, data, palette, width, settings) {
  const height = Math.round(width * 0.72);
  const reach = reached(spec);
  const view = geoCircle()
    .center([spec.lon, spec.lat])
    .radius(reach / KM_PER_DEGREE)();
  const ring = spec.accuracy_m
    ? geoCircle()
        .center([spec.lon, spec.lat])
        .radius(spec.accuracy_m / 1000 / KM_PER_DEGREE)()
    : null;
  const near = spec.near.filter((one) => one.lon !== spec.lon || one.lat !== spec.lat);
  const svg = picture(
    {
      width,
      height,
      projection: { type: "azimuthal-equidistant", rotate: [-spec.lon, -spec.lat], domain: view, inset: 2, clip: "frame" },
      symbol: { type: "identity" },
      marks: [
        sphere({ fill: palette.sea, stroke: "none" }),
        geo(data.land, { fill: palette.land }),
        graticule({ stroke: palette.quiet, strokeOpacity: 0.25 }),
        geo(data.borders, { stroke: palette.quiet, strokeOpacity: 0.7, strokeWidth: 0.8 }),
        ring && geo(ring, { fill: palette.accent, fillOpacity: 0.18, stroke: palette.accent, strokeWidth: 1.5 }),
        dot(near, { x: "lon", y: "lat", r: 3.5, symbol: (one) => SYMBOLS[one.kind], fill: palette.paper, stroke: palette.ink }),
        dot([spec], { x: "lon", y: "lat", r: 4, fill: palette.accent, stroke: palette.paper }),
        tip(
          near,
          pointer({
            x: "lon",
            y: "lat",
            title: (one) => `${short(one.name, 40)}\n${settings.collections[one.kind]}`,
            fill: palette.paper,
            stroke: palette.quiet,
          }),
        ),
      ],
    },
    palette,
    spec.title,
  );
  svg.append(...scale(reach, height, width, palette));
  return svg;
}

/** @param {any} spec how far the map reaches, in kilometres: its ring whole, and of what is near the closest, or all (``whole``). */
export function reached(spec) {
  const ring = (spec.accuracy_m ?? 0) / 1000;
  if (spec.whole) {
    const away = spec.near.map((one) => geoDistance([spec.lon, spec.lat], [one.lon, one.lat]) * KM_PER_RADIAN);
    return Math.min(Math.max(ring * 1.3, Math.max(0, ...away) * 1.3, 20), 18_000);
  }
  return Math.min(Math.max(ring * 2.5, 250), 9_000);
}

function scale(reach, height, width, palette) {
  const perKm = Math.min(height, width) / 2 / reach;
  const km = round(reach * 0.6);
  const made = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    return element;
  };
  const [left, low] = [10, height - 12];
  const bar = made("path", { d: `M${left} ${low - 5}v5h${km * perKm}v-5`, fill: "none", stroke: palette.ink, "stroke-width": 1.5 });
  const label = made("text", { x: left + 4, y: low - 4, fill: palette.ink, "font-size": 11, "text-anchor": "start" });
  label.textContent = `${number(km)} km`;
  return [bar, label];
}

function world(spec, data, palette, size, settings) {
  return picture(
    {
      width: size,
      height: size,
      projection: { type: "orthographic", rotate: [-spec.lon, -spec.lat * 0.6], inset: 2 },
      marks: [
        sphere({ fill: palette.sea, stroke: palette.quiet }),
        geo(data.land, { fill: palette.land, stroke: palette.quiet, strokeWidth: 0.4 }),
        dot([spec], { x: "lon", y: "lat", r: 4, fill: palette.accent, stroke: palette.paper }),
      ],
    },
    palette,
    settings.texts.globe,
  );
}

/** @param {any} context */
export function legend({ spec, settings }) {
  const kinds = new Set(spec.near.map((one) => one.kind));
  const glyphs = { deposits: "○", discoveries: "△", projects: "□" };
  return [
    { glyph: "⬤", colour: "accent", text: spec.own ?? settings.texts.own },
    ...Object.keys(glyphs)
      .filter((kind) => kinds.has(kind))
      .map((kind) => ({ glyph: glyphs[kind], colour: "ink", text: spec.other ?? settings.collections[kind] })),
  ];
}

/** @param {any} context */
export function note({ settings }) {
  return settings.texts.land;
}
