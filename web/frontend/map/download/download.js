// The panel that makes a file of what the filters choose: what is in it, how far it is, what it leaves out.

import { button, byId, element } from "../page/element.js";
import { fileAddress, leftOut, likelyBytes, systems } from "./file.js";
import { address } from "../query/collection_query.js";
import { handOver, keep, receive } from "./receive.js";
import { askJson, Failed, givenUp } from "../query/requests.js";
import { bytes, filled, lang, number, settings, words } from "../page/settings.js";

/** What is likely to be larger than this the browser fetches itself, as the page would hold it in memory. */
const MOST_HERE = 200e6;
const TICK_MS = 1000;

/**
 * @typedef {object} Shown what the map shows, at the time of asking
 * @property {string} kind the kind whose table is open
 * @property {string[]} kinds the kinds that the filters ask of
 * @property {Record<string, number>} matched
 * @property {(kind: string) => URLSearchParams | null} query
 * @property {string[]} columns those of the table
 * @property {string} filters the filters in words
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
    this.link = element("a", { rel: "nofollow" }, words.fileAddress);
    this.start = element("button", { type: "submit", class: "chief", disabled: !kinds.length }, words.download);
    this.told = element("div", { class: "told", role: "status" });
    this.columns = element("fieldset", { class: "columns" });
    this.columnsHead = element("summary");
    this.systems = element("select", { name: "crs", onchange: ({ target }) => this.choose({ crs: target.value }) });
    this.languages = element(
      "select",
      { name: "lang", onchange: ({ target }) => this.choose({ lang: target.value }) },
      ...[["", words.fileCodes], ["en", "English"], ["zh", "中文"]].map(([value, text]) => element("option", { value }, text)),
    );
    const pack = element("input", { type: "checkbox", name: "package", onchange: ({ target }) => this.choose({ packed: target.checked }) });
    return element(
      "form",
      { onsubmit: (event) => { event.preventDefault(); this.make(); } },
      element("h2", { id: "download-title" }, words.download),
      element("p", { class: "note" }, filled(words.fileOf, { filters: shown.filters || words.everything })),
      kinds.length ? this.radios("kind", words.kind, kinds.map((kind) => this.kindRow(kind))) : element("p", {}, words.nothing),
      this.radios("format", words.fileFormat, settings.formats.map((format) => this.formatRow(format))),
      element(
        "div",
        { class: "pairs" },
        element("label", {}, element("span", {}, words.fileLanguage), this.languages),
        element("label", {}, element("span", {}, words.fileCrs), this.systems),
      ),
      element("label", { class: "pack" }, pack, element("span", {}, words.filePackage)),
      element("details", {}, this.columnsHead, this.columns),
      element("p", { class: "size" }, this.size, " ", this.link),
      element("p", { class: "acts" }, this.start, button(words.close, () => this.dialog.close())),
      this.told,
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
    this.told.replaceChildren();
    this.fill();
    this.estimate();
  }

  /** Set what depends on what was chosen. */
  fill() {
    const { choice, shown } = this;
    this.languages.value = choice.lang;
    const options = choice.format.crs ? systems(...shown.middle) : systems(...shown.middle).slice(0, 1);
    this.systems.replaceChildren(
      ...options.map(({ code, name, zone }) => element("option", { value: code, selected: code === choice.crs }, filled(words[`crs_${name}`], { zone: zone ?? "" }))),
    );
    const all = settings.columns[choice.kind];
    const chosen = new Set(choice.columns.length ? choice.columns : all.map(({ name }) => name));
    this.columnsHead.textContent = filled(words.fileColumns, { n: number(chosen.size), all: number(all.length) });
    const row = ({ name, title }) => {
      const tick = element("input", { type: "checkbox", value: name, checked: chosen.has(name), onchange: () => this.chooseColumns() });
      return element("label", {}, tick, element("span", {}, title));
    };
    const focused = this.columns.contains(document.activeElement) ? document.activeElement?.getAttribute("value") : null;
    this.columns.replaceChildren(
      element("legend", { class: "hidden" }, words.columns),
      element(
        "p",
        { class: "acts" },
        button(words.fileAllColumns, () => this.choose({ columns: [] })),
        choice.kind === shown.kind ? button(words.fileTableColumns, () => this.choose({ columns: shown.columns })) : "",
      ),
      ...all.map(row),
    );
    if (focused) this.columns.querySelector(`input[value="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  chooseColumns() {
    const ticks = [...this.columns.querySelectorAll("input")];
    const chosen = ticks.filter(({ checked }) => checked).map(({ value }) => value);
    // none chosen and all chosen ask the same
    this.choose({ columns: chosen.length === ticks.length ? [] : chosen });
  }

  estimate() {
    const { choice } = this;
    const query = this.shown.query(choice.kind);
    const rows = this.shown.matched[choice.kind] ?? 0;
    this.likely = likelyBytes(choice, rows, settings.columns[choice.kind].length);
    this.size.textContent = filled(choice.packed ? words.filePacked : words.fileLikely, { n: number(rows), size: bytes(this.likely) });
    this.url = query ? fileAddress(choice, query) : "";
    this.link.hidden = !this.url;
    this.link.href = this.url;
  }

  /** Make the file, here where it is not too large. */
  async make() {
    if (!this.url) return;
    if (this.likely > MOST_HERE) {
      handOver(this.url);
      this.tell(element("p", {}, words.fileHandedOver), await this.left());
      return;
    }
    this.control.abort();
    this.control = new AbortController();
    const { signal } = this.control;
    const bar = element("progress", { "aria-label": words.download, max: this.likely });
    const far = element("span", {});
    const began = Date.now();
    const wait = () => { far.textContent = filled(words.filePrepared, { s: number(Math.round((Date.now() - began) / 1000)) }); };
    const ticking = setInterval(wait, TICK_MS);
    wait();
    this.start.disabled = true;
    this.tell(bar, far, button(words.cancel, () => this.control.abort()));
    try {
      const file = await receive(this.url, signal, (got, all) => {
        clearInterval(ticking);
        bar.max = all ?? Math.max(this.likely, got * 1.05);
        bar.value = got;
        far.textContent = filled(all ? words.fileGotOf : words.fileGotAbout, { got: bytes(got), size: bytes(all ?? this.likely) });
      });
      keep(file);
      const rows = file.rows ?? this.shown.matched[this.choice.kind];
      const done = filled(words.fileDone, { name: file.name, size: bytes(file.blob.size), n: number(rows) });
      const cited = element("a", { href: file.cited }, words.fileCited);
      this.tell(element("p", {}, done, " ", file.cited ? cited : ""), await this.left());
    } catch (error) {
      this.tell(...(givenUp(error) ? [] : [element("p", { class: "wrong" }, this.trouble(error))]));
    } finally {
      clearInterval(ticking);
      this.start.disabled = false;
    }
  }

  /** Say something below the form, in sight. @param {...Node} parts */
  tell(...parts) {
    this.told.replaceChildren(...parts);
    this.told.scrollIntoView({ block: "nearest" });
  }

  /** @param {unknown} error */
  trouble(error) {
    if (!(error instanceof Failed) || error.trouble === "failed" || error.trouble === "away") return words.fileBroken;
    return error.trouble === "offline" ? words.offline : `${words.refused} ${error.detail}`;
  }

  /** What the file leaves out and why. */
  async left() {
    const { choice, shown } = this;
    const query = /** @type {URLSearchParams} */ (shown.query(choice.kind));
    const all = settings.columns[choice.kind].length;
    const others = shown.kinds.reduce((sum, kind) => sum + (kind === choice.kind ? 0 : (shown.matched[kind] ?? 0)), 0);
    const about = await askJson(address(`/api/collections/${choice.kind}/tiles/WebMercatorQuad`, query, { f: "json" })).catch(() => ({}));
    const found = leftOut(choice, { all, others, nowhere: about.recordsWithoutPosition ?? 0 });
    const rows = found.map(({ name, n }) => element("li", {}, name === "loss" ? choice.format.loss : filled(words[`left_${name}`], { n: number(n ?? 0), kind: settings.kinds[choice.kind] })));
    if (!rows.length) return element("p", {}, words.fileWhole);
    return element("div", {}, element("b", {}, words.fileLeft), element("ul", {}, ...rows));
  }
}
