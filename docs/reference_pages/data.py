"""The pages of sources, vocabularies, checks and mapping files."""

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

from lodedata import sources, starter, vocab
from lodedata.mapping import cell_spec, model, record_spec
from lodedata.mapping.column_usage import REASONS
from lodedata.messages import Message
from lodedata.problems import RULES, list_flag_titles
from lodedata.statistics import table_spec
from reference_pages.texts import ReferenceTexts, TextError, code, table

MODELS: Sequence[type[BaseModel]] = (
    model.Source,
    model.Licence,
    model.Fetch,
    model.TableSpec,
    model.UnpivotSpec,
    model.JoinSpec,
    record_spec.ZoneSpec,
    cell_spec.Cell,
    cell_spec.Amount,
    record_spec.PositionSpec,
    record_spec.Accuracy,
    record_spec.CommoditySpec,
    record_spec.StatusSpec,
    record_spec.EstimateSpec,
    model.CellCorrection,
    record_spec.MeasureSpec,
    record_spec.PhaseSpec,
    record_spec.OwnerSpec,
    table_spec.StatisticsSource,
    table_spec.ObservationTable,
    table_spec.ValueSpec,
    table_spec.Dimensions,
)
LABEL = "Chinese label"
TYPE_NAMES = {str: "text", int: "integer", float: "number", bool: "`true` or `false`"}


def sources_page(texts: ReferenceTexts) -> Iterator[str]:
    """Yield a list of the sources, then what is known of each."""
    listed = [(s, {} if _tables(s) else texts.require("sources", s.name)) for s in map(sources.load_source, sources.names())]
    yield from table(
        ("name", "title", LABEL, "licence", "rows", "record kinds"),
        (
            (
                f"[{s.name}](#{s.name})",
                s.title_en,
                s.title_zh,
                code(s.licence.id),
                _rows(s, own),
                own.get("becomes") or _kinds(s),
            )
            for s, own in listed
        ),
    )
    for source, own in listed:
        yield from _source(source, own)


def _tables(source: model.Source) -> Sequence[model.TableSpec | table_spec.ObservationTable]:
    return source.observations if isinstance(source, table_spec.StatisticsSource) else source.tables


def _rows(source: model.Source, own: Mapping[str, str]) -> str:
    counts = [spec.rows for spec in _tables(source) if spec.rows is not None]
    if source.name == sources.STARTER:
        files = starter.get_register_folder().glob("*.yml")
        counts = [len(yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)["records"]) for file in files]
    return f"{sum(counts):,}" if counts else own.get("rows", "")


def _kinds(source: model.Source) -> str:
    if isinstance(source, table_spec.StatisticsSource):
        return "observation"
    cells = [spec.kind for spec in source.tables]
    kinds = [kind for cell in cells for kind in ([cell.const] if cell.const is not None else (cell.map or {}).values())]
    return ", ".join(dict.fromkeys(map(str, kinds)))


def _source(source: model.Source, own: Mapping[str, str]) -> Iterator[str]:
    yield from (f"## {source.name}", "", f"**{source.title_en}** · **{source.title_zh}**", "")
    folder = f"geodata/lodedata/sources/{source.name.replace('-', '_')}"
    description = {
        "publisher": source.publisher,
        "licence": f"{source.licence.name} ({code(source.licence.id)})",
        "attribution": source.licence.attribution,
        "citation": source.citation,
        "version": source.version,
        "as of": source.as_of,
        "homepage": source.homepage,
        "download": ", ".join(f.url for f in source.fetch) or own.get("fetched", _origin(source)),
        "mapping": f"[source.yml](../../{folder}/source.yml)",
    }
    yield from table(("", ""), ((name, value) for name, value in description.items() if value))
    if source.note_en:
        yield from (source.note_en, "")
    rows = (
        (
            code(t.file),
            code(t.part) if t.part else "",
            code(t.key) if isinstance(t, model.TableSpec) else "",
            f"{t.rows:,}" if t.rows else "",
        )
        for t in _tables(source)
    )
    yield from table(("file", "sheet or layer", "key", "rows"), rows)


def _origin(source: model.Source) -> str:
    return "none; get the files manually" if sources.find_shipped_folder(source.name) is None else "ships with Lode"


