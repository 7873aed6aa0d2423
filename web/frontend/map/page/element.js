// Elements made by the DOM: text goes in as text, so nothing in the data is ever markup.

/**
 * @param {string} name
 * @param {Record<string, any>} [attributes] properties of the element where it has them, else attributes
 * @param {...(Node | string | null | undefined | false)} content
 * @returns {any}
 */
export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && !key.startsWith("aria")) made[key] = value;
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  for (const part of content) if (part || part === "") made.append(/** @type {any} */ (part));
  return made;
}

/**
 * @param {string} text
 * @param {() => void} act
 * @param {Record<string, any>} [attributes]
 */
export function button(text, act, attributes = {}) {
  return element("button", { type: "button", onclick: act, ...attributes }, text);
}

/** @param {string} id */
export function byId(id) {
  return /** @type {any} */ (document.getElementById(id));
}
