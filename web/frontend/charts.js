// Draws the charts of a page: the page gives specifications and texts, the API gives the numbers.

import * as arrivals from "./charts/arrivals.js";
import * as barsAndLines from "./charts/bars_and_lines.js";
import * as contained from "./charts/contained.js";
import * as counts from "./charts/counts.js";
import * as delays from "./charts/delays.js";
import { alone, csv, png, save, text } from "./charts/files.js";
import * as gantt from "./charts/gantt.js";
import * as gradeTonnage from "./charts/grade_tonnage.js";
import * as history from "./charts/history.js";
import { PAPER, SCREEN } from "./charts/palette.js";
import * as place from "./charts/place.js";
import * as sankey from "./charts/sankey.js";
import * as sites from "./charts/sites.js";
import * as timeline from "./charts/timeline.js";
import { frameCode } from "./frame_code.js";
import * as capacity from "./statistics/capacity.js";
import * as concentration from "./statistics/concentration.js";
import * as lines from "./statistics/lines.js";
import * as priceIndex from "./statistics/price_index.js";
import * as reserves from "./statistics/reserves.js";
import * as shareLine from "./statistics/share_line.js";
import * as shares from "./statistics/shares.js";
import * as stages from "./statistics/stages.js";
import * as world from "./statistics/world.js";

/** @type {Record<string, any>} */
const KINDS = {
  ...{ "grade-tonnage": gradeTonnage, contained, counts, timeline, place, sites, arrivals, gantt, delays, sankey, history },
  ...{ capacity, lines, reserves, "share-line": shareLine, shares, world, concentration, stages, "bars-and-lines": barsAndLines, "price-index": priceIndex },
};
const FILE_WIDTH = 900;
const MAX_ROWS = 500;

const settings = JSON.parse(document.getElementById("lode-charts")?.textContent ?? '{"charts":[]}');
for (const spec of settings.charts) {
  const figure = document.querySelector(`[data-chart="${CSS.escape(spec.id)}"]`);
  if (figure) whenOpen(figure, () => begin(figure, spec));
}

/** Begin a chart that is folded when it is opened, as it has no width before. @param {Element} figure @param {() => void} start */
function whenOpen(figure, start) {
  const fold = figure.closest("details:not([open])");
  if (fold) fold.addEventListener("toggle", start, { once: true });
  else start();
}

/**
 * @param {Element} figure
 * @param {any} spec
 */
function begin(figure, spec) {
  const kind = KINDS[spec.kind];
  const drawing = /** @type {HTMLElement} */ (figure.querySelector(".drawing"));
  const state = /** @type {HTMLElement} */ (figure.querySelector(".state"));
  /** @type {{spec: any, data: any, settings: any}} */
  const context = { spec, data: null, settings };
  let width = 0;

  const show = () => {
    width = drawing.clientWidth;
    if (!width) return;
    const drawn = kind.draw({ ...context, palette: SCREEN, width });
    drawing.replaceChildren(...(drawn ? [drawn] : []));
  };

  const load = async () => {
    state.replaceChildren(settings.texts.loading);
    figure.setAttribute("aria-busy", "true");
    try {
      if (kind.load) context.data = await kind.load(settings);
      else if (spec.url) context.data = await numbers(spec.url);
    } catch {
      const retry = made("button", settings.texts.retry);
      retry.type = "button";
      retry.addEventListener("click", load);
      state.replaceChildren(settings.texts.failed, " ", retry);
      return;
    } finally {
      figure.removeAttribute("aria-busy");
    }
    show();
    state.replaceChildren(drawing.firstChild ? (kind.note?.(context) ?? "") : settings.texts.empty);
    for (const old of figure.querySelectorAll(".choice, .legend, .files, details")) old.remove();
    const choice = chooser(spec, context.data, load);
    if (choice) drawing.before(choice);
    if (!drawing.firstChild) return;
    state.before(keys(kind.legend(context)));
    if (kind.table) state.after(files(context, kind), sheet(kind.table(context)));
  };

  let begun = false;
  new ResizeObserver(() => {
    // a folded chart has no width until it is opened
    if (!begun && drawing.clientWidth) {
      begun = true;
      load();
    } else if (context.data || !spec.url) if (drawing.clientWidth !== width && !figure.hasAttribute("aria-busy")) show();
  }).observe(drawing);
}

