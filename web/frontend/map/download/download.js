// The download dialog: content, progress and omissions of a file of the filtered records.

import { button, byId, element } from "../page/element.js";
import { ALL, fileAddress, leftOut, likelyBytes, OF_ALL, systems } from "./file.js";
import { licenceTable } from "./licence_table.js";
import { address } from "../query/collection_query.js";
import { receive, saveFile, saveFromUrl } from "./receive.js";
import { requestJson, RequestError, isAborted } from "../query/requests.js";
import { limitText } from "../page/status.js";
import { bytes, number } from "../page/format.js";
import { COMMA, formatMessage, lang, messages, settings } from "../page/settings.js";

/** Files likely to be larger are fetched by the browser, as the page would hold them in memory. */
const MAX_HERE = 200e6;
const TICK_MS = 1000;

/**
 * @typedef {object} Shown what the map shows when the dialog is opened
 * @property {string} kind the kind whose table is open
 * @property {string[]} kinds the kinds that the filters query
 * @property {Record<string, number>} matched
 * @property {(kind: string) => URLSearchParams | null} query
 * @property {string[]} columns those of the table
 * @property {string} filters the filters as text
 */

export class Download {
  /** @param {Shown} shown */
  constructor(shown) {
    this.shown = shown;
    this.dialog = byId("download-dialog");
    this.control = new AbortController();
    this.kinds = shown.kinds.filter((kind) => shown.matched[kind]);
    const kind = this.kinds.includes(shown.kind) ? shown.kind : (this.kinds[0] ?? shown.kind);
    const format = settings.formats[0];
    /** @type {import("./file.js").Choice} */
    this.choice = { kind, format, columns: [], lang: format.labels ? lang : "", crs: "", packed: false };
    this.likely = 0;
    this.url = "";
    /** What the file holds, once the site has said it. @type {any} */
    this.contents = null;
    this.asked = "";
    this.dialog.onclose = () => this.control.abort();
    this.dialog.replaceChildren(this.form());
    this.fill();
    this.estimate();
    this.dialog.showModal();
  }

  form() {
    const { kinds, shown } = this;
    this.size = element("output", { "aria-live": "polite" });
    this.link = element("a", { rel: "nofollow" }, messages.fileAddress);
    this.feed = element("a", { rel: "nofollow", type: "application/atom+xml" }, messages.fileFeed);
    this.mail = element("a", { rel: "nofollow" }, messages.fileMail);
    this.start = element("button", { type: "submit", class: "btn btn-primary", disabled: !kinds.length }, messages.download);
    this.result = element("div", { class: "result", role: "status" });
    this.columns = element("fieldset", { class: "columns" });
    this.columnsHead = element("summary");
    this.systems = element("select", { name: "crs", onchange: ({ target }) => this.choose({ crs: target.value }) });
    this.languages = element(
      "select",
      { name: "lang", onchange: ({ target }) => this.choose({ lang: target.value }) },
      ...[["", messages.fileCodes], ["en", "English"], ["zh", "中文"]].map(([value, text]) => element("option", { value }, text)),
    );
    this.pack = element("input", { type: "checkbox", name: "package", onchange: ({ target }) => this.choose({ packed: target.checked }) });
    this.licences = element("div", { class: "licences" });
    this.about = element("p", { class: "about", "aria-live": "polite" });
    this.omitted = element("div", { class: "omitted" });
    this.columnsPart = element("details", {}, this.columnsHead, this.columns);
    const rows = kinds.length > 1 ? [...kinds, ALL] : kinds;
    return element(
      "form",
      { onsubmit: (event) => { event.preventDefault(); this.make(); } },
      element(
        "div",
        { class: "body" },
        element("h2", { id: "download-title" }, messages.download),
        element("p", { class: "note" }, formatMessage(messages.fileOf, { filters: shown.filters || messages.everything })),
        kinds.length ? this.radios("kind", messages.kind, rows.map((kind) => this.kindRow(kind))) : element("p", {}, messages.nothing),
        this.radios("format", messages.fileFormat, settings.formats.map((format) => this.formatRow(format))),
        this.about,
        element(
          "div",
          { class: "pairs" },
          element("label", {}, element("span", {}, messages.fileLanguage), this.languages),
          element("label", {}, element("span", {}, messages.fileCrs), this.systems),
        ),
        element("label", { class: "pack" }, this.pack, element("span", {}, messages.filePackage)),
        this.licences,
        this.omitted,
        this.columnsPart,
      ),
      element("p", { class: "size" }, this.size, " ", this.link, " ", this.feed, " ", this.mail),
      element("p", { class: "acts" }, this.start, button(messages.close, () => this.dialog.close())),
      this.result,
    );
  }

