// Prices of several metals on one index as lines; the numbers are those of the operation on prices.

import * as lines from "./lines.js";

/** @param {any} context */
export function draw(context) {
  return lines.draw(observed(context));
}

/** @param {any} context */
export function legend(context) {
  return lines.legend(observed(context));
}

/** @param {any} context */
export function table({ data, settings }) {
  const { texts, lang } = settings;
  const rows = data.series.flatMap((one) => one.points.map((point) => [point.period, one.label[lang], point.price, point.unit, point.index ?? "", one.title[lang]]));
  return { head: [texts.period, texts.commodity, texts.value, texts.unit, texts.index, texts.source], rows };
}

/** The points of each series with an index as observations of it. */
function observed(context) {
  const { lang } = context.settings;
  const indexed = context.data.series.filter((one) => one.base);
  const names = indexed.map((one) => one.label[lang]);
  const named = (one) => (names.indexOf(one.label[lang]) === names.lastIndexOf(one.label[lang]) ? one.label[lang] : `${one.label[lang]} (${one.title[lang]})`);
  const observations = indexed.flatMap((one) => one.points.map((point) => ({ period: point.period, base_value: point.index, base_unit: "", source: named(one) })));
  return { ...context, data: { observations } };
}
