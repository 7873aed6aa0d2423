// The phases of a project on a time line, one in each row, with the status at its date.

import { dot, link, ruleX, text } from "@observablehq/plot";
import { picture } from "./picture.js";
import { short, span } from "./quantities.js";

const SYMBOLS = { operating: "circle", pipeline: "triangle", shadow: "circle", idle: "diamond", none: "times" };

/**
 * @param {any} context
 * @returns {SVGSVGElement | null}
 */
export function draw({ spec, palette, width, settings }) {
  const rows = spec.phases.map((one, n) => placed(one, n, settings));
  const dates = rows
    .flatMap((one) => [one.from, one.to, one.at])
    .filter(Boolean)
    .map(Number);
  if (!dates.length) return null;
  const least = Math.min(...dates);
  const greatest = Math.max(...dates);
  const margin = Math.max((greatest - least) * 0.12, 366 * 86_400_000);
  return picture(
    {
      width,
      height: 44 + rows.length * 46,
      marginLeft: 14,
      marginRight: 14,
      x: {
        type: "utc",
        domain: [new Date(least - margin), new Date(greatest + margin)],
        label: null,
        ticks: width < 500 ? 4 : 8,
        tickFormat: (date) => ticked(date, greatest - least),
      },
      y: { type: "band", domain: rows.map((one) => one.row), axis: null },
      symbol: { type: "identity" },
      marks: [
        ruleX(
          [new Date()].filter((now) => Number(now) < greatest + margin),
          { stroke: palette.line },
        ),
        text(rows, { y: "row", text: (one) => short(one.label, Math.floor(width / 7.5)), frameAnchor: "left", dy: -13, fill: palette.ink, fontWeight: 600 }),
        link(
          rows.filter((one) => one.from && one.to),
          { y: "row", x1: "from", x2: "to", dy: 6, stroke: palette.resource, strokeWidth: 6 },
        ),
        dot(
          rows.filter((one) => one.from && !one.to),
          { y: "row", x: "from", dy: 6, symbol: "triangle", r: 4, fill: palette.resource },
        ),
        dot(
          rows.filter((one) => one.at),
          {
            y: "row",
            x: "at",
            dy: 6,
            symbol: (one) => SYMBOLS[one.counts] ?? "circle",
            r: 5,
            fill: (one) => (one.counts === "operating" ? palette.resource : palette.paper),
            stroke: (one) => (one.counts === "none" || one.counts === "idle" ? palette.accent : palette.resource),
            strokeWidth: 2,
          },
        ),
        ...[false, true].map((left) =>
          text(
            rows.filter((one) => one.at && late(one, least, greatest, margin) === left),
            {
              y: "row",
              x: "at",
              dy: 6,
              dx: left ? -10 : 10,
              textAnchor: left ? "end" : "start",
              text: (one) => `${one.statusTitle} ${one.status_date}`,
              fill: palette.ink,
              stroke: palette.paper,
              strokeWidth: 3,
            },
          ),
        ),
      ],
    },
    palette,
    spec.title,
  );
}

export function legend() {
  return [];
}

/** @param {any} context */
export function table({ spec, settings }) {
  const { texts, statuses } = settings;
  return {
    head: [texts.phase, texts.product, texts.capacity, texts.status, texts.statusDate, texts.start, texts.end],
    rows: spec.phases.map((one) => [
      one.name,
      one.product ?? "",
      one.capacity ?? "",
      statuses[one.status]?.title ?? one.status ?? texts.none,
      one.status_date ?? "",
      one.start ?? "",
      one.end ?? "",
    ]),
  };
}

function placed(one, row, settings) {
  const status = settings.statuses[one.status];
  return {
    ...one,
    row,
    label: [one.name, one.product, one.capacity].filter(Boolean).join(" · "),
    statusTitle: status?.title ?? one.status ?? settings.texts.none,
    counts: status?.counts,
    from: one.start && span(one.start)[0],
    to: one.end && span(one.end)[1],
    at: one.status_date && span(one.status_date)[0],
  };
}

function late(one, least, greatest, margin) {
  return (Number(one.at) - least + margin) / (greatest - least + 2 * margin) > 0.6;
}

function ticked(date, length) {
  const year = String(date.getUTCFullYear());
  return length > 3 * 366 * 86_400_000 || date.getUTCMonth() === 0 ? year : `${year}-${String(date.getUTCMonth() + 1).padStart(2, "0")}`;
}
