// A record's popup on the map.

import { element } from "../page/element.js";
import { namedElement } from "../page/named_element.js";
import { contradiction, grade, mass, oneOfSeveral } from "../page/format.js";
import { OVERLAYS, overlayFacts } from "./overlays.js";
import { COMMA, formatMessage, label, lang, messages, nameOf, settings, statusOf } from "../page/settings.js";

const COLON = lang === "zh" ? "：" : ": ";

/**
 * Return a record's popup: two lines, one figure and one source, with a link to all else; a contradicting figure has a line.
 * @param {any} feature
 * @param {string} kind
 */
export function popup(feature, kind) {
  const p = feature.properties;
  if (kind in OVERLAYS) {
    const facts = overlayFacts(kind, p).map(([title, text]) => `${title}${COLON}${text}`);
    return article(feature, [joined([OVERLAYS[kind].title, facts[0]]), joined([facts[1], placed(p)])], "");
  }
  const types = all("facility-type", p.facility_types);
  const what = joined([types || settings.kinds[kind], all("commodity", p.commodities), p.country && label("country", p.country)]);
  const state = joined([statusText(p, kind), p.exploration_stage && label("exploration-stage", p.exploration_stage), sizeText(p, kind), foundText(p), placed(p)]);
  const capacity = capacityOf(p, p.figure_capacity_tpa) || comingOf(p);
  return article(feature, [what, state], figureOf(p) || capacity, figuresOf(p) || capacity, contradiction(p));
}

/** @param {string} vocabulary @param {string[] | null} [codes] */
function all(vocabulary, codes) {
  return (codes ?? []).map((code) => label(vocabulary, code)).join(COMMA);
}

/** @param {any[]} parts */
function joined(parts) {
  return parts.filter(Boolean).join(" · ");
}

/** The status with its year, or that it is not stated. @param {any} p @param {string} kind */
function statusText(p, kind) {
  const status = p.status ?? p.mine_status;
  if (kind === "discoveries" && !status) return "";
  return status ? statusOf(status, p.status_date ?? p.mine_status_date) : `${messages.status}${COLON}${messages.unknown}`;
}

/** @param {any} p @param {string} kind */
function sizeText(p, kind) {
  return kind === "deposits" && p.size_class ? label("size-class", p.size_class) : "";
}

/** @param {any} p */
function foundText(p) {
  const found = p.discovery_date ?? p.discovery_year;
  return found ? `${messages.discovered} ${found}` : "";
}

/** That the position is doubtful, as then the mark may be elsewhere. @param {any} p */
function placed(p) {
  return p.position_doubtful ? messages.positionDoubtful : "";
}

/** The leading figure: the metal, else the ore with its grade. @param {any} p */
function figureOf(p) {
  const { ore, grade: graded, metal } = amountsOf(p);
  return withClass(p, metal || [ore, graded].filter(Boolean).join(COMMA));
}

/** All figures of the leading estimate. @param {any} p */
function figuresOf(p) {
  const { ore, grade: graded, metal } = amountsOf(p);
  return withClass(p, [ore, graded, metal].filter(Boolean).join(COMMA));
}

/** @param {any} p */
function amountsOf(p) {
  const metal = label("commodity", p.figure_commodity ?? "");
  const derived = p.figure_contained_derived ? `${COMMA}${messages.derived}` : "";
  return {
    ore: p.figure_ore_t ? mass(p.figure_ore_t) : "",
    grade: p.figure_grade_pct ? `${grade(p.figure_grade_pct)} ${graded(p, metal)}` : "",
    metal: p.figure_contained_t ? `${mass(p.figure_contained_t)} ${metal}${derived}` : "",
  };
}

/** A figure with the class and year of its estimate. @param {any} p @param {string} amounts */
function withClass(p, amounts) {
  if (!p.figure_class) return "";
  const about = [label("figure-class", p.figure_class), p.figure_date?.slice(0, 4) ?? messages.undated, oneOfSeveral(p)];
  return `${amounts} (${about.filter(Boolean).join(COMMA)})`;
}

/** What the leading grade is of: the metal, or the oxide that its source reports. @param {any} p @param {string} metal */
function graded(p, metal) {
  if (p.figure_grade_basis === "not-stated") return `${metal}${COMMA}${messages.basisNotStated}`;
  return !p.figure_grade_basis || p.figure_grade_basis === "metal" ? metal : p.figure_grade_basis;
}

/** The capacity that is not built yet. @param {any} p */
function comingOf(p) {
  const text = capacityOf(p, p.figure_coming_tpa);
  return text && `${messages.notBuiltYet}${COLON}${text}`;
}

/** A capacity for the leading product, with what it counts. @param {any} p @param {number | null} [tpa] */
function capacityOf(p, tpa) {
  if (!tpa) return "";
  const basis = p.figure_capacity_basis ? label("capacity-basis", p.figure_capacity_basis) : messages.basisNotStated;
  return `${formatMessage(messages.perYear, { amount: mass(tpa) })} (${[label("product", p.figure_product), basis].join(COMMA)})`;
}

/**
 * Each line is one row; what does not fit is in its title.
 * @param {any} feature @param {string[]} lines @param {string} figure @param {string} [figures] all figures, for the title
 * @param {string} [other] the figure of another source that contradicts
 */
function article(feature, lines, figure, figures = figure, other = "") {
  const p = feature.properties;
  const [source, ...others] = p.sources ?? [];
  const named = source && label("source", source);
  const from = others.length ? formatMessage(messages.sourceAndMore, { source: named, n: others.length }) : named;
  return element(
    "article",
    { class: "popup", tabIndex: -1, "aria-label": nameOf(p) },
    element("h2", {}, namedElement(p)),
    ...lines.filter(Boolean).map((line) => element("p", { class: "line", title: line }, line)),
    figure ? element("p", { class: "figure", title: figures }, figure) : "",
    other ? element("p", { class: "line", title: other }, other) : "",
    source ? element("p", { class: "source", title: p.sources.map((one) => label("source", one)).join(COMMA) }, `${messages.source}${COLON}${from}`) : "",
    element("a", { href: `/records/${encodeURIComponent(feature.id)}` }, messages.record),
  );
}
