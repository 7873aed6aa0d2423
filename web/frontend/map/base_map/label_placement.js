// Where there is room for a name among what stands on the map already.

/** @typedef {[number, number, number, number]} Box left, top, right, bottom */

/** Whether two boxes meet. @param {Box} a @param {Box} b */
export function meet(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/**
 * Where a name is written: the first of its places at which nothing else stands, or none.
 * @param {Box[]} places
 * @param {Box[]} taken
 * @returns {Box | undefined}
 */
export function free(places, taken) {
  return places.find((box) => !taken.some((other) => meet(box, other)));
}