/** @param {string} url */
async function numbers(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

/** A choice of commodities, where the numbers know of several. */
function chooser(spec, data, load) {
  const known = spec.choice ? (data?.commodities ?? []).filter((one) => one[spec.choice]) : [];
  if (known.length < 2) return null;
  const label = made("label", `${settings.texts.commodity} `, "choice");
  const select = /** @type {HTMLSelectElement} */ (made("select"));
  for (const one of known.sort((a, b) => b[spec.choice] - a[spec.choice])) {
    const option = /** @type {HTMLOptionElement} */ (made("option", `${settings.lang === "zh" ? one.label_zh : one.label_en} (${one[spec.choice]})`));
    option.value = one.commodity;
    option.selected = one.commodity === data.of;
    select.append(option);
  }
  select.addEventListener("change", async () => {
    const url = new URL(spec.url, location.href);
    url.searchParams.set("of", select.value);
    spec.url = `${url.pathname}${url.search}`;
    await load();
    /** @type {HTMLElement | null} */ (document.querySelector(`[data-chart="${CSS.escape(spec.id)}"] select`))?.focus();
  });
  label.append(select);
  return label;
}

/** @param {any[]} legend */
function keys(legend) {
  const list = made("ul", undefined, "legend");
  for (const one of legend) {
    const row = made("li");
    const glyph = made("span", one.glyph, `glyph ${one.colour}`);
    glyph.setAttribute("aria-hidden", "true");
    row.append(glyph, ` ${one.text}`);
    list.append(row);
  }
  return list;
}

/** Return the title of a file, which names the selected commodity. */
function titled({ spec, data }) {
  const chosen = spec.choice && data.commodities.find((one) => one.commodity === data.of);
  return chosen ? `${spec.title}: ${settings.lang === "zh" ? chosen.label_zh : chosen.label_en}` : spec.title;
}

/** The menu of a chart: buttons that save it and its numbers, and links to files of the figures. */
function files(context, kind) {
  const { spec } = context;
  const menu = made("details", undefined, "files");
  const title = made("summary", settings.texts.download);
  title.setAttribute("aria-label", `${settings.texts.download}: ${spec.title}`);
  const box = made("p");
  menu.append(title, box);
  const name = `lode-${spec.id}`;
  const paper = () => {
    const drawn = kind.draw({ ...context, palette: PAPER, width: FILE_WIDTH });
    const own = `Lode · ${location.href} · ${new Date().toISOString().slice(0, 10)}`;
    const source = spec.citation ? `${spec.citation} · ${own}` : own;
    return alone(drawn, { title: titled(context), legend: kind.legend(context), source, palette: PAPER });
  };
  const button = (label, run, action = settings.texts.download) => {
    const one = /** @type {HTMLButtonElement} */ (made("button", label));
    one.type = "button";
    one.setAttribute("aria-label", `${action}: ${spec.title}, ${label}`);
    one.addEventListener("click", run);
    box.append(one, " ");
  };
  button("SVG", () => save(text(paper()), "image/svg+xml", `${name}.svg`));
  button("PNG", async () => save(await png(paper()), "image/png", `${name}.png`));
  button("CSV", () => save(csv(kind.table(context)), "text/csv;charset=utf-8", `${name}.csv`));
  if (spec.frame) button(settings.texts.frame, () => copyFrame(titled(context), spec.frame, box), settings.texts.copy);
  for (const file of spec.files ?? []) {
    const link = /** @type {HTMLAnchorElement} */ (made("a", file.label));
    link.href = file.url;
    box.append(link, " ");
  }
  return menu;
}

/**
 * Copy the HTML of a frame with a chart; where the browser does not allow it, show the HTML.
 * @param {string} title
 * @param {string} path
 * @param {HTMLElement} box
 */
async function copyFrame(title, path, box) {
  const code = frameCode(new URL(path, location.href).href, title);
  const said = made("output", undefined, "d-block");
  box.querySelector("output")?.remove();
  box.append(said);
  try {
    await navigator.clipboard.writeText(code);
    said.append(settings.texts.copied);
  } catch {
    said.append(made("code", code));
  }
}

/** The numbers behind a chart, each row with a link to its record where it is one. */
function sheet({ head, rows }) {
  const box = made("details");
  box.append(made("summary", `${settings.texts.numbers} (${rows.length})`));
  const wide = made("div", undefined, "wide");
  wide.tabIndex = 0;
  wide.setAttribute("role", "region");
  wide.setAttribute("aria-label", settings.texts.numbers);
  box.append(wide);
  box.addEventListener("toggle", () => {
    if (wide.firstChild) return;
    const table = made("table");
    const top = made("tr");
    for (const title of head) {
      const cell = made("th", title);
      cell.setAttribute("scope", "col");
      top.append(cell);
    }
    const body = made("tbody");
    body.append(...rows.slice(0, MAX_ROWS).map(row));
    const thead = made("thead");
    thead.append(top);
    table.append(thead, body);
    wide.append(table);
    if (rows.length > MAX_ROWS) wide.append(made("p", settings.texts.first.replace("{n}", String(MAX_ROWS))));
  });
  return box;
}

/** @param {any[]} cells */
function row(cells) {
  const line = made("tr");
  for (const cell of cells) {
    const place = made("td");
    if (cell?.href) {
      const link = /** @type {HTMLAnchorElement} */ (made("a", cell.text));
      link.href = cell.href;
      place.append(link);
    } else place.append(typeof cell === "number" ? cell.toLocaleString("en-GB", { maximumSignificantDigits: 6 }) : String(cell));
    if (typeof cell === "number") place.className = "number";
    line.append(place);
  }
  return line;
}

/**
 * @param {string} name
 * @param {string} [content]
 * @param {string} [className]
 * @returns {any}
 */
function made(name, content, className) {
  const one = document.createElement(name);
  if (content !== undefined) one.append(content);
  if (className) one.className = className;
  return one;
}
