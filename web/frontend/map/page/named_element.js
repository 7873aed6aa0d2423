// The name of a record as an element.

import { element } from "./element.js";
import { isOriginal, messages, nameOf } from "./settings.js";

/**
 * Return the name of a record as an element: one that is as its source prints it is marked.
 * @param {any} p
 */
export function namedElement(p) {
  const name = nameOf(p);
  return isOriginal(name) ? element("span", { class: "original", title: messages.originalName }, name) : document.createTextNode(name);
}
