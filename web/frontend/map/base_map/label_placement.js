// Placement of labels without collisions.

/** @typedef {[number, number, number, number]} Box left, top, right, bottom */

/** Return whether two boxes intersect. @param {Box} a @param {Box} b */
export function intersects(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/**
 * Return the first of the candidate boxes that intersects none of the occupied ones.
 * @param {Box[]} candidates
 * @param {Box[]} occupied
 * @returns {Box | undefined}
 */
export function firstFree(candidates, occupied) {
  return candidates.find((box) => !occupied.some((other) => intersects(box, other)));
}
