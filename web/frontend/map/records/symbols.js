// How a record looks: colour and letter by commodity group, shape by kind, fill by status, size by size class.
// The colours of vocab/commodity-group.csv were searched for the greatest least difference under four kinds of sight;
// symbols.test.mjs measures them. Shapes and sizes are declared where the server's pictures of the map read them too.

import declared from "../../../../geodata/lodedata/maps/map_symbols.json" with { type: "json" };
import { isLastKnown, settings } from "../page/settings.js";

/** The commodity groups by code, in the order of the legend. @type {Record<string, {colour: string, symbol: string}>} */
export const GROUPS = settings.groups;

/** Outlines in a box of 24 by 24. @type {Record<string, string>} */
export const SHAPES = declared.shapes;

/** What a discovery's triangle and a plant's body move their letter down by. @type {Record<string, number>} */
const DROP = declared.letterDrop;

/** The colour of a status that is only the last known one. */
export const GREY = declared.grey;

/** @typedef {"working" | "planned" | "ended" | "unknown"} Fill */

/** What each status counts as, to how it is filled. @type {Record<string, Fill>} */
export const FILLS = /** @type {Record<string, Fill>} */ (declared.fills);

/** Side in pixels by size class. @type {Record<string, number>} */
export const SIZES = declared.sizes;
export const USUAL_SIZE = declared.usualSize;

const MINES = new RegExp(`^(${declared.mineTypes.join("|")})`);

/**
 * The shape of a record's kind.
 * @param {{kind: string, facility_types?: string | string[] | null}} record
 */
export function shapeOf(record) {
  if (record.kind === "deposits") return "deposit";
  if (record.kind === "discoveries") return "discovery";
  if (record.kind !== "projects") return "overlay";
  const types = Array.isArray(record.facility_types) ? record.facility_types : String(record.facility_types ?? "").split(",");
  return types.some((type) => MINES.test(type)) ? "mine" : "plant";
}

/**
 * @param {{kind: string, status?: string | null, mine_status?: string | null}} record
 * @param {Record<string, string>} countsAs what each status counts as
 * @returns {Fill}
 */
export function fillOf(record, countsAs) {
  const status = record.status ?? record.mine_status;
  if (status) return FILLS[countsAs[status]] ?? "unknown";
  return record.kind === "discoveries" ? "working" : "unknown";
}

/** Whether the status of a record is only the last known one. @param {{status_date?: string | null, mine_status_date?: string | null}} record */
export function isOld(record) {
  return isLastKnown(record.status_date ?? record.mine_status_date);
}

/** @param {{size_class?: string | null}} record */
export function sizeOf(record) {
  return SIZES[record.size_class ?? ""] ?? USUAL_SIZE;
}

/**
 * The colours of a symbol's parts; an old status is grey, with the letter of its group.
 * @param {string} group
 * @param {Fill} fill
 * @param {boolean} [old]
 */
export function paint(group, fill, old = false) {
  const { colour: own, symbol: letter } = GROUPS[group] ?? GROUPS.other;
  const colour = old ? GREY : own;
  if (fill === "working") return { letter, body: colour, edge: "#ffffff", text: "#ffffff", slash: false };
  if (fill === "unknown") return { letter, body: tint(colour, declared.unknownTint), edge: colour, text: colour, slash: false };
  return { letter, body: "#ffffff", edge: colour, text: colour, slash: fill === "ended" };
}

/**
 * A colour brought nearer to white.
 * @param {string} colour
 * @param {number} share
 */
export function tint(colour, share) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `#${parts.map((c) => Math.round(c + (255 - c) * share).toString(16).padStart(2, "0")).join("")}`;
}

/**
 * The parts of a symbol that explains a shape, a fill or a size and no group: in the colour of the text around it, which the dark
 * scheme turns, and without a letter.
 * @param {Fill} fill
 */
function plain(fill) {
  const filled = fill === "working" || fill === "unknown";
  return { letter: "", body: filled ? "currentColor" : "none", edge: "currentColor", text: "none", slash: fill === "ended" };
}

/**
 * The symbol as SVG text, for panels; nothing in it comes from data.
 * @param {string} shape
 * @param {string} group
 * @param {Fill} [fill]
 * @param {number} [side]
 * @param {boolean} [old]
 */
export function svg(shape, group, fill = "working", side = 20, old = false) {
  const { letter, body, edge, text, slash } = group in GROUPS && group !== "other" ? paint(group, fill, old) : plain(fill);
  const faint = body === "currentColor" ? ' fill-opacity="0.22"' : "";
  const y = 15.4 + (DROP[shape] ?? 0);
  const planned = fill === "planned" ? ' stroke-dasharray="3.2 2"' : "";
  const struck = slash ? `<path d="${declared.slash}" stroke="${edge}" stroke-width="1.6"/>` : "";
  return (
    `<svg class="symbol" viewBox="-1 -1 26 26" width="${side}" height="${side}" aria-hidden="true">` +
    `<path d="${SHAPES[shape]}" fill="${body}"${fill === "unknown" ? faint : ""} stroke="${edge}" stroke-width="1.8" stroke-linejoin="round"${planned}/>${struck}` +
    `<text x="12" y="${y}" text-anchor="middle" fill="${text}">${letter}</text></svg>`
  );
}

/** Draws symbols on a canvas, each kind of them once. */
export class Sprites {
  /** @param {number} ratio device pixels for one of the page */
  constructor(ratio) {
    this.ratio = ratio;
    /** @type {Map<string, HTMLCanvasElement>} */
    this.made = new Map();
  }

  /**
   * @param {string} shape
   * @param {string} group
   * @param {Fill} fill
   * @param {number} side
   * @param {boolean} [old]
   */
  get(shape, group, fill, side, old = false) {
    const key = `${shape} ${group} ${fill} ${side} ${old}`;
    let sprite = this.made.get(key);
    if (!sprite) {
      sprite = drawn(shape, paint(group, fill, old), fill, side, this.ratio);
      this.made.set(key, sprite);
    }
    return sprite;
  }
}

/**
 * @param {string} shape
 * @param {ReturnType<typeof paint>} painted
 * @param {Fill} fill
 * @param {number} side
 * @param {number} ratio
 */
function drawn(shape, { letter, body, edge, text, slash }, fill, side, ratio) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil((side + 4) * ratio);
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  g.scale((canvas.width * 12) / ((side + 4) * 12), (canvas.height * 12) / ((side + 4) * 12));
  g.translate(2, 2);
  g.scale(side / 24, side / 24);
  const outline = new Path2D(SHAPES[shape]);
  g.lineJoin = "round";
  // a rim of white keeps symbols apart from the ground and from one another
  g.lineWidth = 4.2;
  g.strokeStyle = "rgba(255, 255, 255, 0.9)";
  g.stroke(outline);
  g.fillStyle = body;
  g.fill(outline);
  g.lineWidth = 1.9;
  g.strokeStyle = fill === "working" ? "rgba(255, 255, 255, 0)" : edge;
  if (fill === "planned") g.setLineDash([3.2, 2]);
  g.stroke(outline);
  g.setLineDash([]);
  if (slash) g.stroke(new Path2D(declared.slash));
  g.fillStyle = text;
  g.font = "700 10px system-ui, sans-serif";
  g.textAlign = "center";
  g.textBaseline = "alphabetic";
  g.fillText(letter, 12, 15.6 + (DROP[shape] ?? 0));
  return canvas;
}
