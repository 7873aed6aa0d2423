"""Suggestion of a commented mapping for a user's own table by the names, contents and units of its columns.

What can't be determined is the placeholder ``"?"``; a mapping that still has one is refused when it is used.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path

import shapely

from lodedata.mapping.model import DEFAULT_NULLS, PLACEHOLDER
from lodedata.mapping.suggestion.assignment import ColumnAssignment, assign_chosen, assign_columns
from lodedata.mapping.suggestion.column_names import KIND, mentions_field
from lodedata.mapping.suggestion.columns import SampledColumn, name_tokens, sample_column, sample_tables
from lodedata.mapping.suggestion.content import find_divided_country, is_division
from lodedata.mapping.suggestion.draft import (
    MAX_SAMPLE_LENGTH,
    Draft,
    find_separators_in,
    format_column_samples,
    list_unknown_terms,
    quote_yaml,
)
from lodedata.mapping.suggestion.drilling import drill_lines
from lodedata.mapping.suggestion.estimates import write_deposit_lines
from lodedata.mapping.suggestion.field_titles import FIGURE
from lodedata.mapping.suggestion.figures import recognise_figure
from lodedata.mapping.suggestion.header import derive_source_name, write_header_lines
from lodedata.mapping.suggestion.keys import write_row_key_lines
from lodedata.mapping.suggestion.observations import write_observation_lines
from lodedata.mapping.suggestion.positions import write_position_lines
from lodedata.mapping.suggestion.projects import write_derived_commodities, write_project_lines
from lodedata.mapping.suggestion.reasons import give_reasons
from lodedata.mapping.suggestion.rights import (
    POSSIBLE,
    SURE,
    compute_right_weight,
    keep_for_rights,
    map_right_fields,
    write_right_lines,
)
from lodedata.mapping.suggestion.sales import is_of_sales, write_sale_lines
from lodedata.mapping.suggestion.shape import fill_down, fill_down_columns, fill_down_lines, join_lines
from lodedata.mapping.templates import write_template_mapping
from lodedata.messages import Message
from lodedata.read import Hints, InputTable, open_tables
from lodedata.read.sniff import detect_format, fill_best_encoding
from lodedata.read.table import DetectedFormat
from lodedata.vocab import load_vocabulary

_YEAR = re.compile(r"(?<![0-9])(19|20)[0-9]{2}(?![0-9])")
_SUMMARY = re.compile(
    r"(?i)\b(summary|pivot|totals?|stat(s|istics)?|charts?|lookup|resumen|resumo|résumé|tabla dinámica)\b"
    r"|汇总|统计|透视|图表|свод|итог"
)
"""Titles of sheets that are made of others."""
MIN_COUNTRY = 4
"""Characters from which a part of a file's name may be a country's; shorter ones are as often codes of other things."""
Sampled = tuple[InputTable, list[SampledColumn], list[bytes]]
_LOCATIONS = frozenset({"所在地", "所在地区", "地区", "location", "местоположение", "ubicacion", "localizacao"})
RIGHTS = ("mining_right", "right_sale")
"""Kinds of records of rights, whose minerals may be unknown."""
_MIN_SERIES = 3
"""The number of columns that differ in the year only from which they are a series."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose for a table: the field of each column by its name, and the kind of its records."""

    fields: Mapping[str, str] = dataclass_field(default_factory=dict)
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class SuggestedColumn:
    """A column with its unit, up to three of its values, its field if it has one, and why it has it."""

    name: str
    unit: str | None
    examples: tuple[str, ...]
    field: str | None
    reasons: tuple[Message, ...]
    is_figure: bool
    """Whether its heading names a metal, so that it may be its grade or amount."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggested mapping as text, with its columns and the kind of its records; a table of statistics has no columns."""

    text: str
    columns: tuple[SuggestedColumn, ...] = ()
    kind: str | None = None


def write_mapping_suggestion(path: Path, hints: Hints | None = None) -> str:
    """Return the text of a mapping for the table of a file in which most fields are recognised. Raises FileRefused."""
    return suggest(path, hints).text


