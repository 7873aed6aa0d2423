// The search box: suggestions as one types, by arrow keys and Enter as by pointer (the ARIA pattern of a combobox).

import { byId, element } from "../page/element.js";
import { requestJson, isAborted } from "../query/requests.js";
import { number } from "../page/format.js";
import { COMMA, label, lang, messages, settings } from "../page/settings.js";

const PAUSE_MS = 120;
const MOST = 10;
const COLLECTION = { deposit: "deposits", discovery: "discoveries", project: "projects" };

/**
 * @typedef {object} Hooks
 * @property {(id: string, at: [number, number] | null) => void} record
 * @property {(filter: string, code: string) => void} term
 * @property {(query: string) => void} filter shows the records of a query
 * @property {(text: string) => Promise<[number, number][]>} positions the positions that a text can mean
 * @property {(at: [number, number]) => void} goTo goes to a position
 * @property {string[]} filters
 */

/** @param {Hooks} hooks */
export function suggestions(hooks) {
  const box = byId("search");
  const list = byId("suggestions");
  const message = byId("search-message");
  /** @type {any[]} */
  let found = [];
  let at = -1;
  /** The text whose suggestions are listed. */
  let listed = "";
  let control = new AbortController();
  let timer = 0;

  const close = () => {
    list.hidden = true;
    at = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const light = (next) => {
    at = next;
    for (const [i, row] of [...list.children].entries()) row.setAttribute("aria-selected", String(i === at));
    if (at >= 0) {
      box.setAttribute("aria-activedescendant", `suggestion-${at}`);
      list.children[at].scrollIntoView({ block: "nearest" });
    } else box.removeAttribute("aria-activedescendant");
  };
  const take = (one) => {
    close();
    box.value = "";
    if (one.position) {
      hooks.goTo(one.position);
      return;
    }
    if (one.query) {
      hooks.filter(one.query);
      return;
    }
    if (one.spelling) {
      box.value = one.spelling;
      ask();
      return;
    }
    const collection = COLLECTION[one.kind];
    if (settings.listed[one.kind]) window.location.assign(one.kind === "organisation" ? `/organisations/${encodeURIComponent(one.id)}` : one.href);
    else if (collection) hooks.record(`${collection}/${one.id}`, one.lon === null ? null : [one.lon, one.lat]);
    else hooks.term(filterOf(one.kind, hooks.filters), one.id);
  };
  const show = () => {
    list.replaceChildren(...found.map((one, i) => row(one, i, () => take(one))));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(found.length > 0));
    message.textContent = found.length ? "" : messages.nothingFound;
    light(found.length ? 0 : -1);
  };
  async function ask() {
    control.abort();
    control = new AbortController();
    const { signal } = control;
    const text = box.value.trim();
    if (!text) {
      message.textContent = "";
      close();
      return;
    }
    try {
      const positions = await positionsIn(text);
      const body = await requestJson(`/api/search?q=${encodeURIComponent(text)}&limit=${MOST}`, { signal });
      const terms = body.suggestions.filter((one) => COLLECTION[one.kind] || settings.listed[one.kind] || filterOf(one.kind, hooks.filters));
      found = terms.length ? terms : body.filters ? [] : body.did_you_mean.map((spelling) => ({ spelling }));
      if (body.filters) found.unshift(body.filters);
      // two numbers may be in either order, even where records lie near one of the two positions
      if (!terms.length || positions.length > 1) found.unshift(...positions);
      listed = text;
      show();
      // which of two orders is meant is chosen, never taken by Enter alone
      if (found.filter((one) => one.position).length > 1) light(-1);
    } catch (error) {
      if (isAborted(error)) return;
      found = [];
      close();
      message.textContent = messages.failed;
    }
  }

  /** Return what a text with numbers may mean as a position, as suggestions. @param {string} text */
  async function positionsIn(text) {
    const positions = /\d/.test(text) ? await hooks.positions(text) : [];
    if (!positions.length) return [];
    const { withLetters } = await import("../area/coordinates.js");
    return positions.map((/** @type {[number, number]} */ position) => ({ position, text: withLetters(position) }));
  }

  async function enter() {
    const positions = await hooks.positions(box.value);
    if (positions.length) {
      // an earlier request would still report that no name is similar
      clearTimeout(timer);
      control.abort();
    }
    if (positions.length === 1) {
      message.textContent = "";
      take({ position: positions[0] });
    } else if (positions.length && !(found[at] && listed === box.value.trim())) {
      found = await positionsIn(box.value);
      listed = box.value.trim();
      show();
      light(-1);
    } else {
      clearTimeout(timer);
      const open = !list.hidden;
      // options of an earlier text are never taken
      if (!open || listed !== box.value.trim()) await ask();
      if (open && !list.hidden && found[at] && listed === box.value.trim()) take(found[at]);
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE_MS);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!found.length) return;
      event.preventDefault();
      list.hidden = false;
      box.setAttribute("aria-expanded", "true");
      light((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
    } else if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      enter();
    }
  });
  box.addEventListener("blur", () => window.setTimeout(close, 150));
  box.addEventListener("focus", () => {
    if (found.length && box.value.trim()) show();
  });
}

/**
 * The filter that a suggestion of a kind sets.
 * @param {string} kind
 * @param {string[]} filters
 */
function filterOf(kind, filters) {
  const name = { commodity: "commodity", country: "country", division: "division", model: "deposit_model", "deposit-model": "deposit_model" }[kind];
  return name && filters.includes(name) ? name : "";
}

/**
 * @param {any} one
 * @param {number} i
 * @param {() => void} take
 */
function row(one, i, take) {
  const made = element("li", { role: "option", id: `suggestion-${i}`, "aria-selected": "false", onpointerdown: (event) => event.preventDefault(), onclick: take });
  if (one.position) {
    made.append(element("span", {}, messages.didYouMean), " ", element("b", {}, one.text));
    return made;
  }
  if (one.query) {
    const terms = one.terms.map((term) => term[lang === "zh" ? "label_zh" : "label_en"]);
    const matched = Object.entries(one.matched).map(([kind, n]) => `${settings.kinds[kind]} ${number(n)}`);
    made.append(element("span", {}, messages.filterBy), " ", element("b", {}, terms.join(COMMA)), element("small", {}, matched.join(" · ")));
    return made;
  }
  if (one.spelling) {
    made.append(element("span", {}, messages.didYouMean), " ", element("b", {}, one.spelling));
    return made;
  }
  const names = lang === "zh" ? [one.name_zh, one.name_en] : [one.name_en, one.name_zh];
  const [first, second] = names.filter(Boolean);
  const other = second && second !== first ? second : "";
  const matched = one.matched && one.matched !== first && one.matched !== other ? one.matched : "";
  const collection = COLLECTION[one.kind];
  const place = [one.place.division, one.place.country].filter(Boolean).map((term) => term[lang === "zh" ? "label_zh" : "label_en"]);
  const kind = settings.listed[one.kind] ?? (collection ? settings.kinds[collection] : messages[`kind_${filterOf(one.kind, ["commodity", "country", "division", "deposit_model"])}`] ?? "");
  const about = [kind, (one.commodities ?? []).map((code) => label("commodity", code)).join(COMMA), place.join(COMMA), matched];
  made.append(
    element("b", {}, first ?? messages.unnamed),
    other ? element("span", { class: "other" }, other) : "",
    element("small", {}, about.filter(Boolean).join(" · ")),
  );
  return made;
}
