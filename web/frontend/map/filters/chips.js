// The active filters, each with a button that removes it.

import { button, byId, element } from "../page/element.js";
import { distance, mass, number } from "../page/format.js";
import { yearOf } from "../query/state.js";
import { COMMA, formatMessage, label, messages, settings } from "../page/settings.js";

const NOWHERE = { near: "", radius_km: "", within: "", certainty: "" };
const AMOUNTS = ["ore_t", "contained_t", "grade_pct", "capacity_tpa"];
const BOUNDS = AMOUNTS.flatMap((name) => [[`${name}_min`, "≥"], [`${name}_max`, "≤"]]);

/** Return the year of the slider of time as text. @param {Record<string, string>} values */
function yearText(values) {
  const of = messages[`year_of_${yearOf(values)}`];
  return formatMessage(values.year === "unknown" ? messages.yearUnknown : messages.yearUntil, { of, year: values.year });
}

/**
 * @param {import("../query/state.js").Screen} screen
 * @param {(filter: string, code: string) => string} word
 */
export function chips(screen, word) {
  const { state } = screen;
  const made = [];
  const chip = (text, drop) => {
    const label = formatMessage(messages.drop, { name: text });
    made.push(element("li", {}, element("span", {}, text), button("×", drop, { "aria-label": label, title: label })));
  };
  if (state.kinds.length) chip(state.kinds.map((kind) => settings.kinds[kind]).join(COMMA), () => screen.change({ kinds: [] }));
  for (const [name, codes] of Object.entries(state.choices)) {
    for (const code of codes) chip(word(name, code), () => screen.choose(name, code, false));
  }
  const { values } = state;
  if (values.commodity_role) chip(messages.mainOnly, () => screen.set({ commodity_role: "" }));
  if (values.organisation) chip(`${messages.company}: ${values.company ?? values.organisation}`, () => screen.set({ organisation: "", company: "", subsidiaries: "" }));
  if (values.last_known) chip(messages[`age_${values.last_known}`], () => screen.set({ last_known: "" }));
  for (const code of (values.facility ?? "").split(",").filter(Boolean)) {
    const others = values.facility.split(",").filter((one) => one !== code);
    chip(label("facility-type", code), () => screen.set({ facility: others.join(",") }));
  }
  if (values.has_figure) chip(messages[`figure_${values.has_figure}`], () => screen.set({ has_figure: "" }));
  if (values.developed) chip(messages[`developed_${values.developed}`], () => screen.set({ developed: "" }));
  if (values.located) chip(messages[`located_${values.located}`], () => screen.set({ located: "" }));
  if (values.year) chip(yearText(values), () => screen.set({ year: "", year_of: "" }));
  if (values.discovered) chip(`${messages.discovered} ${values.discovered.replace("..", "–")}`, () => screen.set({ discovered: "" }));
  for (const [name, sign] of BOUNDS) {
    const title = name.startsWith("capacity") ? messages.capacityTpa : name.startsWith("ore") ? messages.ore : messages.contained;
    const what = name.startsWith("grade") ? `${messages.gradePct} ${sign} ${values[name]}` : `${title} ${sign} ${mass(Number(values[name]))}`;
    if (values[name]) chip(what, () => screen.set({ [name]: "" }));
  }
  if (values.accuracy) chip(`${messages.accuracy} ≤ ${distance(Number(values.accuracy))}`, () => screen.set({ accuracy: "" }));
  if (values.inview) chip(messages.inView, () => screen.set({ inview: "" }));
  if (values.near) chip(formatMessage(messages.nearChip, { km: number(Number(values.radius_km)) }), () => screen.set(NOWHERE));
  if (values.within) chip(messages.withinChip, () => screen.set(NOWHERE));
  byId("chips").replaceChildren(...made);
  byId("clear").hidden = !made.length;
  for (const badge of document.querySelectorAll(".filter-count")) badge.textContent = made.length ? String(made.length) : "";
}