def suggest(path: Path, hints: Hints | None = None, choices: Choices | None = None) -> Suggested:
    """Return a mapping for the table of a file in which most fields are recognised, or with chosen fields.

    Raises FileRefused.
    """
    tables = open_tables(path, fill_best_encoding(path, hints or Hints()))
    if (text := write_template_mapping(tables, derive_source_name(path))) is not None:
        return Suggested(text)
    sampled = sample_tables(tables)
    chosen = choices is not None and bool(choices.fields)
    drilled = None if chosen else drill_lines(path.name, sampled, [_write_text_lines(path, hints or Hints()) for _ in sampled])
    if drilled is not None:
        return Suggested("\n".join([*write_header_lines(path), "", *drilled]) + "\n")
    candidates = [(*sample, assign_columns(sample[1])) for sample in sampled]
    derived = [_is_derived(sample, sampled) for sample in sampled]
    at = max(range(len(candidates)), key=lambda at: (not derived[at], candidates[at][3].worth))
    table, columns, shapes, assigned = candidates[at]
    if not shapes and (observed := write_observation_lines(path, table.part, columns)) is not None:
        return Suggested("\n".join([*write_header_lines(path), "", *observed]) + "\n")
    if choices is not None and choices.fields:
        assigned = assign_chosen(columns, choices.fields)
    grouped = fill_down_columns(assigned)
    if grouped:
        fill_down(grouped)
        assigned = assign_chosen(columns, choices.fields) if choices is not None and choices.fields else assign_columns(columns)
    chosen_kind = choices.kind if choices is not None else None
    title = f"{table.part} {path.stem}"
    kind = chosen_kind or _infer_kind(assigned, columns, title, shapes)
    draft = Draft(assigned, columns, _find_named_commodity(table.part or path.stem), _find_named_country(path.stem, table.part))
    lines = [
        *write_header_lines(path),
        "",
        "tables:",
        *_write_others_lines(table, tables),
        *_write_table_lines(path, table, columns, hints or Hints()),
        *fill_down_lines(grouped),
        *join_lines(columns, [sample[:2] for sample in sampled if sample[0] is not table]),
    ]
    if kind in RIGHTS:
        keep_for_rights(draft)
    lines += write_row_key_lines(draft)
    lines += _write_kind_lines(kind, compute_right_weight(columns, title) >= POSSIBLE)
    lines += _name_lines(draft)
    lines += write_position_lines(draft, table, shapes) if kind != "right_sale" else []
    lines += _place_lines(draft, kind)
    if kind not in RIGHTS or "commodities" in assigned.by_field or draft.commodity is not None:
        lines += _write_commodity_lines(draft)
    lines += _write_own_lines(draft, kind, title)
    text = "\n".join([*lines, *_write_ignored_lines(draft, kind)]) + "\n"
    of_right = map_right_fields(draft) if kind == "mining_right" else {}
    return Suggested(text, tuple(_list_suggested_columns(assigned, columns, of_right)), kind)


def _write_own_lines(draft: Draft, kind: str | None, title: str) -> list[str]:
    """Return the lines of the fields that only records of a kind have."""
    if kind == "mining_right":
        return write_right_lines(draft, title)
    if kind == "right_sale":
        return write_sale_lines(draft, title)
    return write_project_lines(draft) if kind == "project" else write_deposit_lines(draft, kind)


def _list_suggested_columns(
    assigned: ColumnAssignment, columns: list[SampledColumn], of_right: dict[str, str]
) -> Iterator[SuggestedColumn]:
    fields = {column.name: name for name in assigned.by_field for column in assigned.all_of(name)}
    fields |= {figure.column.name: FIGURE for figure in assigned.figures} | of_right
    for column in columns:
        field = fields.get(column.name)
        examples = tuple(value[:MAX_SAMPLE_LENGTH] for value in column.distinct[:3])
        why = give_reasons(column, field) if field is not None else ()
        yield SuggestedColumn(column.name, column.unit, examples, field, why, recognise_figure(column) is not None)


