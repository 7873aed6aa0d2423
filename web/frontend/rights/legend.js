// The legend of the layer of mining rights.

import { element } from "../map/page/element.js";
import { settings } from "../map/page/settings.js";
import { colourOf, KINDS } from "./right_state.js";

/** Return the legend, drawn anew when the scheme turns. */
export function legend() {
  const { labels, messages } = settings.rights;
  const list = element("ul", { class: "rights-legend", "aria-label": messages.title });
  const show = () => {
    const dark = document.documentElement.dataset.bsTheme === "dark";
    const line = (/** @type {string} */ kind, /** @type {string} */ state, /** @type {string} */ title) => {
      const swatch = element("i", { class: `swatch ${state}`, "aria-hidden": "true" });
      swatch.style.color = colourOf(kind, dark);
      return element("li", {}, swatch, title);
    };
    list.replaceChildren(
      ...KINDS.map((kind) => line(kind, "valid", labels["right-kind"][kind])),
      line("", "soon", messages.soon),
      line("", "ended", messages.ended),
    );
  };
  window.addEventListener("lode:scheme", show);
  show();
  return list;
}
