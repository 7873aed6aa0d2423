"""Lines of the key: a column that is filled in every row, and what to do with rows of one key."""

from collections import Counter, defaultdict

from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.columns import SampledColumn
from lodedata.mapping.suggestion.content import is_row_number
from lodedata.mapping.suggestion.draft import Draft, quote_yaml

_PARTS = ("division", "product", "owner", "information_date", "category", "commodities")
"""Fields that distinguish rows of one name."""
_MANY = 0.02
"""The share of rows that must repeat a name at a position for the mapping to ask about it."""
_CHOICES = [
    "    # merge: the rows of one key describe one object: its classes, commodities, years or owners;",
    "    # number: each row is an object of its own, the second gets the key KEY#2; refuse: a second row is an error",
    f'    repeated_keys: "{PLACEHOLDER}"          # merge, number or refuse',
]


def write_row_key_lines(draft: Draft) -> list[str]:
    """Return the lines of the key of a table's rows, with a warning where it may not last."""
    by_field = draft.assigned.by_field
    named = [by_field[name] for name in ("name_zh", "name_en") if name in by_field and by_field[name].filled]
    offered = [column for column, _ in draft.assigned.offers.get("key", [])]
    possible = [column for column in ([by_field["key"]] if "key" in by_field else []) + offered if column.filled]
    lasting = [column for column in possible if not is_row_number(column)]
    for column in sorted(lasting, key=lambda c: not c.unique):
        return _write_column_lines(draft, column)
    for column in named:
        if column.unique:
            return _name_lines(draft, column, possible)
    for column in named:
        if (further := _find_completing_column(draft, column)) is not None:
            return _write_pair_lines(column, further)
    if possible:
        draft.used.add(possible[0].name)
        return _write_row_number_lines(possible[0], named)
    return _open_lines(draft, named)


def _write_column_lines(draft: Draft, column: SampledColumn) -> list[str]:
    draft.used.add(column.name)
    others = [line for line in draft.others("key") if not line.startswith(f"    # or {quote_yaml(column.name)} (")]
    lines = [*others, f"    key: {_write_template(column)}"]
    if not column.unique:
        return [*_write_repeated_lines(draft, column), *lines, *_CHOICES]
    return [*lines, *_write_shared_place_lines(draft)]


def _write_template(*columns: SampledColumn) -> str:
    return quote_yaml("-".join(f"{{{column.name}}}" for column in columns))


def _write_repeated_lines(draft: Draft, column: SampledColumn) -> list[str]:
    unique = next((c for c in draft.columns if c.unique and c.name != column.name and not is_row_number(c)), None)
    hint = f"; {unique.name!r} is unique in the sampled rows" if unique is not None else ""
    counts = Counter(column.values)
    value = next((value for value, count in counts.items() if count > 1), None)
    if value is None:
        return []
    return [f"    # {column.name!r} repeats itself, {quote_yaml(value)} in {counts[value]} rows{_join_lines(hint)}"]


def _join_lines(text: str) -> str:
    return " ".join(text.split())


def _name_lines(draft: Draft, column: SampledColumn, numbered: list[SampledColumn]) -> list[str]:
    why = f"{numbered[0].name!r} only numbers the rows" if numbered else "no column names a key"
    named = _join_lines(repr(column.name))
    return [
        f"    # {_join_lines(why)}; {named} is unique in the sampled rows. A key identifies a row from",
        "    # one version of the file to the next: a row whose name is corrected becomes a new record",
        f"    key: {_write_template(column)}",
        *_write_shared_place_lines(draft),
    ]


def _find_completing_column(draft: Draft, column: SampledColumn) -> SampledColumn | None:
    """Return the column of another field that with a name is unique, None if there is none."""
    for name in _PARTS:
        further = draft.assigned.by_field.get(name)
        if (
            further is not None
            and further.filled
            and len(set(zip(column.cells, further.cells, strict=True))) == len(column.cells)
        ):
            return further
    return None


def _write_pair_lines(column: SampledColumn, further: SampledColumn) -> list[str]:
    return [
        f"    # no column names a key; {_join_lines(repr(column.name))} is unique only with {_join_lines(repr(further.name))}.",
        f"    # If the rows of one name describe one object, write key: {_write_template(column)} and repeated_keys: merge",
        f"    key: {_write_template(column, further)}",
        *_CHOICES,
    ]


def _write_row_number_lines(column: SampledColumn, named: list[SampledColumn]) -> list[str]:
    return [
        f"    # warning: {_join_lines(repr(column.name))} only numbers the rows; if a row is inserted, all that follow change",
        f"    # their key. {'The names repeat themselves. ' if named else ''}Prefer a number that is never given again",
        f"    key: {_write_template(column)}",
    ]


def _open_lines(draft: Draft, named: list[SampledColumn]) -> list[str]:
    unique = next((column for column in draft.columns if column.unique and not is_row_number(column)), None)
    if named:
        lines = [f"    # no column names a key; {_join_lines(repr(named[0].name))} repeats itself"]
        if unique is not None:
            lines[0] += f"; {_join_lines(repr(unique.name))} is unique in the sampled rows"
        return [*lines, f"    key: {_write_template(named[0])}", *_CHOICES]
    hint = f"; {_join_lines(repr(unique.name))} is unique in the sampled rows" if unique is not None else ""
    return [
        f"    # no column names a key{hint}. A key identifies a row from one version of the file to the next;",
        '    # "{#}" is the number of the row, for tables whose rows never move only.',
        f'    key: "{PLACEHOLDER}"',
    ]


def _write_shared_place_lines(draft: Draft) -> list[str]:
    """Return what to decide if many rows repeat a name at one position."""
    by_field = draft.assigned.by_field
    named = by_field.get("name_en") or by_field.get("name_zh")
    if named is None or "lon" not in by_field or "lat" not in by_field:
        return []
    rows: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    cells = zip(named.cells, by_field["lon"].cells, by_field["lat"].cells, strict=True)
    for number, (name, lon, lat) in enumerate(cells, 1):
        if name is not None and lon is not None and lat is not None:
            rows[name, lon, lat].append(number)
    repeated = {place: numbers for place, numbers in rows.items() if len(numbers) > 1}
    count = sum(len(numbers) for numbers in repeated.values())
    if not repeated:
        return []
    (name, *_), numbers = next(iter(repeated.items()))
    shown = ", ".join(map(str, numbers[:4]))
    comment = f"    # {count} rows repeat a name at its position, such as {quote_yaml(name)} in the data rows {shown}"
    if count < _MANY * len(named.cells):
        return [comment]
    return [f"{comment}; to merge them,", f"    # write key: {_write_template(named)}", *_CHOICES]