def _is_derived(sample: Sampled, all_sampled: list[Sampled]) -> bool:
    """Return whether a table is made of another one: a summary by its title, or some rows and columns of a longer table."""
    table, columns, _ = sample
    if _SUMMARY.search(table.part) and len(all_sampled) > 1:
        return True
    rows = set(zip(*(column.cells for column in columns), strict=True))
    for other, further, _ in all_sampled:
        by_name = {column.name: column for column in further}
        if other is table or not all(column.name in by_name for column in columns) or len(further[0].cells) <= len(rows):
            continue
        if rows <= set(zip(*(by_name[column.name].cells for column in columns), strict=True)):
            return True
    return False


def _write_others_lines(table: InputTable, tables: list[InputTable]) -> list[str]:
    others = ", ".join(quote_yaml(t.part)[1:-1] for t in tables if t is not table)
    return [f"  # other tables of the file, not read: {others}"] if others else []


def _write_table_lines(path: Path, table: InputTable, columns: list[SampledColumn], hints: Hints) -> list[str]:
    lines = [f"  - file: {quote_yaml(path.name)}"]
    if table.part:
        lines.append(f"    part: {quote_yaml(table.part)}")
    lines += _write_text_lines(path, hints)
    further = sorted(set().union(*(c.nulls for c in columns)) - set(DEFAULT_NULLS))
    if further:
        nulls = ", ".join(quote_yaml(n) for n in (*DEFAULT_NULLS, *further))
        lines.append(f"    nulls: [{nulls}]          # {', '.join(map(quote_yaml, further))} in the table mean no data")
    return lines


def _write_text_lines(path: Path, hints: Hints) -> list[str]:
    """Return how the text of a table is read: its encoding, delimiter and header."""
    detected_format = detect_format(path)
    lines = []
    if detected_format.kind == "csv":
        lines += [*_write_encoding_lines(detected_format, hints), f"    delimiter: {quote_yaml(detected_format.delimiter)}"]
    header_row = hints.header_row or (detected_format.header_row if detected_format.kind == "csv" else None)
    lines += [f"    header_row: {header_row}"] if header_row else []
    lines += [f"    header_lines: {hints.header_lines}"] if hints.header_lines else []
    return lines


def _write_encoding_lines(detected_format: DetectedFormat, hints: Hints) -> list[str]:
    """Return the encoding of a text, or the readings between which the bytes don't decide and a placeholder."""
    if hints.encoding:
        return [f"    encoding: {hints.encoding}"]
    if detected_format.choice is None:
        return [f"    encoding: {detected_format.encoding}          # detected from the bytes"]
    readings = [
        f"    #   {reading.encoding}: {', '.join(map(quote_yaml, reading.cells))}" for reading in detected_format.choice.open
    ]
    return [
        "    # the bytes do not decide the encoding; the same cells are in each:",
        *readings,
        f'    encoding: "{PLACEHOLDER}"          # the one that reads right, or another',
    ]


def _infer_kind(assigned: ColumnAssignment, columns: list[SampledColumn], title: str, shapes: list[bytes]) -> str | None:
    """Return the kind of record that a table's columns imply, None if they imply none or two."""
    if is_of_sales(columns, title):
        return "right_sale"
    weight = compute_right_weight(columns, title) + any(_is_polygon(shape) for shape in shapes[:1])
    if weight >= SURE and not assigned.by_field.keys() & {"capacity", "ore", "category"}:
        return "mining_right"
    # outlines may be rights, and points of rights may be deposits
    return None if weight >= POSSIBLE and (shapes or assigned.kind is None) else assigned.kind or _find_titled_kind(title)


def _find_titled_kind(title: str) -> str | None:
    """Return the only kind whose objects a title names, such as smelters, None if it names none or two."""
    named = sample_column(title, [])
    kinds = [kind for kind in ("deposit", "project") if mentions_field(named, KIND + kind)]
    return kinds[0] if len(kinds) == 1 else None


