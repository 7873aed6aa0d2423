"""Loading of mapping files: YAML within bounds, with what is still open and what is wrong named with its place."""

import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from lodedata.errors import MappingRefused
from lodedata.mapping.cell_spec import Model
from lodedata.mapping.model import DECLARED, PLACEHOLDER, Source
from lodedata.mapping.yaml_bounds import MAX_YAML_BYTES, Unbounded, require_bounded
from lodedata.messages import msg
from lodedata.statistics.table_spec import StatisticsSource
from lodedata.validation import describe_refusals, join_placed_sentences

EXAMPLES = {
    "name": "name: my-table",
    "title_en": "title_en: My table",
    "title_zh": "title_zh: 我的表格",
    "publisher": "publisher: The survey",
    "licence": "licence: {id: internal, name: Internal}",
    "id": "licence: {id: internal, name: Internal}",
    "citation": "citation: The survey, 2024",
    "version": 'version: "2024"',
    "tables": 'tables: [{key: "{id}", kind: {const: deposit}, commodities: [metal]}]',
    "key": 'key: "{id}"',
    "kind": "kind: {const: deposit}",
    "nulls": 'nulls: ["-9999"]',
    "ignored": "ignored: {remarks: not needed}",
    "fill": "fill: {name_en: 0.9}",
    "map": "map: {Producing: operating}",
    "aliases": "aliases: [other name]",
    "position": "position: {lon: longitude, lat: latitude}",
    "accuracy_m": "accuracy_m: 100",
    "commodities": "commodities: [metal]",
    "deposit_model": "deposit_model: [model]",
    "estimates": "estimates: [{category: class, ore: {column: ore, unit: Mt}}]",
    "category": "category: class",
    "measures": 'measures: [{commodity: {const: copper}, grade: {column: cu, unit: "%"}}]',
    "phases": "phases: [{product: product, capacity: {column: capacity, unit: kt/a}}]",
    "owners": "owners: [{name: owner, share: {column: share}}]",
    "zone": "zone: {kind: {const: protected-area}, code: code}",
    "fetch": "fetch: [{url: 'https://example.org/table.csv', save_as: table.csv}]",
    "recognise": "recognise: [table*.csv]",
    "fill_down": "fill_down: [province]",
    "unpivot": "unpivot: {pattern: '(?P<year>[0-9]{4})'}",
    "join": "join: [{file: reserves.csv, key: '{id}'}]",
    "licence.name": "licence: {id: internal, name: Internal}",
    "owners.name": "owners: [{name: owner}]",
    "phases.name": "phases: [{name: unit}]",
    "name_en": "name_en: name",
    "name_zh": "name_zh: 名称",
    "country": "country: country",
    "division": "division: province",
    "note_en": "note_en: remarks",
    "host_unit": "host_unit: host rock",
    "information_date": "information_date: date",
    "lon": "lon: longitude",
    "lat": "lat: latitude",
    "ore": "ore: {column: ore, unit: Mt}",
    "grade": 'grade: {column: cu, unit: "%"}',
    "contained": "contained: {column: metal, unit: kt, basis: metal}",
    "commodity": "commodity: {const: copper}",
    "product": "product: product",
    "capacity": "capacity: {column: capacity, unit: kt/a}",
    "status": "status: status",
    "mine_status": "mine_status: status",
    "share": "share: {column: share}",
    "as_of": "as_of: 2024-05-31",
    "observations": "observations: [{area: country, period: year, values: [{value: output}]}]",
    "values": "values: [{value: output}]",
    "columns": "columns: '(?P<period>[0-9]{4})'",
    "unit": "unit: {const: kt}",
    "indicator": "indicator: {const: production}",
    "stage": "stage: {const: mine}",
    "basis": "basis: {const: content}",
}
"""The line that a message shows for a key; a cell of any other key is the name of a column."""


class _RepeatedKey(yaml.YAMLError):
    """A key that a mapping of YAML has twice, with the number of its line."""

    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


class _Loader(yaml.SafeLoader):
    """YAML with scalars as text, except true, false and null, and with unique keys.

    NO is a country and ON a column, 05 a value of a column, 1.10 a version and 2019-05-31 a text; the model converts
    numbers.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:str":
                if key.value in seen:
                    raise _RepeatedKey(key.value, key.start_mark.line + 1)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


_UNRESOLVED_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "timestamp")}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _UNRESOLVED_TAGS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def load(path: Path) -> Source:
    """Return the source described by a YAML file. Raises MappingRefused with the location and the reason."""
    try:
        with path.open(encoding="utf-8") as stream:
            text = stream.read(MAX_YAML_BYTES + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise MappingRefused(msg("%(path)s: can't be read (%(error)s)", path=path, error=error)) from None
    return parse(text, path)


def parse(text: str, path: object) -> Source:
    """Return the source described by the text of a mapping; ``path`` names it in errors. Raises MappingRefused."""
    content = _parse_content(text, path)
    missing = list(_find_placeholders(content))
    if missing:
        raise MappingRefused(
            msg(
                '%(path)s: enter a value in place of "?" at %(choices)s',
                path=path,
                choices=", ".join(missing[:8]),
            )
        )
    if not isinstance(content, dict):
        raise MappingRefused(msg("%(path)s: contains no mapping; `lode import --suggest FILE` writes one", path=path))
    try:
        return (StatisticsSource if "observations" in content else Source).model_validate(content)
    except ValidationError as error:
        refused = join_placed_sentences(describe_refusals(error, EXAMPLES, _list_keys())[:5])
        raise MappingRefused(msg("%(path)s: %(reason)s", path=path, reason=refused)) from None


def _parse_content(text: str, path: object) -> Any:
    """Return the content of a YAML text. Raises MappingRefused, also for one that is too large by its aliases."""
    try:
        if len(text) > MAX_YAML_BYTES:
            raise Unbounded
        loader = _Loader(text)
        try:
            document = loader.get_single_node()
            require_bounded(document)
            return loader.construct_document(document) if document is not None else None
        finally:
            loader.dispose()
    except _RepeatedKey as error:
        raise MappingRefused(
            msg("%(path)s, line %(line)s: %(key)r is given twice; give it once", path=path, line=error.line, key=error.key)
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = path if mark is None else msg("%(path)s, line %(line)s", path=path, line=mark.line + 1)
        reason = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise MappingRefused(msg("%(place)s: is not YAML (%(reason)s)", place=place, reason=reason)) from None
    except RecursionError:
        raise MappingRefused(msg("%(path)s: is nested too deeply", path=path)) from None
    except Unbounded:
        raise MappingRefused(
            msg("%(path)s: is too large for a mapping, or its aliases lead back to themselves; write it out", path=path)
        ) from None


def _list_keys() -> frozenset[str]:
    """Return every key that a part of a mapping has."""
    parts: list[type[Model]] = [Model]
    for part in parts:
        parts += part.__subclasses__()
    return DECLARED.union(*(part.model_fields for part in parts))


def _find_placeholders(part: Any, place: str = "") -> Iterator[str]:
    """Yield the path of every entry of a mapping that is still a placeholder."""
    if part == PLACEHOLDER:
        yield place
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from _find_placeholders(value, f"{place}.{name}" if place else str(name))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from _find_placeholders(value, f"{place}.{number}")