def vocabularies_page(texts: ReferenceTexts) -> Iterator[str]:
    """Yield a row for each vocabulary and table of figures, then the origin of each."""
    origins = vocab.list_sources()
    rows = []
    for name, origin in origins.items():
        terms = vocab.load_vocabulary_rows(name)
        without = sum(1 for row in terms if not row.get("uri"))
        local = without if "uri" in terms[0] and (origin["local"] or without < len(terms)) else ""
        rows.append((f"[{name}](#{name})", origin["title_en"], origin["title_zh"], len(terms), local, code(origin["licence"])))
    yield from table(("name", "title", LABEL, "terms", "local", "licence"), rows)
    for name, origin in origins.items():
        yield from (f"## {name}", "", f"{origin['title_en']}. {origin['publisher']}. {origin['citation']}.", "")
        for key, lead in (("retrieved_from", "Retrieved from"), ("note", "Note")):
            if origin.get(key):
                yield from (f"{lead}: {origin[key]}.", "")


def checks_page(texts: ReferenceTexts) -> Iterator[str]:
    """Yield the rules that refuse, those of rows out of scope, then those that flag."""
    refusing = [(name, rule) for name, rule in RULES.items() if rule.weight == "refuse"]
    yield from (f"## Rules that refuse ({len(refusing)})", "")
    yield from table(("rule", "message"), ((code(name), _message(rule.sentence)) for name, rule in refusing))
    excluding = [(name, rule) for name, rule in RULES.items() if rule.weight == "scope"]
    yield from (f"## Reasons of rows out of scope ({len(excluding)})", "")
    yield from table(("rule", "message"), ((code(name), _message(rule.sentence)) for name, rule in excluding))
    yield from (f"## Rules that flag ({len(list_flag_titles())})", "")
    rows = (
        (code(name), str(title), title.in_language("zh"), _message(RULES[name].sentence))
        for name, title in list_flag_titles().items()
    )
    yield from table(("rule", "title", LABEL, "message"), rows)


def _message(sentence: Message) -> str:
    return re.sub(r"%\((\w+)\)[rs]", r"{\1}", sentence.template).replace("%%", "%")


def mapping_page(texts: ReferenceTexts) -> Iterator[str]:
    """Yield a table of keys for each part of a mapping."""
    for part in MODELS:
        yield from (f"## {_part_name(part)}", "", texts.require("models", part.__name__), "")
        yield from table(("key", "value", "default", "meaning"), _keys(part, texts))
    yield from ("## Cells that are not used", "", texts.require("models", "ColumnUsage").strip(), "")
    yield from table(("reason", "meaning"), ((code(name), str(sentence)) for name, sentence in REASONS.items()))


def _keys(part: type[BaseModel], texts: ReferenceTexts) -> Iterator[Sequence[object]]:
    inherited = {name for base in part.__mro__[1:] if issubclass(base, BaseModel) for name in base.model_fields}
    for name, field in part.model_fields.items():
        if name in inherited:
            continue
        text = texts.get("mapping", f"{part.__name__}.{name}")
        if (text is None) == (field.description is None):
            raise TextError(f"{part.__name__}.{name} needs one description: in its model or in the texts")
        yield code(name), _kind(field.annotation), _default_key(field), field.description or text


def _default_key(field: Any) -> str:
    if field.is_required():
        return "**required**"
    default = field.default
    if default is None or default in ((), {}):
        return ""
    if isinstance(default, tuple):
        return " ".join(code(value or '""') for value in default)
    return code(str(default).lower() if isinstance(default, bool) else default)


def _part_name(part: type[BaseModel]) -> str:
    return part.__name__.removesuffix("Spec").casefold()


def _kind(annotation: Any) -> str:
    """Return a description of the type of a key."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(args[0])
    if origin is Literal:
        return " or ".join(map(code, args))
    if origin is tuple:
        return f"list of {_kind(args[0])}"
    if origin is dict:
        return f"map of text to {_kind(args[1])}"
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_kind(arg) for arg in args if arg is not type(None)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{_part_name(annotation)}](#{_part_name(annotation)})"
    return TYPE_NAMES[annotation]
