// The popup of mining rights at a place: number, holder, kind, minerals, term.

import { element } from "../map/page/element.js";
import { lang, settings } from "../map/page/settings.js";

const COMMA = lang === "zh" ? "、" : ", ";
const { labels, messages } = settings.rights ?? { labels: {}, messages: {} };

/** @param {string} vocabulary @param {string | null} [code] */
const label = (vocabulary, code) => (code ? (labels[vocabulary]?.[code] ?? code) : "");

/** The names of bodies, and that there are natural persons, whose names are not public. @param {any} p */
function holderOf(p) {
  const person = p.holder_kind === "natural-person" || p.holder_kind === "mixed";
  return [p.holder, person && label("holder-kind", "natural-person")].filter(Boolean).join(COMMA);
}

/**
 * Return the content of a popup.
 * @param {any[]} features rights as GeoJSON
 * @param {boolean} more whether there are others at the place
 */
export function rightPopup(features, more) {
  const parts = features.map(({ id, properties: p }) => {
    const name = (lang === "zh" ? p.name_zh || p.name_en : p.name_en || p.name_zh) || p.right_no || id;
    const list = element("dl");
    const row = (/** @type {string} */ title, /** @type {string} */ value) => list.append(element("dt", {}, title), element("dd", {}, value || messages.unknown));
    row(messages.number, p.right_no);
    row(messages.holder, holderOf(p));
    row(messages.kind, label("right-kind", p.right_kind));
    row(messages.minerals, (p.commodities ?? []).map((/** @type {string} */ code) => label("commodity", code)).join(COMMA));
    row(messages.term, `${p.valid_from ?? ""} – ${p.valid_to ?? messages.noEnd}`);
    row(messages.status, label("right-status", p.status));
    const page = `/records/${encodeURIComponent(id)}`;
    return element("section", {}, element("h2", {}, name), list, element("a", { href: page }, messages.record));
  });
  return element("article", { class: "popup rights", tabIndex: -1, "aria-label": messages.title }, ...parts, more && element("p", {}, messages.more));
}
