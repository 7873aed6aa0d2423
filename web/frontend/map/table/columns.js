// The columns of the table: available and visible ones, and the text of a cell.

import { guarded } from "../../formula.js";
import { contradiction, distance, grade, mass, oneOfSeveral } from "../page/format.js";
import { COMMA, formatMessage, label, messages, nameOf, settings, statusOf } from "../page/settings.js";

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} title
 * @property {string} [vocabulary]
 * @property {string} [unit]
 * @property {boolean} sortable
 */

const FIGURES = ["figure_ore_t", "figure_grade_pct", "figure_grade_basis", "figure_contained_t", "figure_class", "figure_date"];
/** The columns that a table has unless others are chosen. @type {Record<string, string[]>} */
const USUAL = {
  deposits: ["name", "main_commodity", "country", ...FIGURES, "deposit_model", "mine_status"],
  discoveries: ["name", "main_commodity", "country", "exploration_stage", ...FIGURES, "discovery_date"],
  projects: ["name", "facility_types", "country", "figure_product", "figure_capacity_tpa", "figure_capacity_basis", "owner_names", "status"],
};

/**
 * Return the columns of a kind.
 * @param {string} kind
 * @param {boolean} distances whether rows have a distance
 * @returns {Column[]}
 */
export function known(kind, distances) {
  const own = settings.columns[kind];
  const name = { name: "name", title: messages.name, sortable: true };
  const far = { name: "distance_km", title: messages.distance, sortable: false };
  return [name, ...(distances ? [far] : []), ...own.filter(({ name: one }) => !["name_en", "name_zh"].includes(one))];
}

/**
 * Return the visible columns, the name first.
 * @param {string} kind
 * @param {string[]} columns selected columns, none for the default
 * @param {boolean} distances
 * @returns {Column[]}
 */
export function shown(kind, columns, distances) {
  const chosen = columns.length ? columns : USUAL[kind];
  const all = known(kind, distances);
  const names = chosen.includes("name") ? chosen : ["name", ...chosen];
  const found = names.flatMap((name) => all.find((column) => column.name === name) ?? []);
  const far = all.find((column) => column.name === "distance_km");
  return far && !names.includes("distance_km") ? [found[0], far, ...found.slice(1)] : found;
}

/**
 * Return the text of a cell.
 * @param {any} feature
 * @param {Column} column
 * @returns {string}
 */
export function text(feature, column) {
  const p = feature.properties;
  if (column.name === "name") return nameOf(p);
  if (column.name === "distance_km") return p.distance_km == null ? "" : distance(p.distance_km * 1000);
  const value = p[column.name];
  if (column.name === "figure_capacity_basis" && !value && p.figure_capacity_tpa) return messages.basisNotStated;
  if (value === null || value === undefined) return "";
  if (column.name === "status" || column.name === "mine_status") return statusOf(value, p[`${column.name}_date`]);
  const vocabulary = { sources: "source", flags: "flag", figure_class: "figure-class" }[column.name] ?? column.vocabulary;
  if (Array.isArray(value)) return value.map((one) => label(vocabulary, one)).join(COMMA);
  if (column.name === "figure_grade_basis") return { metal: messages.basisMetal, "not-stated": messages.basisNotStated }[String(value)] ?? String(value);
  if (column.name === "figure_contained_t") return [mass(value), oneOfSeveral(p), contradiction(p)].filter(Boolean).join(COMMA);
  if (column.unit === "t") return mass(value);
  if (column.unit === "t/a") return formatMessage(messages.perYear, { amount: mass(value) });
  if (column.name === "figure_grade_pct") return grade(value);
  if (column.unit === "m") return distance(value);
  return label(vocabulary, String(value));
}

/**
 * Return rows as tab-separated text with a header.
 * @param {any[]} rows
 * @param {Column[]} columns
 */
export function tsv(rows, columns) {
  const clean = (cell) => cell.replace(/[\t\r\n]+/g, " ");
  const head = ["id", messages.longitude, messages.latitude, ...columns.map(({ title }) => title)];
  const lines = rows.map((feature) => {
    const [lon, lat] = feature.geometry?.coordinates ?? ["", ""];
    return [guarded(clean(feature.id)), lon, lat, ...columns.map((column) => guarded(clean(text(feature, column))))].join("\t");
  });
  return [head.join("\t"), ...lines].join("\n");
}
