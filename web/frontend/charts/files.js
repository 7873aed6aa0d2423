// A chart as a file: SVG and PNG on white, and the numbers behind it as CSV.

import { guarded } from "../formula.js";
import { FONT } from "./picture.js";

const SVG = "http://www.w3.org/2000/svg";
const SCALE = 2;
const ROW = 18;

/**
 * Return a picture for a file: with its title above, its legend and source below.
 * @param {SVGSVGElement} drawn
 * @param {{title: string, legend: any[], source: string, palette: any}} about
 */
export function alone(drawn, { title, legend, source, palette }) {
  const [width, height] = [Number(drawn.getAttribute("width")), Number(drawn.getAttribute("height"))];
  const titles = wrapped(title, Math.floor(width / 8));
  const head = 12 + titles.length * 20;
  const rows = wrapped(legend.map((one) => `${one.glyph} ${one.text}`).join("   "), Math.floor(width / 6.5));
  const sources = wrapped(source, Math.floor(width / 6));
  const whole = document.createElementNS(SVG, "svg");
  const tall = head + height + (rows.length + sources.length) * ROW + 16;
  for (const [name, value] of Object.entries({ width, height: tall, viewBox: `0 0 ${width} ${tall}`, "font-family": FONT }))
    whole.setAttribute(name, String(value));
  const ground = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ width, height: tall, fill: palette.paper })) ground.setAttribute(name, String(value));
  drawn.setAttribute("y", String(head));
  whole.append(ground, ...lines(titles, 10, 24, 20, 15, palette.ink), drawn);
  whole.append(
    ...lines(rows, 10, head + height + 14, ROW, 12, palette.ink),
    ...lines(sources, 10, head + height + rows.length * ROW + 16, ROW, 11, palette.quiet),
  );
  return whole;
}

/** @param {SVGSVGElement} svg */
export function text(svg) {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(svg)}`;
}

/**
 * The picture in dots, two for each of its own.
 * @param {SVGSVGElement} svg
 * @returns {Promise<Blob>}
 */
export async function png(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Number(svg.getAttribute("width")) * SCALE;
  canvas.height = Number(svg.getAttribute("height")) * SCALE;
  const paper = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  paper.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png"));
}

/**
 * Return the numbers as CSV (RFC 4180), with a byte order mark for Excel.
 * @param {{head: string[], rows: any[][]}} table
 */
export function csv({ head, rows }) {
  return `\ufeff${[head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** @param {any} value */
function cell(value) {
  if (typeof value === "number") return String(value);
  const plain = String(value?.text ?? value ?? "");
  const safe = guarded(plain);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * @param {BlobPart} content
 * @param {string} type
 * @param {string} name
 */
export function save(content, type, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * @param {string} long
 * @param {number} most
 */
export function wrapped(long, most) {
  const rows = [""];
  let width = 0;
  for (const piece of long.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s+/g) ?? []) {
    const wide = /[\u2e80-\uffef]/.test(piece) ? 2 : piece.length;
    if (width + wide > most && rows[rows.length - 1].trim()) {
      rows.push("");
      width = 0;
    }
    rows[rows.length - 1] += width || piece.trim() ? piece : "";
    width += wide;
  }
  return rows.map((row) => row.trimEnd()).filter(Boolean);
}

function lines(rows, x, y, step, size, fill) {
  return rows.map((row, n) => {
    const made = document.createElementNS(SVG, "text");
    for (const [name, value] of Object.entries({ x, y: y + n * step, fill, "font-size": size })) made.setAttribute(name, String(value));
    made.textContent = row;
    return made;
  });
}
