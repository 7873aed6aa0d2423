"""Frictionless Data Packages: the data with its description, citation and a readme in both languages, in one archive."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from lodedata.messages import Message, list_languages, msg, put_in_each_language
from lodedata.write import archive, csv_
from lodedata.write.content import SEPARATOR, Column, FileContent, Origin, Rows, Table
from lodedata.write.formats import FORMATS, load_format_writer

PARTS = ".parts"
TYPES = {"array": "string"}
MAX_ENUMERATED_TERMS = 1_000
README = (
    Message("# %(title)s"),
    Message("%(citation)s"),
    msg("%(rows)s records. Filter: `%(filter)s`. URL of the same file: %(address)s"),
    msg(
        "`datapackage.json` describes every file and column (Frictionless Data Package): titles in English and Chinese, units, "
        'codes, and references between tables. In CSV "; " separates the parts of a list, and a text that a spreadsheet would '
        "read as a formula has an apostrophe before it."
    ),
    msg("Each record names its sources; `sources.csv` has their licences and required attributions:"),
    Message("%(licences)s"),
    msg("Cite the data as in `CITATION.cff`, and its sources as they require."),
)
"""The paragraphs of the readme."""
CITE = msg("Cite the data as below and its sources as required.")


def write(content: FileContent, rows: Rows, path: Path, form: str) -> None:
    """Write the archive: the records in a format, and the other tables as CSV."""
    folder = path.with_suffix(PARTS)
    folder.mkdir()
    counts: dict[str, int] = {}

    def counted(table: Table) -> Iterator[pa.RecordBatch]:
        counts[table.name] = 0
        for batch in rows(table):
            counts[table.name] += batch.num_rows
            yield batch

    main = folder / f"{content.name}{FORMATS[form].suffix}"
    if form == "csv":
        csv_.write_table(content, counted, main, content.table, None)
    else:
        load_format_writer(form)(content, counted, main)
    for table in content.tables[1:]:
        csv_.write_table(content, counted, folder / f"{table.name}.csv", table, None)
    origins = [origin for origin in content.origins if origin.name in _read_source_names(folder / "sources.csv")]
    parts = [main, *(folder / f"{table.name}.csv" for table in content.tables[1:])]
    _describe(content, form, folder, parts, counts, origins)
    named = [folder / name for name in ("datapackage.json", "README.md", "CITATION.cff")]
    archive.pack(path, {part.name: part for part in (*named, *parts)}, content.moment)


def _read_source_names(sources: Path) -> set[str]:
    with sources.open(encoding="utf-8-sig", newline="") as stream:
        return {line.split(",", 1)[0].strip('"') for line in stream} - {"name"}


def _describe(
    content: FileContent, form: str, folder: Path, parts: list[Path], counts: Mapping[str, int], origins: list[Origin]
) -> None:
    described = _describe_package(content, form, parts, counts, origins)
    (folder / "datapackage.json").write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")
    cited = yaml.dump(_build_cff(content, origins), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=1000)
    (folder / "CITATION.cff").write_text(cited, encoding="utf-8")
    readme = "\n".join(_write_readme(content, counts[content.table.name], origins, language) for language in list_languages())
    (folder / "README.md").write_text(readme, encoding="utf-8")


def _write_readme(content: FileContent, rows: int, origins: list[Origin], language: str) -> str:
    readme_values = {
        "title": content.caption,
        "citation": content.citation,
        "rows": f"{rows:,}",
        "filter": content.filter or msg("all"),
        "address": content.address,
        "licences": "\n".join(
            f"- {origin.title.in_language(language)}: {origin.licence_name} ({origin.licence}). {origin.citation}"
            for origin in origins
        ),
    }
    return "\n\n".join(paragraph.filled(**readme_values).in_language(language) for paragraph in README) + "\n"


def _describe_package(
    content: FileContent, form: str, parts: list[Path], counts: Mapping[str, int], origins: list[Origin]
) -> dict[str, Any]:
    tables = dict(zip((part.name for part in parts), content.tables, strict=True))
    tabular = {table.name for n, table in enumerate(content.tables) if n or form == "csv"}
    return {
        "profile": "data-package",
        "name": f"lode-{content.name}",
        "title": content.title,
        "description": content.citation,
        "version": str(content.version),
        "created": f"{content.moment:%Y-%m-%dT%H:%M:%SZ}",
        "homepage": content.address,
        "licenses": _list_licences(origins),
        "sources": [_describe_source(origin) for origin in origins],
        "contributors": [{"title": "Lode", "role": "publisher"}],
        "resources": [_describe_resource(content, part, tables[part.name], form, tabular, counts) for part in parts],
    }


def _list_licences(origins: list[Origin]) -> list[dict[str, str]]:
    licence_by_id = {origin.licence: {"name": origin.licence, "title": origin.licence_name} for origin in origins}
    for origin in origins:
        if origin.licence_url:
            licence_by_id[origin.licence]["path"] = origin.licence_url
    return list(licence_by_id.values())


def _describe_source(origin: Origin) -> dict[str, str]:
    source = {"title": origin.title_en, "title_zh": origin.title_zh, "version": origin.version, "citation": origin.citation}
    source |= {"licence": origin.licence} | ({"attribution": origin.attribution} if origin.attribution else {})
    return source | ({"path": origin.homepage} if origin.homepage else {})


def _describe_resource(
    content: FileContent, part: Path, table: Table, form: str, tabular: set[str], counts: Mapping[str, int]
) -> dict[str, Any]:
    digest = hashlib.sha256()
    with part.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    description: dict[str, Any] = {
        "name": table.name,
        "title": table.title(content.lang),
        "path": part.name,
        "bytes": part.stat().st_size,
        "hash": f"sha256:{digest.hexdigest()}",
    }
    if table.name not in tabular:
        file_format = FORMATS[form]
        fields = [_describe_field(content, column, False) for column in table.columns]
        more = {"x-rows": counts[table.name], "x-fields": fields}
        return description | {"format": "geojsonseq" if form == "ndjson" else form, "mediatype": file_format.media_type} | more
    return description | {
        "rows": counts[table.name],
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": {"lineTerminator": "\r\n"},
        "schema": _describe_schema(content, table, tabular),
    }


def _describe_schema(content: FileContent, table: Table, tabular: set[str]) -> dict[str, Any]:
    fields = [_describe_field(content, column, column.name in table.key) for column in table.columns]
    for name, edge in zip(csv_.write_csv_header(content, table, None)[len(table.columns) :], (180, 90), strict=False):
        where: dict[str, Any] = {"name": name, "type": "string" if name == "wkt" else "number"}
        if name in csv_.DEGREES:
            where |= {"unit": "deg", "constraints": {"minimum": -edge, "maximum": edge}}
        fields.append(where)
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    references = [
        {"fields": [reference.column], "reference": {"resource": reference.table, "fields": [reference.target]}}
        for reference in table.references
        if reference.table in tabular
    ]
    return schema | ({"foreignKeys": references} if references else {})


def _describe_field(content: FileContent, column: Column, key: bool) -> dict[str, Any]:
    description: dict[str, Any] = {
        "name": column.name,
        "type": TYPES.get(column.type, column.type),
        "title": column.title(content.lang),
        **put_in_each_language("title", column.caption),
    }
    if column.unit is not None:
        description["unit"] = column.unit
    if column.type == "array":
        description["separator"] = SEPARATOR
    constraints: dict[str, Any] = {"required": True} if key else {}
    if column.vocabulary is not None:
        labels = content.labels_of(column)
        description["vocabulary"] = column.vocabulary
        if column.type == "string" and len(labels) <= MAX_ENUMERATED_TERMS:
            constraints["enum"] = list(dict.fromkeys(labels if content.lang is None else labels.values()))
    return description | ({"constraints": constraints} if constraints else {})


def _build_cff(content: FileContent, origins: list[Origin]) -> dict[str, Any]:
    """Citation File Format 1.2.0."""
    return {
        "cff-version": "1.2.0",
        "message": " ".join(CITE.in_language(language) for language in list_languages()),
        "type": "dataset",
        "title": content.title,
        "version": str(content.version),
        "date-released": f"{content.moment:%Y-%m-%d}",
        "authors": [{"name": "Lode"}],
        "url": content.address,
        "references": [
            {
                "type": "data",
                "title": origin.title_en,
                "version": origin.version,
                "authors": [{"name": origin.publisher}],
                "notes": f"{origin.citation} ({origin.licence})",
            }
            | ({"url": origin.homepage} if origin.homepage else {})
            for origin in origins
        ],
    }
