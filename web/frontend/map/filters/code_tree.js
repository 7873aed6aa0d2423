// Codes in a tree: selecting one selects all narrower codes.

/** @typedef {Record<string, string>} Broader the broader code of each code that has one */
/** @typedef {{value: string, label: string, count: number}} Counted */
/** @typedef {Counted & {children: Node[]}} Node */

/**
 * Return a code and all broader codes, the nearest first.
 * @param {string} code
 * @param {Broader} broader
 */
function upwards(code, broader) {
  const found = [code];
  while (broader[found[found.length - 1]]) found.push(broader[found[found.length - 1]]);
  return found;
}

/**
 * Return whether a code is selected: the nearest mark among it and its broader codes decides.
 * @param {string} code
 * @param {string[]} marks selected codes, which include narrower ones; a leading - excludes a code
 * @param {Broader} broader
 */
export function within(code, marks, broader) {
  const near = upwards(code, broader).find((one) => marks.includes(one) || marks.includes(`-${one}`));
  return near !== undefined && marks.includes(near);
}

/**
 * Return the codes and CQL2 conditions that select what the marks do: a code of the API includes narrower ones, and conditions exclude.
 * @param {string} field
 * @param {string[]} marks
 * @param {Broader} broader
 * @returns {{codes: string[], conditions: string[]}}
 */
export function treeFilter(field, marks, broader) {
  const codes = marks.filter((mark) => !mark.startsWith("-"));
  const beneath = (code) => `BENEATH(${field},'${code.replaceAll("'", "''")}')`;
  const conditions = marks.filter((mark) => mark.startsWith("-")).map((mark) => {
    const out = mark.slice(1);
    const back = codes.filter((code) => code !== out && upwards(code, broader).includes(out));
    const parts = [`NOT ${beneath(out)}`, ...back.map(beneath)];
    return parts.length > 1 ? `(${parts.join(" OR ")})` : parts[0];
  });
  return { codes, conditions };
}

/**
 * Return the marks after a code was checked or unchecked with all narrower codes.
 * @param {string[]} marks
 * @param {string} code
 * @param {boolean} on
 * @param {Broader} broader
 * @returns {string[]}
 */
export function toggleCode(marks, code, on, broader) {
  const others = marks.filter((mark) => !upwards(mark.replace(/^-/, ""), broader).includes(code));
  if (within(code, others, broader) !== on) others.push(on ? code : `-${code}`);
  // an exclusion from nothing has no effect
  return others.filter((mark) => !mark.startsWith("-") || within(mark.slice(1), others.filter((one) => one !== mark), broader));
}

/**
 * Return the tree of counted codes; the count of a code includes narrower ones. A record has at most one code.
 * @param {Counted[]} counted
 * @param {Broader} broader
 * @param {(code: string) => string} word
 * @returns {Node[]}
 */
export function buildTree(counted, broader, word) {
  /** @type {Map<string, Node>} */
  const nodes = new Map();
  /** @type {Node[]} */
  const roots = [];
  const node = (code) => {
    const known = nodes.get(code);
    if (known) return known;
    const made = { value: code, label: word(code), count: 0, children: [] };
    nodes.set(code, made);
    (broader[code] ? node(broader[code]).children : roots).push(made);
    return made;
  };
  for (const { value, label, count } of counted) {
    node(value).label = label;
    for (const code of upwards(value, broader)) node(code).count += count;
  }
  const sort = (list) => {
    list.sort((a, b) => b.count - a.count || a.label.localeCompare(b.label));
    for (const { children } of list) sort(children);
  };
  sort(roots);
  return roots;
}

/**
 * Return the part of a tree with the nodes that match.
 * @param {Node[]} nodes
 * @param {(node: Node) => boolean} fits
 * @returns {Node[]}
 */
export function filterTree(nodes, fits) {
  return nodes.flatMap((node) => {
    const children = filterTree(node.children, fits);
    return fits(node) ? [node] : children.length ? [{ ...node, children }] : [];
  });
}
