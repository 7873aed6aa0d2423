// A record's popup on the map.

import { element } from "../page/element.js";
import { distance, grade, mass } from "../page/format.js";
import { OVERLAYS, overlayFacts } from "./overlays.js";
import { COMMA, formatMessage, label, lang, messages, nameOf, settings, statusOf } from "../page/settings.js";

/**
 * @param {any} feature
 * @param {string} kind
 */
export function popup(feature, kind) {
  const p = feature.properties;
  const [first, second] = (lang === "zh" ? [p.name_zh, p.name_en] : [p.name_en, p.name_zh]).filter(Boolean);
  const list = element("dl");
  const row = (title, value) => {
    if (value) list.append(element("dt", {}, title), element("dd", {}, value));
  };
  if (kind in OVERLAYS) {
    row(messages.type, OVERLAYS[kind].title);
    for (const [title, text] of overlayFacts(kind, p)) row(title, text);
    row(messages.accuracy, p.position_accuracy_m && `± ${distance(p.position_accuracy_m)}`);
    return article(feature, [first, second], list);
  }
  const all = (vocabulary, codes) => (codes ?? []).map((code) => label(vocabulary, code)).join(COMMA);
  row(messages.type, [settings.kinds[kind], all("facility-type", p.facility_types)].filter(Boolean).join(COMMA));
  row(messages.commodities, all("commodity", p.commodities));
  const status = p.status ?? p.mine_status;
  const when = p.status_date ?? p.mine_status_date;
  if (kind !== "discoveries" || status) row(messages.status, status ? statusOf(status, when) : messages.unknown);
  row(messages.stage, p.exploration_stage && label("exploration-stage", p.exploration_stage));
  row(messages.discovered, p.discovery_date ?? p.discovery_year?.toString());
  if (kind === "deposits") row(messages.size, p.size_class ? label("size-class", p.size_class) : messages.unknown);
  row(messages.figures, figuresOf(p));
  row(messages.capacity, capacityOf(p, p.figure_capacity_tpa));
  row(messages.notBuiltYet, capacityOf(p, p.figure_coming_tpa));
  row(messages.owners, p.owner_names?.join(COMMA));
  row(messages.model, p.deposit_model && label("deposit-model", p.deposit_model));
  row(messages.country, p.country && label("country", p.country));
  row(messages.accuracy, accuracyOf(p));
  row(messages.source, all("source", p.sources));
  row(messages.flags, all("flag", p.flags));
  return article(feature, [first, second], list);
}

/** The accuracy of the position, or that it is doubtful. @param {any} p */
function accuracyOf(p) {
  if (p.position_doubtful) return messages.positionDoubtful;
  return p.position_accuracy_m && `± ${distance(p.position_accuracy_m)}`;
}

/** The figures of the leading estimate with its class and year. @param {any} p */
function figuresOf(p) {
  if (!p.figure_class) return "";
  const metal = label("commodity", p.figure_commodity ?? "");
  const amounts = [
    p.figure_ore_t && mass(p.figure_ore_t),
    p.figure_grade_pct && `${grade(p.figure_grade_pct)} ${graded(p, metal)}`,
    p.figure_contained_t && `${mass(p.figure_contained_t)} ${metal}`,
    p.figure_contained_derived && messages.derived,
  ];
  const about = [label("figure-class", p.figure_class), p.figure_date?.slice(0, 4) ?? messages.undated];
  return `${amounts.filter(Boolean).join(COMMA)} (${about.filter(Boolean).join(COMMA)})`;
}

/** What the leading grade is of: the metal, or the oxide that its source reports. @param {any} p @param {string} metal */
function graded(p, metal) {
  if (p.figure_grade_basis === "not-stated") return `${metal}${COMMA}${messages.basisNotStated}`;
  return !p.figure_grade_basis || p.figure_grade_basis === "metal" ? metal : p.figure_grade_basis;
}

/** A capacity for the leading product, with what it counts. @param {any} p @param {number | null} [tpa] */
function capacityOf(p, tpa) {
  if (!tpa) return "";
  const basis = p.figure_capacity_basis ? label("capacity-basis", p.figure_capacity_basis) : messages.basisNotStated;
  return `${formatMessage(messages.perYear, { amount: mass(tpa) })} (${[label("product", p.figure_product), basis].join(COMMA)})`;
}

/** @param {any} feature @param {string[]} names @param {HTMLElement} list */
function article(feature, [first, second], list) {
  return element(
    "article",
    { class: "popup", tabIndex: -1, "aria-label": nameOf(feature.properties) },
    element("h2", {}, first ?? messages.unnamed),
    second && second !== first && element("p", { class: "second-name" }, second),
    list,
    element("a", { href: `/records/${encodeURIComponent(feature.id)}` }, messages.record),
  );
}
