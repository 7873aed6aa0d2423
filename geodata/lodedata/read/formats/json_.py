"""Plain JSON and JSON lines: one table of the objects, and one for each list of objects within them.

Objects within an object become columns with dotted names, lists of plain values one text with ``; `` between them. A
row of an inner list has the plain values of the object that holds it as well, so that it can be merged by its key.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read.depth import measure_json_depth
from lodedata.read.table import LIMITS, Hints, InputRow, InputTable, check_header

DEPTH = 32
DOCUMENT_BYTES = 64 * 2**20
"""Bytes of a document that is read at once; JSON lines may be longer."""
SEPARATOR = "; "
Object = Mapping[str, Any]


def tables(path: Path, kind: str, hints: Hints) -> list[InputTable]:
    """Return the tables of the lists of objects in a file, or the one that the hints name. Raises FileRefused."""
    if (depth := measure_json_depth(path)) > DEPTH:
        raise FileRefused(
            msg(
                "%(file)s: the JSON is nested %(depth)s deep, more than the %(geojson_depth)s that are read",
                file=path.name,
                depth=depth,
                geojson_depth=DEPTH,
            )
        )
    lists = {"": lambda: _read_lines(path)} if kind == "jsonl" else _find_lists(path)
    read = _build_text_tables if hints.lists_as_text else _build_tables
    json_tables = [table for at, objects in lists.items() for table in read(path, at, objects)]
    if hints.part is not None:
        json_tables = [table for table in json_tables if table.part == hints.part] or _refuse_missing_list(
            path, hints.part, json_tables
        )
    if not json_tables:
        raise FileRefused(msg("%(file)s: the JSON holds no list of objects", file=path.name))
    return json_tables


def _refuse_missing_list(path: Path, part: str, input_tables: list[InputTable]) -> list[InputTable]:
    names = ", ".join(repr(table.part) for table in input_tables)
    raise FileRefused(msg("%(file)s: there is no list %(part)r; there are %(names)s", file=path.name, part=part, names=names))


def _find_lists(path: Path) -> dict[str, Any]:
    """Return a function that yields the objects of each list of objects in a document, by the list's path."""
    if path.stat().st_size > DOCUMENT_BYTES:
        raise FileRefused(
            msg(
                "%(file)s: a JSON document of more than %(limit)s MB is not read; give it as JSON lines, one object in a line",
                file=path.name,
                limit=DOCUMENT_BYTES // 2**20,
            )
        )
    document = _parse_text(path, path.read_bytes(), None)
    lists: dict[str, Any] = {}

    def walk(part: Any, at: str) -> None:
        if _is_objects(part):
            lists[at] = lambda: iter(part)
        elif isinstance(part, dict):
            for name, inner in part.items():
                walk(inner, f"{at}.{name}" if at else str(name))

    walk(document, "")
    return lists


def _read_lines(path: Path) -> Iterator[Object]:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                parsed = _parse_text(path, line, number)
                if not isinstance(parsed, dict):
                    raise FileRefused(
                        msg("%(file)s, line %(number)s: is not a JSON object in braces", file=path.name, number=number)
                    )
                yield parsed


def _parse_text(path: Path, text: bytes, line: int | None) -> Any:
    try:
        return json.loads(text.removeprefix(b"\xef\xbb\xbf"), object_pairs_hook=_build_object, parse_constant=_refuse_constant)
    except _RepeatedName as name:
        raise FileRefused(
            msg(
                "%(file)s: the JSON has the name %(name)r twice in one object; give each value a name of its own",
                file=path.name if line is None else f"{path.name}, line {line}",
                name=str(name)[:60],
            )
        ) from None
    except json.JSONDecodeError as error:
        raise FileRefused(
            msg(
                "%(file)s, line %(line)s, character %(column)s: is not JSON (%(reason)s)",
                file=path.name,
                line=line or error.lineno,
                column=error.colno,
                reason=error.msg,
            )
        ) from None
    # a number of thousands of digits, or bytes that are not UTF-8
    except ValueError as error:
        raise FileRefused(
            msg(
                "%(file)s, line %(line)s: is not JSON (%(reason)s)",
                file=path.name,
                line=line or 1,
                reason=_describe_reason(error),
            )
        ) from None


