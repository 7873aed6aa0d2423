// The parts on and below the map of a picture: scale, north, title, legend, sources and licences.

import { KINDS as GROUND, schemed } from "../base_map/ground_kinds.js";
import { distance } from "../page/format.js";
import { label, messages, settings } from "../page/settings.js";
import { radiusOf, ring } from "../records/ring.js";
import { GROUPS, SIZES, Sprites } from "../records/symbols.js";
import { colourOf, KINDS as RIGHTS } from "../../rights/right_state.js";
import { scaleBar } from "./position.js";

const FAMILY = 'system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const PAD = 12;
const LINE = 17;
const ROW = 30;
const BAR = 140;
const ARROW = 34;

/**
 * @typedef {object} Content
 * @property {string} title
 * @property {string[]} notes sources, licences, address and day
 * @property {Set<string>} groups commodity groups on the map
 * @property {Set<string>} shapes
 * @property {Set<string>} fills
 * @property {boolean} counts whether rings with counts are on the map
 * @property {boolean} rights
 * @property {{kind: string, title: string, bedrock?: import("../base_map/ground_kinds.js").Bedrock}[]} ground layers of the ground that are shown
 *
 * @typedef {{width: number, text: string, draw: (g: CanvasRenderingContext2D, x: number, y: number) => void}} Sample
 */

/**
 * Draw the bar of scale and the arrow to the north over the map.
 * @param {CanvasRenderingContext2D} g
 * @param {import("leaflet").Map} map
 */
export function paintScale(g, map) {
  const size = map.getSize();
  const { metres, width } = scaleBar(map.getCenter().lat, map.getZoom(), BAR);
  const [x, y] = [PAD, size.y - PAD];
  box(g, x - 4, y - 24, width + 8, 28);
  g.fillStyle = g.strokeStyle = "#1f2430";
  g.font = `11px ${FAMILY}`;
  g.textAlign = "left";
  g.textBaseline = "alphabetic";
  g.fillText(distance(metres), x + 2, y - 10);
  g.lineWidth = 1.6;
  g.beginPath();
  g.moveTo(x, y - 7);
  g.lineTo(x, y);
  g.lineTo(x + width, y);
  g.lineTo(x + width, y - 7);
  g.stroke();
  north(g, size.x - PAD - ARROW / 2, PAD);
}

/** @param {CanvasRenderingContext2D} g @param {number} x @param {number} y */
function north(g, x, y) {
  box(g, x - 14, y - 4, 28, ARROW + 14);
  g.fillStyle = g.strokeStyle = "#1f2430";
  g.lineWidth = 1;
  g.lineJoin = "round";
  g.beginPath();
  g.moveTo(x, y + 14);
  g.lineTo(x - 7, y + 40);
  g.lineTo(x, y + 34);
  g.closePath();
  g.fill();
  g.beginPath();
  g.moveTo(x, y + 14);
  g.lineTo(x + 7, y + 40);
  g.lineTo(x, y + 34);
  g.closePath();
  g.stroke();
  g.font = `700 11px ${FAMILY}`;
  g.textAlign = "center";
  g.textBaseline = "alphabetic";
  g.fillText(messages.pictureNorth, x, y + 10);
}

/** @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {number} width @param {number} height */
function box(g, x, y, width, height) {
  g.globalAlpha = 0.85;
  g.fillStyle = "#ffffff";
  g.fillRect(x, y, width, height);
  g.globalAlpha = 1;
}

/** The strip below the map; its height depends on its width. */
export class Margin {
  /**
   * @param {Content} content
   * @param {number} width
   * @param {number} scale
   */
  constructor(content, width, scale) {
    this.content = content;
    this.width = width;
    const style = getComputedStyle(document.body);
    this.paper = style.backgroundColor;
    this.ink = style.color;
    this.samples = samples(content, new Sprites(scale), this.ink);
    const g = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    this.height = this.paint(g, -1e6);
  }

  /** Draw the strip from a height on and return how high it is. @param {CanvasRenderingContext2D} g @param {number} top */
  paint(g, top) {
    const { width } = this;
    const inner = width - 2 * PAD;
    if (this.height) {
      g.fillStyle = this.paper;
      g.fillRect(0, top, width, this.height);
    }
    g.textAlign = "left";
    g.textBaseline = "middle";
    let y = top + PAD;
    const write = (/** @type {string} */ text, /** @type {string} */ font) => {
      g.font = font;
      g.fillStyle = this.ink;
      for (const line of wrapped(g, text, inner)) {
        g.fillText(line, PAD, y + LINE / 2);
        y += LINE;
      }
    };
    write(this.content.title, `600 13px ${FAMILY}`);
    y += 4;
    let x = PAD;
    for (const { width: wide, text, draw } of this.samples) {
      g.font = `12px ${FAMILY}`;
      const space = wide + 6 + g.measureText(text).width + 16;
      if (x > PAD && x + space > width - PAD) {
        x = PAD;
        y += ROW;
      }
      draw(g, x, y + ROW / 2);
      g.font = `12px ${FAMILY}`;
      g.textAlign = "left";
      g.textBaseline = "middle";
      g.fillStyle = this.ink;
      g.fillText(text, x + wide + 6, y + ROW / 2);
      x += space;
    }
    y += ROW + (this.samples.length ? 4 : -ROW);
    for (const note of this.content.notes) write(note, `11px ${FAMILY}`);
    return y + PAD - top;
  }
}

