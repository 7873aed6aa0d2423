// Shares of world production on a map: a circle in each country, its area and its shade by the share.

import { dot, geo, graticule, sphere, text } from "@observablehq/plot";
import { geoArea, geoCentroid } from "d3-geo";
import { feature } from "topojson-client";
import { picture } from "../charts/picture.js";
import { percent, short } from "../charts/quantities.js";

const NAMED = 6;
/** Width and height of a label, in pixels. */
const LABEL_WIDTH = 130;
const LABEL_HEIGHT = 18;

/** @param {any} settings */
export async function load(settings) {
  const response = await fetch(settings.land);
  if (!response.ok) throw new Error(String(response.status));
  const topology = await response.json();
  const countries = /** @type {any} */ (feature(topology, topology.objects.countries)).features;
  return { land: feature(topology, topology.objects.land ?? topology.objects.countries), centres: new Map(countries.map((one) => [one.id, centre(one.geometry)])) };
}

/**
 * The centre of a country's largest part.
 * @param {any} geometry
 * @returns {[number, number]}
 */
export function centre(geometry) {
  const parts = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  const polygons = parts.map((coordinates) => ({ type: "Polygon", coordinates }));
  return geoCentroid(polygons.reduce((one, other) => (geoArea(other) > geoArea(one) ? other : one)));
}

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, data, palette, width }) {
  if (!data || !spec.rows.length) return null;
  const rows = spec.rows.flatMap((one) => (data.centres.has(one.m49) ? [{ ...one, at: data.centres.get(one.m49) }] : []));
  const place = { x: (one) => one.at[0], y: (one) => one.at[1] };
  const most = Math.max(...rows.map((one) => one.share));
  return picture(
    {
      width,
      height: Math.round(width * 0.5),
      projection: "equal-earth",
      r: { range: [0, Math.max(12, width / 30)] },
      marks: [
        sphere({ fill: palette.sea, stroke: "none" }),
        graticule({ stroke: palette.quiet, strokeOpacity: 0.15 }),
        geo(data.land, { fill: palette.land }),
        dot(rows, { ...place, r: "share", fill: palette.reserve, fillOpacity: (one) => 0.35 + (0.55 * one.share) / most, stroke: palette.paper }),
        text(apart(rows.slice(0, width < 480 ? 2 : NAMED), width), { ...place, text: (one) => short(`${one.name} ${percent(one.share)}`, 24), dy: -2, fill: palette.ink, stroke: palette.paper, strokeWidth: 3 }),
      ],
    },
    palette,
    spec.title,
  );
}

/** The largest shares whose labels are not over each other. */
export function apart(rows, width) {
  const wide = (LABEL_WIDTH * 360) / width;
  const shown = [];
  for (const one of rows) if (shown.every((other) => Math.abs(other.at[0] - one.at[0]) > wide || Math.abs(other.at[1] - one.at[1]) > (LABEL_HEIGHT * 360) / width)) shown.push(one);
  return shown;
}

export function legend() {
  return [];
}

/** @param {any} context */
export function note({ settings }) {
  return settings.texts.coasts;
}

/** @param {any} context */
export function table({ spec, settings }) {
  return { head: [settings.texts.country, `${settings.texts.share} (%)`], rows: spec.rows.map((one) => [one.name, one.share]) };
}
