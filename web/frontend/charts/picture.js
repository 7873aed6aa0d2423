// A picture made by Plot, without what the page's policy would refuse.

import { plot } from "@observablehq/plot";

export const FONT = 'system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';

/**
 * An SVG of these marks. Its look comes from record.css: a style element inside would breach the policy.
 * @param {any} options
 * @param {import("./palette.js").Palette} palette
 * @param {string} title
 * @returns {SVGSVGElement}
 */
export function picture(options, palette, title) {
  const svg = /** @type {any} */ (plot({ ...options, style: { color: palette.ink, fontFamily: FONT, fontSize: "12px" } }));
  for (const style of svg.querySelectorAll("style")) style.remove();
  // Plot names its groups, which a group without a role may not be (WAI-ARIA 1.2)
  for (const part of svg.querySelectorAll("[aria-label], [aria-description]")) {
    part.removeAttribute("aria-label");
    part.removeAttribute("aria-description");
  }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", title);
  svg.setAttribute("fill", palette.ink);
  return svg;
}
