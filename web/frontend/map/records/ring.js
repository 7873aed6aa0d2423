// Draw a count in a ring that shows the shares of commodity groups.

import { short } from "./marks.js";
import { GROUPS } from "./symbols.js";

/** Return the radius of a ring for a count. @param {number} n */
export function radiusOf(n) {
  return Math.min(25, 11.5 + 2.9 * Math.log10(n));
}

/**
 * Draw a count in a ring that shows the shares of commodity groups.
 * @param {CanvasRenderingContext2D} g
 * @param {import("./marks.js").Mark} mark
 * @param {number} x
 * @param {number} y
 * @param {string} lang
 */
export function ring(g, mark, x, y, lang) {
  const radius = radiusOf(mark.n);
  g.beginPath();
  g.arc(x, y, radius + 1.5, 0, 2 * Math.PI);
  g.fillStyle = "rgba(255, 255, 255, 0.9)";
  g.fill();
  let turned = -Math.PI / 2;
  for (const group of Object.keys(GROUPS)) {
    const share = ((mark.mix[group] ?? 0) / mark.n) * 2 * Math.PI;
    if (!share) continue;
    g.beginPath();
    // a whole circle begins at 0, as drawings (SVG) need
    const begin = share > 6.28 ? 0 : turned;
    g.arc(x, y, radius - 2.4, begin, begin + Math.min(share, 2 * Math.PI));
    g.lineWidth = 4.8;
    g.strokeStyle = GROUPS[group].colour;
    g.stroke();
    turned += share;
  }
  const text = short(mark.n, lang);
  g.fillStyle = "#1f2430";
  g.font = `650 ${text.length > 4 ? 9.5 : 11}px system-ui, "Noto Sans CJK SC", sans-serif`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillText(text, x, y + 0.5);
}
