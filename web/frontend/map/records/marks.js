// Marks for the points and counts of the tiles at a zoom: no two hide one another, and all
// of them together represent every record.

/**
 * @typedef {object} Item an item of a tile: a record, or the count of a cell
 * @property {number} x in pixels of the world at the zoom
 * @property {number} y
 * @property {number} n
 * @property {Record<string, number>} mix records by commodity group
 * @property {any} [record] of a point
 *
 * @typedef {object} Mark
 * @property {string} key
 * @property {number} x
 * @property {number} y
 * @property {number} n
 * @property {Record<string, number>} mix
 * @property {any[]} records those that are known one by one
 * @property {boolean} cells whether it has counts in addition to them
 * @property {[number, number, number, number]} box
 */

/**
 * Return the marks of items, at least about `apart` pixels from one another. The grid is fixed under a pan, so marks are too.
 * @param {Iterable<Item>} items
 * @param {number} apart
 * @returns {Mark[]}
 */
export function marks(items, apart) {
  /** @type {Map<string, Mark>} */
  const bins = new Map();
  for (const item of items) {
    const key = `${Math.floor(item.x / apart)}/${Math.floor(item.y / apart)}`;
    const bin = bins.get(key);
    const made = single(key, item);
    bins.set(key, bin ? joined(bin, made) : made);
  }
  const order = [...bins.values()].sort((a, b) => b.n - a.n || (a.key < b.key ? -1 : 1));
  for (const mark of order) {
    // a mark that was merged into a larger one is gone
    if (bins.get(mark.key) === undefined) continue;
    let grown = /** @type {Mark} */ (bins.get(mark.key));
    for (const key of around(mark.key)) {
      const near = bins.get(key);
      if (!near || near.n > grown.n || Math.hypot(near.x - grown.x, near.y - grown.y) >= apart * 0.9) continue;
      bins.delete(key);
      grown = joined(grown, near);
    }
    bins.set(mark.key, grown);
  }
  return [...bins.values()];
}

/**
 * @param {string} key
 * @param {Item} item
 * @returns {Mark}
 */
function single(key, item) {
  const { x, y, n, mix, record } = item;
  return { key, x, y, n, mix: { ...mix }, records: record ? [record] : [], cells: !record, box: [x, y, x, y] };
}

/**
 * @param {Mark} a
 * @param {Mark} b
 * @returns {Mark}
 */
function joined(a, b) {
  const n = a.n + b.n;
  const mix = { ...a.mix };
  for (const group of Object.keys(b.mix)) mix[group] = (mix[group] ?? 0) + b.mix[group];
  return {
    key: a.key,
    x: (a.x * a.n + b.x * b.n) / n,
    y: (a.y * a.n + b.y * b.n) / n,
    n,
    mix,
    records: a.records.concat(b.records),
    cells: a.cells || b.cells,
    box: [Math.min(a.box[0], b.box[0]), Math.min(a.box[1], b.box[1]), Math.max(a.box[2], b.box[2]), Math.max(a.box[3], b.box[3])],
  };
}

/** @param {string} key */
function around(key) {
  const [column, row] = key.split("/").map(Number);
  const keys = [];
  for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) if (dx || dy) keys.push(`${column + dx}/${row + dy}`);
  return keys;
}

/**
 * Return the ends of the legs of a fanned-out mark: on a circle, or on a spiral for many.
 * @param {number} count
 * @returns {[number, number][]}
 */
export function fan(count) {
  if (count <= 10) {
    const radius = Math.max(44, (count * 30) / (2 * Math.PI));
    return Array.from({ length: count }, (_, i) => {
      const turn = (i / count) * 2 * Math.PI - Math.PI / 2;
      return [radius * Math.cos(turn), radius * Math.sin(turn)];
    });
  }
  /** @type {[number, number][]} */
  const made = [];
  let turn = 0;
  for (let i = 0; i < count; i++) {
    const radius = 44 + 4.6 * turn;
    made.push([radius * Math.cos(turn), radius * Math.sin(turn)]);
    turn += 30 / radius;
  }
  return made;
}

/**
 * Return a count that fits a ring: complete up to 9,999, else in compact notation of the language.
 * @param {number} n
 * @param {string} lang
 */
export function short(n, lang) {
  if (n < 10_000) return n.toLocaleString(lang === "zh" ? "zh-CN" : "en");
  return new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en", { notation: "compact", maximumSignificantDigits: 3 }).format(n);
}
