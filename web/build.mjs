// Packs the front end into lodeweb/static/dist: scripts and styles with hashed names, the countries, a manifest.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "esbuild";

const out = "lodeweb/static/dist";
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const result = await build({
  entryPoints: {
    map: "frontend/map.js",
    style: "frontend/map.css",
    page: "frontend/page.css",
    docs: "frontend/docs.js",
    "docs-style": "frontend/docs.css",
    charts: "frontend/charts.js",
    record: "frontend/record.css",
  },
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020"],
  outdir: out,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".png": "file", ".svg": "file" },
  metafile: true,
  legalComments: "linked",
});

const manifest = {};
for (const [file, about] of Object.entries(result.metafile.outputs)) {
  if (about.entryPoint) manifest[basename(about.entryPoint)] = basename(file);
}

const countries = "node_modules/world-atlas/countries-50m.json";
const hash = createHash("sha256").update(await readFile(countries)).digest("hex").slice(0, 8);
manifest["countries-50m.json"] = `countries-50m-${hash}.json`;
await copyFile(countries, `${out}/${manifest["countries-50m.json"]}`);
// imports check positions against this file until boundaries have been imported, so it has a name that stays
await copyFile(countries, `${out}/countries-50m.json`);
// what the bundle is made of asks for its notices to go with it
const inputs = Object.keys(result.metafile.inputs).map((file) => file.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
const packed = [...new Set([...inputs.filter(Boolean), "world-atlas"])].sort();
const notices = await Promise.all(
  packed.map(async (name) => {
    const files = await readdir(`node_modules/${name}`);
    const licence = files.find((file) => /licen[cs]e/i.test(file));
    return `${name}\n\n${await readFile(`node_modules/${name}/${licence}`, "utf8")}`;
  }),
);
await writeFile(`${out}/licences.txt`, notices.join("\n\n"));
await writeFile(`${out}/manifest.json`, JSON.stringify(manifest, null, 1));
