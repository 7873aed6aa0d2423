// What the legend and the notes of a picture state: what is on the map, and whose it is.

import { address } from "../query/collection_query.js";
import { requestJson } from "../query/requests.js";
import { filterText } from "../page/print.js";
import { COLON, COMMA, formatMessage, lang, messages, settings } from "../page/settings.js";
import { byId } from "../page/element.js";
import { fillOf, isOld, shapeOf } from "../records/symbols.js";

/** Limits of the sides of a picture that the site draws, in pixels. */
const [MIN_SIDE, MAX_SIDE] = [320, 4000];

/**
 * Return what a picture of the map states.
 * @param {import("../app.js").App} app
 * @param {string[]} kinds the kinds that are shown
 * @returns {Promise<import("./margin.js").Content>}
 */
export async function pictureContent(app, kinds) {
  const marks = app.records.seen();
  /** @type {any[]} */
  const single = marks.filter((mark) => mark.n === 1 && mark.records.length).map((mark) => mark.records[0]);
  const groups = new Set(marks.flatMap(({ mix }) => Object.keys(mix)));
  const fills = new Set(single.map((one) => (isOld(one) ? "old" : fillOf(one, settings.countsAs))));
  return {
    title: `${filterText() || messages.everything}${COLON}${byId("count").textContent ?? ""}`,
    notes: await notes(app, kinds),
    groups,
    shapes: new Set(single.map(shapeOf)),
    fills,
    counts: marks.some(({ n }) => n > 1),
    rights: app.state.rights,
    ground: (settings.ground ?? []).filter((one) => app.baseMap.ground.wants(one)),
  };
}

/**
 * Return the addresses at which the site draws the view without the page, for each kind that has a filter.
 * @param {import("../app.js").App} app
 * @param {string[]} kinds
 * @returns {{title: string, href: string}[]}
 */
export function pictureAddresses(app, kinds) {
  const { x, y } = app.map.getSize();
  const side = (/** @type {number} */ pixels) => String(Math.min(MAX_SIDE, Math.max(MIN_SIDE, pixels)));
  return kinds.flatMap((kind) => {
    const query = app.query(kind);
    const more = { collection: kind, bbox: app.view.box(), width: side(x), height: side(y), lang };
    return query ? [{ title: settings.kinds[kind], href: address("/api/map/image", query, more) }] : [];
  });
}

/** @param {import("../app.js").App} app @param {string[]} kinds */
async function notes(app, kinds) {
  const day = new Date().toLocaleDateString(lang === "zh" ? "zh-CN" : "en-GB", { year: "numeric", month: "long", day: "numeric" });
  const shown = [...app.map.getContainer().querySelectorAll(".leaflet-control-attribution")].map((one) => one.textContent?.trim()).join(" ");
  return [
    await licences(app, kinds),
    `${messages.baseMap}${COLON}${shown.replace(/^Leaflet\s*\|?\s*/, "")}`,
    ...(settings.notice ? [settings.notice] : []),
    messages.pictureProjection,
    formatMessage(messages.pictureCite, { day, url: location.href }),
  ].filter(Boolean);
}

/** Return the licences of the records and their sources. @param {import("../app.js").App} app @param {string[]} kinds */
async function licences(app, kinds) {
  const found = new Map();
  for (const kind of kinds) {
    const query = app.query(kind);
    if (!query || !app.counts.matched[kind]) continue;
    const { licences: all } = await requestJson(address("/api/download/contents", query, { collections: kind }));
    for (const one of all) {
      const name = one[`name_${lang}`];
      const sources = found.get(name) ?? new Set();
      for (const source of one.sources) sources.add(source[`title_${lang}`]);
      found.set(name, sources);
    }
  }
  if (!found.size) return "";
  const parts = [...found].map(([name, sources]) => `${name} (${[...sources].join(COMMA)})`);
  return `${messages.pictureLicences}${COLON}${parts.join(lang === "zh" ? "；" : "; ")}`;
}