  /**
   * @param {string} name
   * @param {string} title
   * @param {Node[]} rows
   */
  radios(name, title, rows) {
    return element("fieldset", { class: `choice ${name}` }, element("legend", {}, title), ...rows);
  }

  /** @param {string} kind */
  kindRow(kind) {
    const input = element("input", {
      type: "radio",
      name: "kind",
      value: kind,
      checked: kind === this.choice.kind,
      onchange: () => this.choose({ kind, columns: [] }),
    });
    if (kind === ALL) input.disabled = !this.query(ALL);
    const title = kind === ALL ? messages.fileAllKinds : settings.kinds[kind];
    const about = input.disabled ? element("span", { class: "about" }, messages.fileKindsDiffer) : "";
    return element("label", {}, input, element("span", {}, title), element("b", {}, number(this.rows(kind))), about);
  }

  /** Return the kinds of the file. @param {string} kind */
  kindsOf(kind) {
    return kind === ALL ? this.kinds : [kind];
  }

  /** @param {string} kind */
  rows(kind) {
    return this.kindsOf(kind).reduce((sum, one) => sum + (this.shown.matched[one] ?? 0), 0);
  }

  /** Return the query of a kind; for all kinds the one that all have, null if their filters differ. @param {string} kind */
  query(kind) {
    if (kind !== ALL) return this.shown.query(kind);
    const [first, ...others] = this.kinds.map((one) => this.shown.query(one));
    return first && others.every((one) => one?.toString() === first.toString()) ? first : null;
  }

  /** @param {import("./file.js").Format} format */
  formatRow(format) {
    const input = element("input", {
      type: "radio",
      name: "format",
      value: format.name,
      checked: format === this.choice.format,
      onchange: () => this.choose({ format, lang: format.labels ? lang : "" }),
    });
    return element("label", { title: format.text }, input, element("b", {}, format.title));
  }

  /** @param {Partial<import("./file.js").Choice>} part */
  choose(part) {
    Object.assign(this.choice, part);
    const { choice } = this;
    if (choice.kind === ALL && !OF_ALL.includes(choice.format.name)) {
      choice.format = settings.formats.find(({ name }) => name === OF_ALL[1]);
      choice.lang = choice.format.labels ? lang : "";
    }
    if (choice.kind === ALL) Object.assign(choice, { columns: [], packed: false });
    this.control.abort();
    this.result.replaceChildren();
    this.fill();
    this.estimate();
  }