def _is_polygon(wkb: bytes) -> bool:
    return shapely.get_type_id(shapely.from_wkb(wkb, on_invalid="ignore")) in (3, 6)


def _write_kind_lines(kind: str | None, may_be_right: bool) -> list[str]:
    of_rights = may_be_right or kind in RIGHTS
    kinds = "deposit, discovery, project, mining_right or right_sale" if of_rights else "deposit, discovery or project"
    if kind is None:
        return [f"    # {kinds}?", f'    kind: {{const: "{PLACEHOLDER}"}}']
    return [f"    kind: {{const: {kind}}}          # {kinds}"]


def _name_lines(draft: Draft) -> list[str]:
    lines = [*draft.plain_line("name_en"), *draft.plain_line("name_zh")]
    if not lines:
        lines = ["    # no column looks like a name; write one as name_en or name_zh"]
    lines += draft.others("name")
    aliases = draft.take_all("aliases")
    if aliases:
        entries = ", ".join(f'{{column: {quote_yaml(column.name)}, split: ";,，、"}}' for column in aliases)
        lines += [f"    aliases: [{entries}]", *draft.others("aliases")]
    return lines


def _place_lines(draft: Draft, kind: str | None) -> list[str]:
    country, division = draft.take("country"), draft.take("division")
    location = None
    if division is not None and kind in RIGHTS and _is_location(division):
        division, location = None, division
    if country is not None:
        lines = [
            f"    country: {quote_yaml(country.name)}",
            *draft.others("country"),
            *list_unknown_terms([country], "country"),
        ]
    elif division is not None and _share_known_in(division, "CHN") > 0.5:
        lines = ["    country: {const: CHN}          # the divisions are Chinese"]
    elif draft.country is not None:
        lines = [f"    country: {{const: {draft.country}}}          # as the name of the table says", *draft.others("country")]
    elif division is not None and (divided := find_divided_country(division)) is not None:
        lines = [f"    country: {{const: {divided}}}          # the only country with these divisions"]
    else:
        lines = [
            f'    country: {{const: "{PLACEHOLDER}"}}          # no column names a country; one code for all rows, such as CHN',
            *draft.others("country"),
        ]
    if division is not None:
        lines += [f"    division: {quote_yaml(division.name)}", *draft.others("division")]
    if location is not None:
        lines += [f"    location: {quote_yaml(location.name)}", *draft.others("division")]
    for name in ("information_date", "note_en", "note_zh"):
        lines += draft.plain_line(name)
    return lines


def _is_location(column: SampledColumn) -> bool:
    """Return whether a column that is named for a place, such as 所在地区, has places that are no first-level divisions."""
    return column.plain in _LOCATIONS and not any(map(is_division, column.distinct))


def _share_known_in(column: SampledColumn, country: str) -> float:
    terms = load_vocabulary("division")
    return sum(terms.find(value, country) is not None for value in column.distinct) / max(len(column.distinct), 1)


def _find_named_country(*names: str) -> str | None:
    """Return the only country that names of a file and its part state by one to three of their parts, None for none or several.

    A name that is also that of a division of another country, such as Georgia, states none.
    """
    countries: set[str] = set()
    for name in names:
        tokens = name_tokens(name)
        for count in (1, 2, 3):
            for start in range(len(tokens) - count + 1):
                text = " ".join(tokens[start : start + count])
                term = load_vocabulary("country").find(text) if len(text) >= MIN_COUNTRY or not text.isascii() else None
                if term is not None and not is_division(text):
                    countries.add(term.code)
    return countries.pop() if len(countries) == 1 else None


def _find_named_commodity(name: str) -> str | None:
    """Return the only commodity that a part of a table's name is the term of, None for none or several."""
    terms = (
        load_vocabulary("commodity").find(part) for part in (name, *name_tokens(name)) if len(part) > 2 or not part.isascii()
    )
    codes = {term.code for term in terms if term is not None}
    return codes.pop() if len(codes) == 1 else None


