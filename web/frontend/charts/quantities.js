// Figures as people write them, in the page's language.

/**
 * A number with so many significant digits and its thousands parted.
 * @param {number} value
 * @param {number} [digits]
 */
export function number(value, digits = 4) {
  return value.toLocaleString("en-GB", { maximumSignificantDigits: digits });
}

/**
 * A mass in the unit that keeps it short: t, kt, Mt, Gt, in Chinese by ten thousands and hundred millions.
 * @param {number} value
 * @param {string} lang
 */
export function tonnes(value, lang) {
  const units =
    lang === "zh"
      ? [
          [1e8, "亿吨"],
          [1e4, "万吨"],
          [0, "吨"],
        ]
      : [
          [1e9, "Gt"],
          [1e6, "Mt"],
          [1e3, "kt"],
          [0, "t"],
        ];
  const [size, unit] = /** @type {[number, string]} */ (units.find(([least]) => value >= Number(least)) ?? units[units.length - 1]);
  return `${number(size ? value / size : value)} ${unit}`;
}

/**
 * A share in per cent, small ones too.
 * @param {number} value
 */
export function percent(value) {
  return `${number(value, 3)} %`;
}

/**
 * The nearest round number at or below: 1, 2 or 5 times a power of ten.
 * @param {number} value
 */
export function round(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [5, 2, 1].find((one) => one * power <= value) ?? 1;
  return step * power;
}

/**
 * A text no wider than so many Latin letters; a Chinese character takes two.
 * @param {string} text
 * @param {number} most
 */
export function short(text, most) {
  let width = 0;
  let at = 0;
  for (const letter of text) {
    width += /[\u2e80-\uffef]/.test(letter) ? 2 : 1;
    if (width > most) return `${text.slice(0, at).trimEnd()}…`;
    at += letter.length;
  }
  return text;
}

/**
 * The first moment of a date known to the year, the month or the day, and the first one after it.
 * @param {string} text
 * @returns {[Date, Date]}
 */
export function span(text) {
  const [year, month, day] = text.split("-").map(Number);
  const first = new Date(Date.UTC(year, (month ?? 1) - 1, day ?? 1));
  const last = day ? Date.UTC(year, month - 1, day + 1) : month ? Date.UTC(year, month, 1) : Date.UTC(year + 1, 0, 1);
  return [first, new Date(last)];
}

/**
 * The years to label on an axis, at most so many and the last one always.
 * @param {number[]} years
 * @param {number} most
 * @returns {number[]}
 */
export function yearTicks(years, most) {
  const first = Math.min(...years);
  const last = Math.max(...years);
  const step = Math.max(1, Math.ceil((last - first) / (most - 1)));
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, n) => last - n * step).reverse();
}
