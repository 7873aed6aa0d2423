// Searches saved under a name in this browser only; a link opens one elsewhere.

import { frameCode } from "../../frame_code.js";
import { button, byId, element } from "../page/element.js";
import { formatMessage, messages, settings } from "../page/settings.js";

const KEY = "lode-saved";

/** @returns {{name: string, search: string}[]} */
export function readSearches() {
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
export function savedSearches(address, go, say) {
  const list = byId("saved-list");
  const write = (all) => {
    localStorage.setItem(KEY, JSON.stringify(all));
    show();
  };
  const copy = async (search) => {
    const link = `${location.origin}/${search}`;
    try {
      await navigator.clipboard.writeText(link);
      say(messages.linkCopied);
    } catch {
      say(link);
    }
  };
  function show() {
    const rows = readSearches().map(({ name, search }, i) =>
      element(
        "li",
        {},
        element("a", { href: `/${search}`, onclick: (event) => { event.preventDefault(); go(search); } }, name),
        button(messages.copyLink, () => copy(search), { "aria-label": formatMessage(messages.copyLinkOf, { name }) }),
        button("×", () => write(readSearches().filter((_, at) => at !== i)), { "aria-label": formatMessage(messages.drop, { name }) }),
      ),
    );
    list.replaceChildren(...rows);
  }
  byId("save-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = byId("save-name").value.trim();
    if (!name) return;
    write([...readSearches().filter((one) => one.name !== name), { name, search: address() }]);
    byId("save-name").value = "";
    say(formatMessage(messages.savedAs, { name }));
  });
  byId("copy-link").addEventListener("click", () => copy(address()));
  const frame = byId("copy-frame");
  frame.hidden = !settings.embeds;
  frame.addEventListener("click", async () => {
    const code = frameCode(`${location.origin}/embed/map${address()}`, messages.frameTitle);
    try {
      await navigator.clipboard.writeText(code);
      say(messages.frameCopied);
    } catch {
      say(code);
    }
  });
  show();
}
