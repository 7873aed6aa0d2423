// The settings of the page: messages, labels and addresses, in the language of the page.

const content = globalThis.document?.getElementById("lode-settings")?.textContent;

/** @type {any} */
export const settings = JSON.parse(content ?? '{"messages":{},"labels":{},"kinds":{},"groups":{}}');
/** @type {Record<string, string>} */
export const messages = settings.messages ?? {};
/** @type {"en" | "zh"} */
export const lang = settings.lang === "zh" ? "zh" : "en";
export const COMMA = lang === "zh" ? "、" : ", ";
export const COLON = lang === "zh" ? "：" : ": ";

/**
 * Return a message with the value of each placeholder, as {name}, inserted.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function formatMessage(text, values) {
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => (name in values ? String(values[name]) : placeholder));
}

/**
 * @param {string | undefined} vocabulary
 * @param {string} code
 * @returns {string}
 */
export function label(vocabulary, code) {
  return (vocabulary && settings.labels[vocabulary]?.[code]) || code;
}

/**
 * Return a status with its year; one that is older than five years is the last known one.
 * @param {string} status
 * @param {string | null | undefined} when
 */
export function statusOf(status, when) {
  const text = label("status", status);
  if (!when) return `${text} (${messages.undated})`;
  const year = String(when).slice(0, 4);
  if (!isLastKnown(when)) return `${text} (${year})`;
  return messages.lastKnown.replace("{status}", text).replace("{year}", year);
}

const limit = new Date();
limit.setFullYear(limit.getFullYear() - (settings.lastKnownYears ?? 0));
const OLDEST = limit.toISOString().slice(0, 10);

/** Return whether a status of a day is so old that it is only the last known one. @param {string | null | undefined} when */
export function isLastKnown(when) {
  return Boolean(when) && String(when) <= OLDEST;
}

/**
 * Return the name of a record, in the language of the page if it has one.
 * @param {any} p
 */
export function nameOf(p) {
  return (lang === "zh" ? p.name_zh || p.name_en : p.name_en || p.name_zh) || messages.unnamed;
}

const HAN = /[\u3400-\u9fff]/;
const LATIN = /\p{L}/u;

/**
 * Return whether a name is not in the script of the language of the page, as lodeweb/i18n/original_names.py does.
 * @param {string} name
 */
export function isOriginal(name) {
  if (lang === "zh") return !HAN.test(name) && LATIN.test(name);
  return HAN.test(name) && !LATIN.test(name.replace(/[\u3400-\u9fff]/g, ""));
}
