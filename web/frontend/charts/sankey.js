// Flows of stream to plant to metal: bands as wide as their tonnes.

import { sankey, sankeyLinkHorizontal } from "d3-sankey";
import { FONT } from "./picture.js";
import { short, tonnes } from "./quantities.js";

const SPACE = "http://www.w3.org/2000/svg";
const COLOURS = ["resource", "reserve", "endowment"];
const STEPS = ["stream", "plant", "metal"];
const NODE_WIDTH = 10;
const PADDING = 14;

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, palette, width, settings }) {
  const { nodes, links } = graph(spec.links);
  if (!links.length) return null;
  const tallest = Math.max(...STEPS.map((step) => nodes.filter((one) => one.step === step).length));
  const height = Math.max(160, tallest * 34 + 20);
  const svg = part("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": spec.title, fill: palette.ink, "font-family": FONT, "font-size": 12 });
  const found = sankey()
    .nodeId((one) => one.id)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(PADDING)
    .extent([
      [1, 12],
      [width - 1, height - 8],
    ])({ nodes, links });
  const path = sankeyLinkHorizontal();
  for (const one of found.links) {
    const band = part("path", { d: path(one), fill: "none", stroke: palette[COLOURS[STEPS.indexOf(one.source.step)]], "stroke-opacity": 0.35, "stroke-width": Math.max(1, one.width) });
    band.append(titled(`${one.source.name} → ${one.target.name}: ${tonnes(one.value, settings.lang)}`));
    svg.append(band);
  }
  const narrow = width < 480;
  const letters = [0.45, 0.3, 0.2].map((share) => Math.floor((width * share) / 6.6));
  for (const one of found.nodes) {
    const step = STEPS.indexOf(one.step);
    svg.append(part("rect", { x: one.x0, y: one.y0, width: NODE_WIDTH, height: Math.max(1, one.y1 - one.y0), fill: palette[COLOURS[step]] }));
    const last = step === STEPS.length - 1;
    const name = part("text", { x: last ? one.x0 - 4 : one.x1 + 4, y: (one.y0 + one.y1) / 2, dy: "0.35em", "text-anchor": last ? "end" : "start" });
    name.textContent = short(narrow ? one.name : `${one.name} ${tonnes(one.value, settings.lang)}`, letters[step]);
    name.append(titled(`${one.name}: ${tonnes(one.value, settings.lang)}`));
    svg.append(name);
  }
  return /** @type {SVGSVGElement} */ (svg);
}

/** @param {any} context */
export function legend({ spec }) {
  return STEPS.map((step, place) => ({ glyph: "■", colour: COLOURS[place], text: spec.texts[step] }));
}

/** @param {any} context */
export function note({ spec }) {
  return spec.texts.note;
}

/** @param {any} context */
export function table({ spec }) {
  return { head: [...STEPS.map((step) => spec.texts[step]), spec.texts.tonnes], rows: spec.links.map((one) => [...STEPS.map((step) => one[step]), one.tonnes]) };
}

/**
 * The nodes of each step and the links between neighbours; flows of one pair are added up.
 * @param {any[]} flows
 */
export function graph(flows) {
  const nodes = new Map();
  const links = new Map();
  for (const flow of flows) {
    const ids = STEPS.map((step) => `${step}:${flow[step]}`);
    STEPS.forEach((step, place) => {
      nodes.set(ids[place], { id: ids[place], step, name: flow[step] });
    });
    for (const place of [0, 1]) {
      const key = `${ids[place]}\n${ids[place + 1]}`;
      const link = links.get(key) ?? { source: ids[place], target: ids[place + 1], value: 0 };
      link.value += flow.tonnes;
      links.set(key, link);
    }
  }
  return { nodes: [...nodes.values()], links: [...links.values()] };
}

/**
 * @param {string} name
 * @param {Record<string, any>} attributes
 */
function part(name, attributes) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** @param {string} text */
function titled(text) {
  const title = document.createElementNS(SPACE, "title");
  title.textContent = text;
  return title;
}
