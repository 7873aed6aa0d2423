// Searches that somebody keeps under a name, in this browser alone; a link takes one elsewhere.

import { button, byId, element } from "../page/element.js";
import { filled, words } from "../page/settings.js";

const KEY = "lode-saved";

/** @returns {{name: string, search: string}[]} */
export function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one?.name === "string" && /^(\?|$)/.test(one?.search ?? "x")) : [];
  } catch {
    return [];
  }
}

/**
 * @param {() => string} address the query string of what is shown, without the language
 * @param {(search: string) => void} go
 * @param {(text: string) => void} say
 */
export function saved(address, go, say) {
  const list = byId("saved-list");
  const write = (all) => {
    localStorage.setItem(KEY, JSON.stringify(all));
    show();
  };
  const copy = async (search) => {
    const link = `${location.origin}/${search}`;
    try {
      await navigator.clipboard.writeText(link);
      say(words.linkCopied);
    } catch {
      say(link);
    }
  };
  function show() {
    const rows = kept().map(({ name, search }, i) =>
      element(
        "li",
        {},
        element("a", { href: `/${search}`, onclick: (event) => { event.preventDefault(); go(search); } }, name),
        button(words.copyLink, () => copy(search), { "aria-label": filled(words.copyLinkOf, { name }) }),
        button("×", () => write(kept().filter((_, at) => at !== i)), { "aria-label": filled(words.drop, { name }) }),
      ),
    );
    list.replaceChildren(...rows);
  }
  byId("save-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = byId("save-name").value.trim();
    if (!name) return;
    write([...kept().filter((one) => one.name !== name), { name, search: address() }]);
    byId("save-name").value = "";
    say(filled(words.savedAs, { name }));
  });
  byId("copy-link").addEventListener("click", () => copy(address()));
  show();
}