/**
 * Return the rows of the legend.
 * @param {Content} content
 * @param {Sprites} sprites
 * @param {string} ink
 * @returns {Sample[]}
 */
function samples({ groups, shapes, fills, counts, rights, ground }, sprites, ink) {
  const symbol = (/** @type {string} */ shape, /** @type {string} */ group, /** @type {any} */ fill, /** @type {string} */ text, side = 20, old = false) => ({
    width: side + 4,
    text,
    draw: (/** @type {CanvasRenderingContext2D} */ g, /** @type {number} */ x, /** @type {number} */ y) => g.drawImage(sprites.get(shape, group, fill, side, old), x, y - side / 2 - 2, side + 4, side + 4),
  });
  /** @type {Sample[]} */
  const found = Object.keys(GROUPS)
    .filter((group) => groups.has(group))
    .map((group) => symbol("deposit", group, "working", label("commodity-group", group)));
  const shown = { deposit: settings.kinds.deposits, discovery: settings.kinds.discoveries, mine: messages.pictureMine, plant: messages.picturePlant };
  for (const [shape, text] of Object.entries(shown)) if (shapes.has(shape)) found.push(symbol(shape, "other", "unknown", text));
  for (const fill of ["working", "planned", "ended", "unknown"]) if (fills.has(fill)) found.push(symbol(fill === "unknown" ? "deposit" : "plant", "copper", fill, messages[`fill_${fill}`]));
  if (fills.has("old")) found.push(symbol("plant", "copper", "working", messages.age_true, 20, true));
  if (shapes.size) found.push(...Object.keys(SIZES).map((size) => symbol("deposit", "other", "unknown", label("size-class", size), SIZES[size])));
  if (counts) found.push(count(groups));
  const dark = document.documentElement.dataset.bsTheme === "dark";
  if (rights) {
    for (const kind of RIGHTS) found.push(area(colourOf(kind, dark), colourOf(kind, dark), settings.rights.labels["right-kind"][kind]));
  }
  for (const { kind, title, bedrock } of ground) {
    const style = GROUND[kind] ?? { z: 0 };
    if (bedrock) found.push(...bedrock.ages.map((one) => area(one.colour, ink, one.label)));
    if (style.fill || style.stroke) found.push(area(schemed(style.fill), schemed(style.stroke) || ink, title));
  }
  return found;
}

/** Return the sample of a ring with a count. @param {Set<string>} groups @returns {Sample} */
function count(groups) {
  const side = 2 * radiusOf(12) + 4;
  const mix = Object.fromEntries([...groups].slice(0, 3).map((group) => [group, 4]));
  const n = Math.max(1, Object.keys(mix).length) * 4;
  return { width: side, text: messages.pictureCount, draw: (g, x, y) => ring(g, /** @type {any} */ ({ n, mix }), x + side / 2, y, settings.lang) };
}

/** Return the sample of an area or a line. @param {string} fill @param {string} stroke @param {string} text @returns {Sample} */
function area(fill, stroke, text) {
  return {
    width: 24,
    text,
    draw: (g, x, y) => {
      g.lineWidth = 1.4;
      g.strokeStyle = stroke;
      g.fillStyle = fill || "transparent";
      if (fill) {
        g.globalAlpha = 0.5;
        g.fillRect(x, y - 7, 24, 14);
        g.globalAlpha = 1;
        g.strokeRect(x, y - 7, 24, 14);
        return;
      }
      g.beginPath();
      g.moveTo(x, y);
      g.lineTo(x + 24, y);
      g.stroke();
    },
  };
}

/** Return the lines of a text that fit a width; Chinese breaks at any sign. @param {CanvasRenderingContext2D} g @param {string} text @param {number} width */
function wrapped(g, text, width) {
  const lines = [];
  let line = "";
  for (const word of text.match(/[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\s+/g) ?? []) {
    if (line && g.measureText((line + word).trimEnd()).width > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    // an address that is longer than the line
    let rest = word;
    while (g.measureText(rest).width > width && rest.length > 8) {
      const fits = Math.max(8, Math.floor((rest.length * width) / g.measureText(rest).width));
      lines.push(line + rest.slice(0, fits));
      line = "";
      rest = rest.slice(fits);
    }
    line += rest;
  }
  return line.trim() ? [...lines, line.trimEnd()] : lines;
}
