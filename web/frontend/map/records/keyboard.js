// From mark to mark by the arrow keys, as they lie on the map.

/** Right and down for each key. @type {Record<string, [number, number]>} */
export const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The next button in a direction: what lies aside counts twice as far.
 * @param {HTMLElement} from
 * @param {Iterable<any>} buttons
 * @param {[number, number]} way
 * @returns {HTMLElement | null}
 */
export function beside(from, buttons, way) {
  const here = placeOf(from);
  /** @type {HTMLElement | null} */
  let best = null;
  let least = Infinity;
  for (const other of buttons) {
    const { x, y } = placeOf(other);
    const along = (x - here.x) * way[0] + (y - here.y) * way[1];
    const across = Math.abs((x - here.x) * way[1]) + Math.abs((y - here.y) * way[0]);
    const cost = along + 2 * across;
    if (other !== from && along > 2 && cost < least) [best, least] = [other, cost];
  }
  return best;
}

/** The middle of a button on the map. @param {Element} button */
export function placeOf(button) {
  const matrix = new DOMMatrix(/** @type {HTMLElement} */ (button).style.transform);
  const half = parseFloat(/** @type {HTMLElement} */ (button).style.width) / 2;
  return { x: matrix.e + half, y: matrix.f + half };
}

/**
 * The button nearest to a point.
 * @param {HTMLElement[]} buttons
 * @param {{x: number, y: number}} to
 */
export function nearest(buttons, to) {
  /** @type {HTMLElement | null} */
  let best = null;
  let least = Infinity;
  for (const button of buttons) {
    const { x, y } = placeOf(button);
    const far = Math.hypot(x - to.x, y - to.y);
    if (far < least) [best, least] = [button, far];
  }
  return best;
}