  /** Update the controls that depend on the selection. */
  fill() {
    const { choice, shown } = this;
    this.languages.value = choice.lang;
    this.about.textContent = choice.format.text;
    for (const input of this.dialog.querySelectorAll("input[name=format]")) {
      input.disabled = choice.kind === ALL && !OF_ALL.includes(input.value);
      input.checked = input.value === choice.format.name;
    }
    this.pack.checked = choice.packed;
    this.pack.disabled = this.columnsPart.hidden = choice.kind === ALL;
    this.fillSystems();
    if (choice.kind === ALL) return;
    const all = settings.columns[choice.kind];
    const chosen = new Set(choice.columns.length ? choice.columns : all.map(({ name }) => name));
    this.columnsHead.textContent = formatMessage(messages.fileColumns, { n: number(chosen.size), all: number(all.length) });
    const row = ({ name, title }) => {
      const tick = element("input", { type: "checkbox", value: name, checked: chosen.has(name), onchange: () => this.chooseColumns() });
      return element("label", {}, tick, element("span", {}, title));
    };
    const focused = this.columns.contains(document.activeElement) ? document.activeElement?.getAttribute("value") : null;
    this.columns.replaceChildren(
      element("legend", { class: "visually-hidden" }, messages.columns),
      element(
        "p",
        { class: "acts" },
        button(messages.fileAllColumns, () => this.choose({ columns: [] })),
        choice.kind === shown.kind ? button(messages.fileTableColumns, () => this.choose({ columns: shown.columns })) : "",
      ),
      ...all.map(row),
    );
    if (focused) this.columns.querySelector(`input[value="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  /** Offer the coordinate systems of the records. */
  fillSystems() {
    const { choice } = this;
    const all = systems(this.contents?.zones ?? []);
    const options = choice.format.crs ? all : all.slice(0, 1);
    /** @param {{name: string, zone?: number, records?: number}} one */
    const text = ({ name, zone, records }) =>
      [formatMessage(messages[`crs_${name}`], { zone: zone ?? "" }), records === undefined ? "" : formatMessage(messages.matched, { n: number(records) })].filter(Boolean).join(COMMA);
    this.systems.replaceChildren(
      ...options.map((one) => element("option", { value: one.code, selected: one.code === choice.crs }, text(one))),
    );
  }

  /** Load what the file holds, and show its licences and what it leaves out. */
  async describe() {
    const { choice } = this;
    const query = this.query(choice.kind);
    if (!query) return;
    const url = address("/api/download/contents", query, { collections: this.kindsOf(choice.kind).join(",") });
    if (url !== this.asked) {
      this.asked = url;
      this.contents = null;
      this.licences.replaceChildren();
      const contents = await requestJson(url).catch(() => null);
      if (url !== this.asked) return;
      this.contents = contents;
      this.fillSystems();
      if (contents) this.licences.replaceChildren(licenceTable(contents));
    }
    this.omitted.replaceChildren(this.left());
  }

  chooseColumns() {
    const ticks = [...this.columns.querySelectorAll("input")];
    const chosen = ticks.filter(({ checked }) => checked).map(({ value }) => value);
    // none selected and all selected give the same query
    this.choose({ columns: chosen.length === ticks.length ? [] : chosen });
  }

  estimate() {
    const { choice } = this;
    const query = this.query(choice.kind);
    const rows = this.rows(choice.kind);
    this.likely = this.kindsOf(choice.kind).reduce(
      (sum, kind) => sum + likelyBytes(choice, this.shown.matched[kind] ?? 0, settings.columns[kind].length),
      0,
    );
    this.describe();
    this.size.textContent = formatMessage(choice.packed ? messages.filePacked : messages.fileLikely, { n: number(rows), size: bytes(this.likely) });
    this.url = query ? fileAddress(choice, query, this.kinds) : "";
    this.link.hidden = !this.url;
    this.link.href = this.url;
    // changes have no distance from a place
    this.feed.hidden = !query || query.has("near") || query.has("nearest");
    this.mail.hidden = this.feed.hidden || !settings.byMail;
    if (!query) return;
    const collection = this.kindsOf(choice.kind).join(",");
    this.feed.href = address("/api/changes", query, { collection, f: "atom" });
    this.mail.href = address("/subscribe", query, { collection });
  }

  /** Make the file, in the page if it is not too large. */
  async make() {
    if (!this.url) return;
    if (this.likely > MAX_HERE) {
      saveFromUrl(this.url);
      this.showResult(element("p", {}, messages.fileHandedOver));
      return;
    }
    this.control.abort();
    this.control = new AbortController();
    const { signal } = this.control;
    const bar = element("progress", { "aria-label": messages.download, max: this.likely });
    const far = element("span", {});
    const began = Date.now();
    const wait = () => { far.textContent = formatMessage(messages.filePrepared, { s: number(Math.round((Date.now() - began) / 1000)) }); };
    const ticking = setInterval(wait, TICK_MS);
    wait();
    this.start.disabled = true;
    this.showResult(bar, far, button(messages.cancel, () => this.control.abort()));
    try {
      const file = await receive(this.url, signal, (got, all) => {
        clearInterval(ticking);
        bar.max = all ?? Math.max(this.likely, got * 1.05);
        bar.value = got;
        far.textContent = formatMessage(all ? messages.fileGotOf : messages.fileGotAbout, { got: bytes(got), size: bytes(all ?? this.likely) });
      });
      saveFile(file);
      const rows = file.rows ?? this.rows(this.choice.kind);
      const done = formatMessage(messages.fileDone, { name: file.name, size: bytes(file.blob.size), n: number(rows) });
      const cited = element("a", { href: file.cited }, messages.fileCited);
      this.showResult(element("p", {}, done, " ", file.cited ? cited : ""));
    } catch (error) {
      this.showResult(...(isAborted(error) ? [] : [element("p", { class: "wrong" }, this.trouble(error))]));
    } finally {
      clearInterval(ticking);
      this.start.disabled = false;
    }
  }

  /** Show the result below the form. @param {...Node} parts */
  showResult(...parts) {
    this.result.replaceChildren(...parts);
    this.result.scrollIntoView({ block: "nearest" });
  }

  /** @param {unknown} error */
  trouble(error) {
    if (error instanceof RequestError && error.trouble === "limited") return limitText(error);
    if (!(error instanceof RequestError) || error.trouble === "failed" || error.trouble === "away") return messages.fileBroken;
    return error.trouble === "offline" ? messages.offline : `${messages.refused} ${error.detail}`;
  }

  /** Return what the file leaves out and why. */
  left() {
    const { choice } = this;
    const all = choice.kind === ALL ? 0 : settings.columns[choice.kind].length;
    const others = this.rows(ALL) - this.rows(choice.kind);
    const found = leftOut(choice, { all, others, nowhere: this.contents?.recordsWithoutPosition ?? 0 });
    const rows = found.map(({ name, n }) => element("li", {}, name === "loss" ? choice.format.loss : formatMessage(messages[`left_${name}`], { n: number(n ?? 0), kind: settings.kinds[choice.kind] })));
    if (!rows.length) return element("p", {}, messages.fileWhole);
    return element("div", {}, element("b", {}, messages.fileLeft), element("ul", {}, ...rows));
  }
}