class _RepeatedName(Exception):
    """A name that an object has twice, of which a parser would silently keep one value."""


def _build_object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value_by_name = dict(members)
    if len(value_by_name) < len(members):
        raise _RepeatedName(next(name for at, (name, _) in enumerate(members) if name in dict(members[:at])))
    return value_by_name


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


def _describe_reason(error: ValueError) -> str:
    return "the text is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error).partition(";")[0]


def _is_objects(part: Any) -> bool:
    return isinstance(part, list) and any(isinstance(entry, dict) for entry in part)


def _build_tables(path: Path, at: str, objects: Any) -> Iterator[InputTable]:
    """Yield the table of a list of objects, then one for each list within them."""
    own: dict[str, None] = {}
    inner: dict[str, dict[str, None]] = {}
    for entry in objects():
        plain, lists = _flatten_object(entry if isinstance(entry, dict) else {"value": entry})
        own.update(dict.fromkeys(plain))
        for name, entries in lists.items():
            columns = inner.setdefault(name, {})
            for inner_entry in entries:
                columns.update(dict.fromkeys(_build_inner_columns(name, inner_entry)))
        if len(own) + sum(map(len, inner.values())) > LIMITS.columns:
            raise FileRefused(
                msg("%(file)s: has more than the %(columns)s columns that are read", file=path.name, columns=LIMITS.columns)
            )
    if not own and not inner:
        return
    header = check_header(path.name, list(own)) if own else ()
    yield InputTable(path.name, at, header, _build_rows(objects, list(own), None))
    for name, inner_columns in inner.items():
        names = list(own) + [column for column in inner_columns if column not in own]
        yield InputTable(
            path.name, f"{at}.{name}" if at else name, check_header(path.name, names), _build_rows(objects, names, name)
        )


def _build_text_tables(path: Path, at: str, objects: Any) -> Iterator[InputTable]:
    """Yield the table of a list of objects, in which each list within them is one cell of JSON."""
    columns = list(dict.fromkeys(name for entry in objects() for name in flatten_cells(entry)))
    if columns:
        yield InputTable(path.name, at, check_header(path.name, columns), _build_text_rows(objects, columns))


def _build_text_rows(objects: Any, columns: list[str]) -> Iterator[InputRow]:
    for number, entry in enumerate(objects(), 2):
        values = flatten_cells(entry)
        yield InputRow(number, [values.get(name) for name in columns])


def flatten_cells(entry: Any, prefix: str = "") -> dict[str, Any]:
    """Return the plain values of an object by dotted names, and the JSON of each list of objects within it."""
    plain, lists = _flatten_object(entry if isinstance(entry, dict) else {"value": entry}, prefix)
    return plain | {at: orjson.dumps(entries).decode() for at, entries in lists.items()}


def _build_rows(objects: Any, columns: list[str], inner: str | None) -> Iterator[InputRow]:
    number = 1
    for entry in objects():
        plain, lists = _flatten_object(entry if isinstance(entry, dict) else {"value": entry})
        for inner_values in (
            [{}] if inner is None else [_build_inner_columns(inner, inner_entry) for inner_entry in lists.get(inner, ())]
        ):
            number += 1
            values = plain | inner_values
            yield InputRow(number, [values.get(name) for name in columns])


def _build_inner_columns(name: str, entry: Any) -> dict[str, Any]:
    """Return the columns of an entry of an inner list; lists within it are joined as texts."""
    return flatten_cells(entry, f"{name}.")


def _flatten_object(entry: Object, prefix: str = "") -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Return the plain values of an object by dotted names, and the lists of objects within it."""
    plain: dict[str, Any] = {}
    lists: dict[str, list[Any]] = {}
    for name, value in entry.items():
        at = f"{prefix}{name}".strip()
        if isinstance(value, dict):
            within, further = _flatten_object(value, f"{at}.")
            plain |= within
            lists |= further
        elif _is_objects(value):
            lists[at] = value
        elif isinstance(value, list):
            plain[at] = (
                SEPARATOR.join(element if isinstance(element, str) else orjson.dumps(element).decode() for element in value)
                or None
            )
        else:
            plain[at] = value
    return plain, lists
