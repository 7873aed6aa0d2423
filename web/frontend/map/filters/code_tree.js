// Codes in a tree: choosing one chooses everything beneath it.

/** @typedef {Record<string, string>} Broader the code above each one that has one */
/** @typedef {{value: string, label: string, count: number}} Counted */
/** @typedef {Counted & {children: Node[]}} Node */

/**
 * A code and all that stand above it, the nearest first.
 * @param {string} code
 * @param {Broader} broader
 */
function upwards(code, broader) {
  const found = [code];
  while (broader[found[found.length - 1]]) found.push(broader[found[found.length - 1]]);
  return found;
}

/**
 * Whether a code is chosen: the nearest mark on the way up decides.
 * @param {string} code
 * @param {string[]} marks codes that are chosen with all beneath them, and with - before it what is taken out again
 * @param {Broader} broader
 */
export function within(code, marks, broader) {
  const near = upwards(code, broader).find((one) => marks.includes(one) || marks.includes(`-${one}`));
  return near !== undefined && marks.includes(near);
}

/**
 * How the API is asked for what marks choose: it takes a code for all beneath it, and conditions in CQL2 take out again.
 * @param {string} field
 * @param {string[]} marks
 * @param {Broader} broader
 * @returns {{codes: string[], conditions: string[]}}
 */
export function asked(field, marks, broader) {
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
 * The marks after a code was ticked or unticked with all beneath it.
 * @param {string[]} marks
 * @param {string} code
 * @param {boolean} on
 * @param {Broader} broader
 * @returns {string[]}
 */
export function chosenAfter(marks, code, on, broader) {
  const others = marks.filter((mark) => !upwards(mark.replace(/^-/, ""), broader).includes(code));
  if (within(code, others, broader) !== on) others.push(on ? code : `-${code}`);
  // what is taken out of nothing says nothing
  return others.filter((mark) => !mark.startsWith("-") || within(mark.slice(1), others.filter((one) => one !== mark), broader));
}

/**
 * The tree of what was counted; each one's count holds those beneath it. A record has one code at most.
 * @param {Counted[]} counted
 * @param {Broader} broader
 * @param {(code: string) => string} word
 * @returns {Node[]}
 */
export function grown(counted, broader, word) {
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
 * The part of a tree that holds what somebody looks for.
 * @param {Node[]} nodes
 * @param {(node: Node) => boolean} fits
 * @returns {Node[]}
 */
export function pruned(nodes, fits) {
  return nodes.flatMap((node) => {
    const children = pruned(node.children, fits);
    return fits(node) ? [node] : children.length ? [{ ...node, children }] : [];
  });
}
