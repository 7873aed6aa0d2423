// The licences of a file: what each allows, its sources, and what follows for the use of the file.

import { element } from "../page/element.js";
import { number } from "../page/format.js";
import { COLON, COMMA, lang, messages } from "../page/settings.js";

const TERMS = ["attribution", "commercial", "changes", "share_alike"];

/** @param {any} contents what a file holds, as the site states it */
export function licenceTable({ licences, consequences }) {
  const heads = [messages.fileLicence, messages.fileSources, ...TERMS.map((term) => messages[`licence_${term}`])];
  const rows = licences.map((one) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, one.url ? element("a", { href: one.url, rel: "license noreferrer" }, one[`name_${lang}`]) : one[`name_${lang}`]),
      element("td", {}, one.sources.map((source) => `${source[`title_${lang}`]} (${number(source.records)})`).join(COMMA)),
      ...TERMS.map((term) => element("td", { class: one[term] }, messages[`licence_is_${one[term]}`])),
    ),
  );
  // what follows for the use of the file is read without opening the table
  return element(
    "div",
    {},
    element(
      "details",
      {},
      element("summary", {}, `${messages.fileLicences}${COLON}`, element("span", {}, [...new Set(licences.map((one) => one[`label_${lang}`]))].join(COMMA))),
      element(
        "div",
        { class: "wide" },
        element("table", {}, element("thead", {}, element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)))), element("tbody", {}, ...rows)),
      ),
    ),
    element("ul", {}, ...consequences.map((one) => element("li", {}, one[`text_${lang}`]))),
  );
}