def _write_commodity_lines(draft: Draft) -> list[str]:
    columns = draft.take_all("commodities")
    if not columns:
        if derived := write_derived_commodities(draft):
            return derived
        if draft.commodity is not None:
            line = f"    commodities: [{{const: {draft.commodity}}}]          # as the name of the table says"
            return [line, *draft.others("commodities")]
        metals = list(dict.fromkeys(figure.metal for figure in draft.assigned.figures if figure.metal))
        if len(metals) == 1:
            line = f"    commodities: [{{const: {metals[0]}}}]          # the only one that columns of figures name"
            return [line, *draft.others("commodities")]
        hint = f"; the columns mention {', '.join(metals)}" if metals else ""
        return [
            f"    # no column names the commodity; one for all rows, such as copper{hint}",
            f'    commodities: [{{const: "{PLACEHOLDER}"}}]',
            *draft.others("commodities"),
        ]
    separators = find_separators_in(columns, ";,、，/+-\n", "commodity")
    split = f", split: {quote_yaml(separators)}" if separators else ""
    lines = ["    commodities:", *(f"      - {{column: {quote_yaml(column.name)}{split}}}" for column in columns)]
    lines += draft.others("commodities", "      ")
    for column in draft.take_all("by_products"):
        lines.append(f'      - {{column: {quote_yaml(column.name)}, split: ";,、，/", rank: by-product}}')
    return lines + list_unknown_terms(columns, "commodity", separators)


def _write_ignored_lines(draft: Draft, kind: str | None) -> list[str]:
    """Return the columns that the mapping does not use, each with the field that it resembles."""
    columns = [column for column in draft.columns if column.name not in draft.used]
    if not columns:
        return []
    lines = _write_series_lines(draft.columns, {column.name for column in columns})
    lines += [
        "    # columns without a field are closed: they are stored, but only experts see them at the desk. A column that",
        "    # everybody may read in the rows, and that names no person, can be listed here:",
        "    public_columns: []",
        "    ignored:",
    ]
    for column in columns:
        comment = _describe_resemblance(draft.assigned, column, kind)
        lines.append(f'      {quote_yaml(column.name)}: "not mapped"' + (f"          # {comment}" if comment else ""))
    return lines


def _write_series_lines(columns: list[SampledColumn], left: set[str]) -> list[str]:
    """Return how columns of years, of which some are left, can become rows."""
    series: dict[str, list[str]] = defaultdict(list)
    for column in columns:
        if column.numeric and (match := _YEAR.search(column.name)):
            series[
                f"{re.escape(column.name[: match.start()])}(?P<year>[0-9]{{4}}){re.escape(column.name[match.end() :])}"
            ].append(column.name)
    return [
        f"    # a series, {quote_yaml(names[0])} to {quote_yaml(names[-1])}: "
        f"unpivot: {{pattern: {quote_yaml(pattern)}, value: value}}"
        for pattern, names in series.items()
        if len(names) >= _MIN_SERIES and not left.isdisjoint(names)
    ]


def _describe_resemblance(assigned: ColumnAssignment, column: SampledColumn, kind: str | None) -> str:
    for name in assigned.by_field:
        if column in assigned.all_of(name):
            score = assigned.likeness.get(column.name, 0.0)
            shown = name.replace("_", " ")
            if name in ("source", "datum", "basis", "key"):
                return f"{shown} ({score:.0%}): {format_column_samples(column)}"
            return f"{shown} ({score:.0%}), not used for the kind {kind or 'that is chosen'}: {format_column_samples(column)}"
    offered = [(score, name) for name, offer in assigned.offers.items() for other, score in offer if other is column]
    if not offered:
        return ""
    names = ", ".join(f"{name.replace('_', ' ')} ({score:.0%})" for score, name in sorted(offered, reverse=True))
    return f"perhaps {names}: {format_column_samples(column)}"
