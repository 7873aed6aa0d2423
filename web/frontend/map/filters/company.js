// The filter by company: suggestions by name, with or without the companies under it.

import { element } from "../page/element.js";
import { requestJson, isAborted } from "../query/requests.js";
import { lang, messages } from "../page/settings.js";

const PAUSE_MS = 150;
const MOST = 8;

/** @param {import("../query/state.js").Screen} screen */
export function companyFilter(screen) {
  let control = new AbortController();
  let timer = 0;
  const list = element("ul", { class: "companies" });
  const message = element("p", { class: "note", role: "status" });
  const box = element("input", { type: "search", name: "company", placeholder: messages.companyName, "aria-label": messages.companyName });
  const under = element("input", {
    type: "checkbox",
    name: "subsidiaries",
    onchange: ({ target }) => screen.set({ subsidiaries: target.checked ? "" : "no" }),
  });
  const choose = (one) => {
    box.value = "";
    list.replaceChildren();
    screen.set({ organisation: one.id, company: nameOf(one) });
  };
  async function ask() {
    control.abort();
    control = new AbortController();
    const text = box.value.trim();
    if (!text) return fill([], "");
    try {
      const query = new URLSearchParams({ q: text, kind: "organisation", limit: String(MOST) });
      const { suggestions } = await requestJson(`/api/search?${query}`, { signal: control.signal });
      fill(suggestions, suggestions.length ? "" : messages.nothingFound);
    } catch (error) {
      if (!isAborted(error)) fill([], messages.failed);
    }
  }
  const fill = (found, text) => {
    list.replaceChildren(...found.map((one) => element("li", {}, element("button", { type: "button", class: "more", onclick: () => choose(one) }, nameOf(one)))));
    message.textContent = text;
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE_MS);
  });
  const made = element(
    "details",
    { class: "facet", "data-filter": "organisation" },
    element("summary", {}, element("span", { class: "name" }, messages.company), element("span", { class: "chosen" })),
    box,
    list,
    message,
    element("label", { class: "role" }, under, element("span", { class: "name" }, messages.withSubsidiaries)),
    element("p", { class: "note" }, messages.companyNote),
  );
  const follow = () => {
    const { values } = screen.state;
    under.checked = values.subsidiaries !== "no";
    /** @type {HTMLElement} */ (made.querySelector(".chosen")).textContent = values.organisation ? "1" : "";
  };
  return { element: made, follow };
}

/** @param {any} one */
function nameOf(one) {
  return (lang === "zh" ? one.name_zh || one.name_en : one.name_en || one.name_zh) || messages.unnamed;
}
