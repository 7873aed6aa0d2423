"""The draft of a mapping: its lines, the columns that they use, and comments with other columns and unknown terms."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import yaml

from lodedata.dates import order_of
from lodedata.figures.compounds import parse_commodity
from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.assignment import ColumnAssignment
from lodedata.mapping.suggestion.columns import SampledColumn
from lodedata.vocab import Term, fold, load_vocabulary

MAX_RESEMBLING_COLUMNS = 8
MAX_MAPPED = 200
"""Unknown texts of a column for which a line of a mapping is suggested."""
MAX_OFFERED = 3
MAX_SAMPLE_LENGTH = 40
_DENYING = ("in", "un", "non", "not", "no", "im", "des", "не", "未", "非", "不")


def quote_yaml(text: str) -> str:
    """Return a text as one line of YAML."""
    return yaml.safe_dump(text, allow_unicode=True, default_style='"', width=10_000).strip()


def format_column_samples(column: SampledColumn) -> str:
    """Return up to three sample values of a column."""
    return ", ".join(quote_yaml(value[:MAX_SAMPLE_LENGTH]) for value in column.distinct[:3]) or "no values"


@dataclass(slots=True)
class Draft:
    """The assignment of a table's columns, and the columns that the lines written so far use."""

    assigned: ColumnAssignment
    columns: list[SampledColumn]
    commodity: str | None = None
    """The commodity that the name of the table states."""
    country: str | None = None
    """The country that the name of the table states."""
    used: set[str] = field(default_factory=set)

    def take(self, name: str) -> SampledColumn | None:
        """Return the first column of a field, which counts as used; None if the field has none."""
        column = self.assigned.by_field.get(name)
        if column is not None:
            self.used.add(column.name)
        return column

    def take_all(self, name: str) -> list[SampledColumn]:
        """Return all columns of a field, which count as used."""
        sampled_columns = self.assigned.all_of(name)
        self.used.update(column.name for column in sampled_columns)
        return sampled_columns

    def others(self, name: str, indent: str = "    ") -> list[str]:
        """Return comments with the other columns that resemble a field, with likeness and sample values."""
        offered = sorted(self.assigned.offers.get(name, []), key=lambda offer: -offer[1])[:MAX_OFFERED]
        return [
            f"{indent}# or {quote_yaml(column.name)} ({score:.0%}): {format_column_samples(column)}"
            for column, score in offered
        ]

    def plain_line(self, name: str, column_of: str = "", wrap: str = "{}") -> list[str]:
        """Return the line of a field that takes a column's name, with the other columns that resemble it."""
        column = self.take(column_of or name)
        if column is None:
            return []
        entry = wrap.format(write_cell_entry(column_of or name, column))
        return [f"    {name}: {entry}", *self.others(column_of or name)]


DATES = frozenset({"information_date", "estimate_date", "start", "end", "discovery_year"})
"""Fields of dates, whose columns may need an order of day and month."""


def write_cell_entry(name: str, column: SampledColumn) -> str:
    """Return the cell of a field from a column: its name, and the order of dates where the column leaves it open."""
    return write_dated_entry(column) if name in DATES else quote_yaml(column.name)


def write_dated_entry(column: SampledColumn) -> str:
    """Return the cell of a date: its column, and placeholders for what it leaves open: order of day and month, century."""
    column_order = order_of(column.values)
    entry, comments = f"column: {quote_yaml(column.name)}", []
    if column_order.order is None and column_order.open is not None:
        entry += f', date_order: "{PLACEHOLDER}"'
        comments.append(f"D/M/Y or M/D/Y? {quote_yaml(column_order.open)} can be either")
    if column_order.short_year is not None:
        entry += f', first_year: "{PLACEHOLDER}"'
        comments.append(f"which is the first year of {quote_yaml(column_order.short_year)} and others? 1950 for 1950 to 2049")
    return f"{{{entry}}}          # {'; '.join(comments)}" if comments else quote_yaml(column.name)


def list_unknown_terms(
    columns: Iterable[SampledColumn],
    name: str,
    separators: str = "",
    indent: str = "    ",
    mapped: Collection[str] = (),
) -> list[str]:
    """Return comments that list the values of columns which a vocabulary lacks, each with its nearest terms.

    ``mapped`` are values that a line of the mapping already gives a code.
    """
    divide = re.compile(f"[{re.escape(separators)}]") if separators else None
    values = (value for column in columns for value in column.values)
    parts = (part.strip() for value in values for part in (divide.split(value) if divide else [value]))
    unknown = list(dict.fromkeys(part for part in parts if part and part not in mapped and not _is_known(name, part)))
    if not unknown:
        return []
    listed = ", ".join(quote_yaml(part) for part in unknown[:MAX_RESEMBLING_COLUMNS])
    more = f" and {len(unknown) - MAX_RESEMBLING_COLUMNS} more" if len(unknown) > MAX_RESEMBLING_COLUMNS else ""
    return [
        f"{indent}# not in the vocabulary {name}: {listed}{more}; give each a code with `map:`",
        *_map_lines(unknown[:MAX_MAPPED], name, indent),
        *([f"{indent}#     … {len(unknown) - MAX_MAPPED:,} more"] if len(unknown) > MAX_MAPPED else []),
    ]


def _is_known(vocabulary_name: str, text: str) -> bool:
    is_term = load_vocabulary(vocabulary_name).find(text) is not None
    return is_term or (vocabulary_name == "commodity" and parse_commodity(text) is not None)


def _map_lines(unknown: list[str], name: str, indent: str) -> list[str]:
    """Return a line of ``map:`` for each unknown text, with its nearest terms or a placeholder."""
    nearest_codes = (
        (part, [term.code for term in load_vocabulary(name).nearest(part) if not _denies(part, term)]) for part in unknown
    )
    return [
        f"{indent}#     {quote_yaml(part)}: {' or '.join(codes) if codes else PLACEHOLDER}" for part, codes in nearest_codes
    ]


def _denies(text: str, term: Term) -> bool:
    """Return whether a text is a name of a term with a prefix that denies it: inactive is not active."""
    return any(
        fold(text) in {f"{prefix}{join}{fold(name)}" for join in ("", " ", "-")}
        for prefix in _DENYING
        for name in (term.label_en, term.label_zh, *term.aliases)
    )


def find_separators_in(columns: Iterable[SampledColumn], possible: str, name: str) -> str:
    """Return those of the possible separators that divide values of columns into terms which a vocabulary mostly has."""
    terms = load_vocabulary(name)
    values = [value for column in columns for value in column.distinct if terms.find(value) is None]
    divided = {mark: [part.strip() for value in values if mark in value for part in value.split(mark)] for mark in possible}
    return "".join(
        mark for mark, parts in divided.items() if sum(terms.find(part) is not None for part in parts) > 0.4 * len(parts)
    )
