// Packs the front end into lodeweb/static/dist: scripts and styles with hashed names, the countries, a manifest.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "esbuild";
import { compile } from "sass";

const out = "lodeweb/static/dist";
const NAMES = {
  "frontend/map/main.js": "map.js",
  "frontend/map/map.css": "map.css",
  "frontend/page.scss": "page.css",
  "frontend/scheme.js": "scheme.js",
  "frontend/docs.js": "docs.js",
  "frontend/docs.css": "docs.css",
  "frontend/charts.js": "charts.js",
  "frontend/record.css": "record.css",
  "frontend/desk.css": "desk.css",
  "frontend/desk.js": "desk.js",
  "frontend/imports.js": "imports.js",
  "frontend/job.js": "job.js",
  "frontend/long-form.js": "long-form.js",
  "frontend/refused.js": "refused.js",
  "frontend/layout.js": "layout.js",
  "frontend/corners.js": "corners.js",
  "frontend/layout-collections.js": "layout-collections.js",
  "frontend/layout.css": "layout.css",
  "frontend/lists.css": "lists.css",
  "frontend/snapshot.js": "snapshot.js",
  "frontend/snapshot.css": "snapshot.css",
};
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

/** Sass with the packages as its path; what Bootstrap has yet to modernise is no news here. */
const sass = {
  name: "sass",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.scss$/ }, ({ path }) => {
      const { css } = compile(path, { loadPaths: ["node_modules"], quietDeps: true, silenceDeprecations: ["import"] });
      return { contents: css, loader: "css" };
    }),
};

/** svgcanvas reads fonts by a style attribute, which the content security policy of the pages forbids; a property is allowed. */
const fontsByProperty = {
  name: "fonts-by-property",
  setup: ({ onLoad }) =>
    onLoad({ filter: /svgcanvas[\\/]dist[\\/]svgcanvas\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const changed = text.replace(`el.setAttribute("style", 'font:' + this.font)`, "el.style.font = this.font");
      if (changed === text) throw new Error("svgcanvas no longer sets fonts as build.mjs expects");
      return { contents: changed, loader: "js" };
    }),
};

const common = {
  bundle: true,
  minify: true,
  target: ["es2020"],
  outdir: out,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".png": "file", ".svg": "file" },
  metafile: true,
  legalComments: "linked",
  plugins: [sass, fontsByProperty],
};
const made = await Promise.all([
  build({
    ...common,
    entryPoints: { map: "frontend/map/main.js" },
    format: "esm",
    // what is needed only by someone who draws or converts coordinates comes when it is needed
    splitting: true,
    chunkNames: "[name]-[hash]",
  }),
  // apart from the map, so that what the two share does not become one more file for the map to wait for
  build({
    ...common,
    entryPoints: { layout: "frontend/layout.js" },
    format: "esm",
    splitting: true,
    chunkNames: "[name]-[hash]",
  }),
  build({
    ...common,
    entryPoints: { corners: "frontend/corners.js" },
    format: "esm",
    splitting: true,
    chunkNames: "[name]-[hash]",
  }),
  build({
    ...common,
    entryPoints: {
      style: "frontend/map/map.css",
      page: "frontend/page.scss",
      scheme: "frontend/scheme.js",
      docs: "frontend/docs.js",
      "docs-style": "frontend/docs.css",
      charts: "frontend/charts.js",
      record: "frontend/record.css",
      "desk-style": "frontend/desk.css",
      desk: "frontend/desk.js",
      imports: "frontend/imports.js",
      job: "frontend/job.js",
      "long-form": "frontend/long-form.js",
      refused: "frontend/refused.js",
      "layout-collections": "frontend/layout-collections.js",
      "layout-style": "frontend/layout.css",
      lists: "frontend/lists.css",
      snapshot: "frontend/snapshot.js",
      "snapshot-style": "frontend/snapshot.css",
    },
    format: "iife",
  }),
]);

const manifest = {};
for (const { metafile } of made) {
  for (const [file, about] of Object.entries(metafile.outputs)) {
    // a part that comes when it is needed is told by the script that needs it
    if (NAMES[about.entryPoint]) manifest[NAMES[about.entryPoint]] = basename(file);
  }
}

const mark = "frontend/mark.svg";
const marked = createHash("sha256").update(await readFile(mark)).digest("hex").slice(0, 8);
manifest["mark.svg"] = `mark-${marked}.svg`;
await copyFile(mark, `${out}/${manifest["mark.svg"]}`);

const countries = "node_modules/world-atlas/countries-50m.json";
const hash = createHash("sha256").update(await readFile(countries)).digest("hex").slice(0, 8);
manifest["countries-50m.json"] = `countries-50m-${hash}.json`;
await copyFile(countries, `${out}/${manifest["countries-50m.json"]}`);
// imports check positions against this file until boundaries have been imported, so it has a name that stays
await copyFile(countries, `${out}/countries-50m.json`);
// what the bundle is made of asks for its notices to go with it
const inputs = made.flatMap(({ metafile }) => Object.keys(metafile.inputs));
const named = inputs.map((file) => file.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
const packed = [...new Set([...named.filter(Boolean), "bootstrap", "world-atlas"])].sort();
const notices = await Promise.all(
  packed.map(async (name) => {
    const files = await readdir(`node_modules/${name}`);
    const licence = files.find((file) => /licen[cs]e/i.test(file));
    return `${name}\n\n${await readFile(`node_modules/${name}/${licence}`, "utf8")}`;
  }),
);
await writeFile(`${out}/licences.txt`, notices.join("\n\n"));
await writeFile(`${out}/manifest.json`, JSON.stringify(manifest, null, 1));
