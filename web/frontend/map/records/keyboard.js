// Navigation between marks by the arrow keys.

/** The direction of each key: right and down. @type {Record<string, [number, number]>} */
export const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Return the next button in a direction; distance across it counts twice.
 * @param {HTMLElement} from
 * @param {Iterable<any>} buttons
 * @param {[number, number]} direction
 * @returns {HTMLElement | null}
 */
export function nextInDirection(from, buttons, direction) {
  const here = centreOf(from);
  /** @type {HTMLElement | null} */
  let best = null;
  let least = Infinity;
  for (const other of buttons) {
    const { x, y } = centreOf(other);
    const along = (x - here.x) * direction[0] + (y - here.y) * direction[1];
    const across = Math.abs((x - here.x) * direction[1]) + Math.abs((y - here.y) * direction[0]);
    const cost = along + 2 * across;
    if (other !== from && along > 2 && cost < least) [best, least] = [other, cost];
  }
  return best;
}

/** Return the centre of a button in pixels. @param {Element} button */
export function centreOf(button) {
  const matrix = new DOMMatrix(/** @type {HTMLElement} */ (button).style.transform);
  const half = parseFloat(/** @type {HTMLElement} */ (button).style.width) / 2;
  return { x: matrix.e + half, y: matrix.f + half };
}

/**
 * Return the button nearest to a point.
 * @param {HTMLElement[]} buttons
 * @param {{x: number, y: number}} to
 */
export function nearest(buttons, to) {
  /** @type {HTMLElement | null} */
  let best = null;
  let least = Infinity;
  for (const button of buttons) {
    const { x, y } = centreOf(button);
    const far = Math.hypot(x - to.x, y - to.y);
    if (far < least) [best, least] = [button, far];
  }
  return best;
}
