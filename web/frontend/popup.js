// A record's popup. All text goes in as text, so nothing in the data is ever markup.

/**
 * @param {string} name
 * @param {string | Node} [content]
 * @param {string} [className]
 */
export function element(name, content, className) {
  const made = document.createElement(name);
  if (content !== undefined) made.append(content);
  if (className) made.className = className;
  return made;
}

/**
 * @param {any} feature
 * @param {string} collection
 * @param {any} settings
 */
export function popup(feature, collection, settings) {
  const { words, labels, lang } = settings;
  const p = feature.properties;
  const label = (vocabulary, code) => labels[vocabulary]?.[code] ?? code;
  const names = lang === "zh" ? [p.name_zh, p.name_en] : [p.name_en, p.name_zh];
  const [first, second] = names.filter(Boolean);
  const box = element("article", undefined, "popup");
  box.tabIndex = -1;
  box.append(element("h3", first ?? words.unnamed));
  if (second) box.append(element("p", second, "second-name"));
  const list = element("dl");
  const row = (title, value) => {
    if (value) list.append(element("dt", title), element("dd", value));
  };
  const comma = lang === "zh" ? "、" : ", ";
  row(words.type, [settings.collections[collection], ...(p.facility_types ?? []).map((c) => label("facility-type", c))].join(comma));
  row(words.commodities, (p.commodities ?? []).map((c) => label("commodity", c)).join(comma));
  const status = p.status ?? p.mine_status;
  const when = p.status_date ?? p.mine_status_date;
  row(words.status, status ? `${label("status", status)}${when ? ` (${String(when).slice(0, 4)})` : ""}` : words.unknown);
  row(words.stage, p.exploration_stage ? label("exploration-stage", p.exploration_stage) : null);
  if (collection === "deposits") row(words.size, p.size_class ? label("size-class", p.size_class) : words.unknown);
  row(words.country, p.country ? label("country", p.country) : null);
  row(words.accuracy, p.position_accuracy_m ? `± ${distance(p.position_accuracy_m)}` : null);
  row(words.source, (p.sources ?? []).map((c) => label("source", c)).join(comma));
  row(words.flags, (p.flags ?? []).map((c) => label("flag", c)).join(comma));
  box.append(list);
  const link = /** @type {HTMLAnchorElement} */ (element("a", words.record));
  link.href = `/api/collections/${collection}/items/${encodeURIComponent(feature.id)}?f=html`;
  box.append(link);
  return box;
}

/** @param {number} metres */
function distance(metres) {
  return metres < 1000 ? `${Math.round(metres)} m` : `${Math.round(metres / 100) / 10} km`;
}
