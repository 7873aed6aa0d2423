// The download dialog: content, progress and omissions of a file of the filtered records.

import { button, byId, element } from "../page/element.js";
import { fileAddress, leftOut, likelyBytes, systems } from "./file.js";
import { address } from "../query/collection_query.js";
import { receive, saveFile, saveFromUrl } from "./receive.js";
import { requestJson, RequestError, isAborted } from "../query/requests.js";
import { bytes, number } from "../page/format.js";
import { formatMessage, lang, messages, settings } from "../page/settings.js";

/** Files likely to be larger are fetched by the browser, as the page would hold them in memory. */
const MOST_HERE = 200e6;
const TICK_MS = 1000;

/**
 * @typedef {object} Shown what the map shows when the dialog is opened
 * @property {string} kind the kind whose table is open
 * @property {string[]} kinds the kinds that the filters query
 * @property {Record<string, number>} matched
 * @property {(kind: string) => URLSearchParams | null} query
 * @property {string[]} columns those of the table
 * @property {string} filters the filters as text
 * @property {[number, number]} middle
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
    this.start = element("button", { type: "submit", class: "chief", disabled: !kinds.length }, messages.download);
    this.result = element("div", { class: "result", role: "status" });
    this.columns = element("fieldset", { class: "columns" });
    this.columnsHead = element("summary");
    this.systems = element("select", { name: "crs", onchange: ({ target }) => this.choose({ crs: target.value }) });
    this.languages = element(
      "select",
      { name: "lang", onchange: ({ target }) => this.choose({ lang: target.value }) },
      ...[["", messages.fileCodes], ["en", "English"], ["zh", "中文"]].map(([value, text]) => element("option", { value }, text)),
    );
    const pack = element("input", { type: "checkbox", name: "package", onchange: ({ target }) => this.choose({ packed: target.checked }) });
    return element(
      "form",
      { onsubmit: (event) => { event.preventDefault(); this.make(); } },
      element("h2", { id: "download-title" }, messages.download),
      element("p", { class: "note" }, formatMessage(messages.fileOf, { filters: shown.filters || messages.everything })),
      kinds.length ? this.radios("kind", messages.kind, kinds.map((kind) => this.kindRow(kind))) : element("p", {}, messages.nothing),
      this.radios("format", messages.fileFormat, settings.formats.map((format) => this.formatRow(format))),
      element(
        "div",
        { class: "pairs" },
        element("label", {}, element("span", {}, messages.fileLanguage), this.languages),
        element("label", {}, element("span", {}, messages.fileCrs), this.systems),
      ),
      element("label", { class: "pack" }, pack, element("span", {}, messages.filePackage)),
      element("details", {}, this.columnsHead, this.columns),
      element("p", { class: "size" }, this.size, " ", this.link, " ", this.feed),
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
    return element("label", {}, input, element("span", {}, settings.kinds[kind]), element("b", {}, number(this.shown.matched[kind])));
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
    return element("label", {}, input, element("b", {}, format.title), element("span", { class: "about" }, format.text));
  }

  /** @param {Partial<import("./file.js").Choice>} part */
  choose(part) {
    Object.assign(this.choice, part);
    this.control.abort();
    this.result.replaceChildren();
    this.fill();
    this.estimate();
  }

  /** Update the controls that depend on the selection. */
  fill() {
    const { choice, shown } = this;
    this.languages.value = choice.lang;
    const options = choice.format.crs ? systems(...shown.middle) : systems(...shown.middle).slice(0, 1);
    this.systems.replaceChildren(
      ...options.map(({ code, name, zone }) => element("option", { value: code, selected: code === choice.crs }, formatMessage(messages[`crs_${name}`], { zone: zone ?? "" }))),
    );
    const all = settings.columns[choice.kind];
    const chosen = new Set(choice.columns.length ? choice.columns : all.map(({ name }) => name));
    this.columnsHead.textContent = formatMessage(messages.fileColumns, { n: number(chosen.size), all: number(all.length) });
    const row = ({ name, title }) => {
      const tick = element("input", { type: "checkbox", value: name, checked: chosen.has(name), onchange: () => this.chooseColumns() });
      return element("label", {}, tick, element("span", {}, title));
    };
    const focused = this.columns.contains(document.activeElement) ? document.activeElement?.getAttribute("value") : null;
    this.columns.replaceChildren(
      element("legend", { class: "hidden" }, messages.columns),
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

  chooseColumns() {
    const ticks = [...this.columns.querySelectorAll("input")];
    const chosen = ticks.filter(({ checked }) => checked).map(({ value }) => value);
    // none selected and all selected give the same query
    this.choose({ columns: chosen.length === ticks.length ? [] : chosen });
  }

  estimate() {
    const { choice } = this;
    const query = this.shown.query(choice.kind);
    const rows = this.shown.matched[choice.kind] ?? 0;
    this.likely = likelyBytes(choice, rows, settings.columns[choice.kind].length);
    this.size.textContent = formatMessage(choice.packed ? messages.filePacked : messages.fileLikely, { n: number(rows), size: bytes(this.likely) });
    this.url = query ? fileAddress(choice, query) : "";
    this.link.hidden = !this.url;
    this.link.href = this.url;
    // changes have no distance from a place
    this.feed.hidden = !query || query.has("near") || query.has("nearest");
    if (query) this.feed.href = address("/api/changes", query, { collection: choice.kind, f: "atom" });
  }

  /** Make the file, in the page if it is not too large. */
  async make() {
    if (!this.url) return;
    if (this.likely > MOST_HERE) {
      saveFromUrl(this.url);
      this.showResult(element("p", {}, messages.fileHandedOver), await this.left());
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
      const rows = file.rows ?? this.shown.matched[this.choice.kind];
      const done = formatMessage(messages.fileDone, { name: file.name, size: bytes(file.blob.size), n: number(rows) });
      const cited = element("a", { href: file.cited }, messages.fileCited);
      this.showResult(element("p", {}, done, " ", file.cited ? cited : ""), await this.left());
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
    if (!(error instanceof RequestError) || error.trouble === "failed" || error.trouble === "away") return messages.fileBroken;
    return error.trouble === "offline" ? messages.offline : `${messages.refused} ${error.detail}`;
  }

  /** Return what the file leaves out and why. */
  async left() {
    const { choice, shown } = this;
    const query = /** @type {URLSearchParams} */ (shown.query(choice.kind));
    const all = settings.columns[choice.kind].length;
    const others = shown.kinds.reduce((sum, kind) => sum + (kind === choice.kind ? 0 : (shown.matched[kind] ?? 0)), 0);
    const about = await requestJson(address(`/api/collections/${choice.kind}/tiles/WebMercatorQuad`, query, { f: "json" })).catch(() => ({}));
    const found = leftOut(choice, { all, others, nowhere: about.recordsWithoutPosition ?? 0 });
    const rows = found.map(({ name, n }) => element("li", {}, name === "loss" ? choice.format.loss : formatMessage(messages[`left_${name}`], { n: number(n ?? 0), kind: settings.kinds[choice.kind] })));
    if (!rows.length) return element("p", {}, messages.fileWhole);
    return element("div", {}, element("b", {}, messages.fileLeft), element("ul", {}, ...rows));
  }
}
