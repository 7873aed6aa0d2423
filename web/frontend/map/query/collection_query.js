// The query parameters of each collection for a state of the screen: map, table, counts and links use the same.

import { treeFilter } from "../filters/code_tree.js";
import { YEARS_OF, yearOf } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {{name: string, title: string, fields: Record<string, string>, broader?: Record<string, string>}} Filter a filter and
 *   the field of each collection that it filters; a collection without one has no matching record. For a tree of codes the
 *   broader code of each
 */

/** Kinds with a date of discovery. */
const DISCOVERED = new Set(["deposits", "discoveries"]);
/** Kinds with estimates. */
const ESTIMATED = new Set(["deposits", "discoveries"]);
/** Values that are parameters of the same name, each with the kinds that have them. @type {Record<string, Set<string>>} */
const LIMITED = {
  ...Object.fromEntries(["capacity_tpa_min", "capacity_tpa_max"].map((name) => [name, new Set(["projects"])])),
  last_known: new Set(["deposits", "projects"]),
  has_figure: new Set(["deposits", "discoveries", "projects"]),
  facility: new Set(["projects"]),
  organisation: new Set(["discoveries", "projects"]),
  developed: new Set(["deposits"]),
  located: new Set(["deposits", "discoveries", "projects"]),
};
/** Limits of the figures that records are shown with: the value, the condition and the field. @type {[string, string, string][]} */
const SHOWN = ["ore_t", "contained_t", "grade_pct"].flatMap((name) => [
  [`${name}_min`, ">=", `figure_${name}`],
  [`${name}_max`, "<=", `figure_${name}`],
]);
const AMOUNT = /^\d+(\.\d+)?(e\+?\d+)?$/i;
const YEAR = /^(\d{4})?\.\.(\d{4})?$/;
/** Filters with a query parameter of the same name; the others use the name of the field. */
const OWN_NAMES = new Set(["commodity", "source", "flag", "stage", "status"]);

/**
 * Return the query parameters of a collection for a state, or null if none of its records can match.
 * @param {State} state
 * @param {string} kind
 * @param {Filter[]} filters
 * @param {string | null} [box] the map's view, west,south,east,north
 * @returns {URLSearchParams | null}
 */
export function collectionQuery(state, kind, filters, box = null) {
  const query = new URLSearchParams();
  /** @type {string[]} */
  const conditions = [];
  for (const { name, fields, broader } of filters) {
    const chosen = state.choices[name];
    if (!chosen?.length) continue;
    if (!fields[kind]) return null;
    const { codes, conditions: more } = broader ? treeFilter(fields[kind], chosen, broader) : { codes: chosen, conditions: [] };
    conditions.push(...more);
    query.set(OWN_NAMES.has(name) ? name : fields[kind], codes.join(","));
  }
  const { values } = state;
  if (values.commodity_role === "main" && state.choices.commodity) query.set("commodity_role", "main");
  if (values.near && values.radius_km) {
    query.set("near", values.near);
    query.set("radius_km", values.radius_km);
  }
  if (values.within) query.set("within", values.within);
  if (values.certainty && (values.within || values.near)) query.set("certainty", values.certainty);
  for (const [name, having] of Object.entries(LIMITED)) {
    if (!values[name]) continue;
    if (!having.has(kind)) return null;
    query.set(name, values[name]);
  }
  for (const [name, sign, field] of SHOWN) {
    if (!AMOUNT.test(values[name] ?? "")) continue;
    if (!ESTIMATED.has(kind)) return null;
    conditions.push(`${field} ${sign} ${values[name]}`);
  }
  if (/^([12]\d{3}|unknown)$/.test(values.year ?? "")) {
    if (!YEARS_OF[yearOf(values)].includes(kind)) return null;
    query.set("year", values.year);
    query.set("year_of", yearOf(values));
  }
  if (values.organisation && values.subsidiaries !== "no") query.set("include_subsidiaries", "true");
  if (values.discovered) {
    if (!DISCOVERED.has(kind)) return null;
    const [, from, to] = YEAR.exec(values.discovered) ?? [];
    if (kind === "discoveries") {
      if (from || to) query.set("datetime", `${from ?? ".."}/${to ?? ".."}`);
    } else {
      if (from) conditions.push(`discovery_year >= ${from}`);
      if (to) conditions.push(`discovery_year <= ${to}`);
    }
  }
  if (/^\d+$/.test(values.accuracy ?? "")) conditions.push(`position_accuracy_m <= ${values.accuracy}`);
  if (conditions.length) query.set("filter", conditions.join(" AND "));
  if (values.inview && box) query.set("bbox", box);
  return query;
}

/**
 * Return the kinds that the state queries.
 * @param {State} state
 * @param {string[]} all
 */
export function kindsOf(state, all) {
  return state.kinds.length ? all.filter((kind) => state.kinds.includes(kind)) : all;
}

/**
 * @param {string} path
 * @param {URLSearchParams} query
 * @param {Record<string, string>} [more]
 */
export function address(path, query, more = {}) {
  const all = new URLSearchParams(query);
  for (const [name, value] of Object.entries(more)) all.set(name, value);
  const text = all.toString().replace(/%2C/g, ",");
  return text ? `${path}?${text}` : path;
}

/**
 * Return the facets of all kinds as one: the values of each filter with their labels, most frequent first.
 * @param {Record<string, any>} facets the facets of each kind
 * @param {Filter[]} filters
 * @param {string[]} kinds
 * @param {"en" | "zh"} lang
 * @returns {Record<string, {value: string, label: string, count: number}[]>}
 */
export function mergeFacets(facets, filters, kinds, lang) {
  /** @type {Record<string, {value: string, label: string, count: number}[]>} */
  const made = {};
  for (const { name, fields } of filters) {
    /** @type {Map<string, {value: string, label: string, count: number}>} */
    const values = new Map();
    for (const kind of kinds) {
      const facet = facets[kind]?.facets.find((one) => one.field === fields[kind]);
      for (const { value, label_en, label_zh, count } of facet?.values ?? []) {
        if (value === null) continue;
        const label = (lang === "zh" ? label_zh : label_en) ?? value;
        const known = values.get(value);
        if (known) known.count += count;
        else values.set(value, { value, label, count });
      }
    }
    made[name] = [...values.values()].sort((a, b) => b.count - a.count || a.label.localeCompare(b.label, lang));
  }
  return made;
}
