// Texts that a spreadsheet would take for a formula (OWASP, CSV injection); the rule is that of lodedata/write/formula.py.

const RISKY = /^([ \u00a0\u3000\t\r\n]*[=+@\uff1d\uff0b\uff0d\uff20-]|[\t\r\n])/;

/**
 * The text, behind an apostrophe if a spreadsheet would take it for a formula.
 * @param {string} text
 */
export function guarded(text) {
  return RISKY.test(text) ? `'${text}` : text;
}
