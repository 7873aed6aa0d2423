"""The cells of a table that its mapping can't read, each with what is wrong and what to enter instead."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from lodedata.mapping.reading import Reading
from lodedata.mapping.shape.correcting import format_stored_cell
from lodedata.messages import Label, Message, msg
from lodedata.problems import Problem
from lodedata.records import MineralRecord
from lodedata.vocab import load_vocabulary

NUMBER = msg("a number such as 12.5; also 约500, <0.1 or 10-20, with its unit where the heading has none")
DAY = msg("a date such as 2026-05-31, 2026-05 or 2026")
DEGREES = msg("decimal degrees such as 112.345, or degrees, minutes and seconds such as 112°20′42″E")
PERCENT = msg("a number from 0 to 100")
TERM = msg("one of the terms that Lode knows, such as those that are listed")
OTHER_TERM = msg("a term that Lode knows; the workbook to fill in lists them")
MAX_CHOICES = 12
"""Terms of a vocabulary that are all listed where none is spelled like a value."""
KEY = msg("a number or name that no other row has")
CODE = msg("the code as it is registered; its last character checks the others")
VALUE = msg("the value without a formula")
POSITIVE = msg("a number of 0 or more; nothing where there is no data")
POSSIBLE = msg("the figure of the report in its unit, such as 12.5 万吨; the row's other cells may be wrong too")
UNIT = msg("a unit that converts, such as t, 万吨 or kg")
REPEATED = "duplicate-key"
"""The rule of a row whose key is that of an earlier one, which the store refuses."""
OF_SEVERAL_CELLS = frozenset({"swapped-off-globe"})
"""Rules that more than one cell of a row breaks, so that all of its cells may be corrected."""
OF_POSITION = frozenset({"zero-zero", "outside-country", "in-the-sea", "swapped-coordinates", "lost-minus", "shifted-degree"})
"""Rules of a position that is stored and marked; its cells or that of the country may be wrong."""
PLACE = msg("the country in which the position lies, or other coordinates; the row may stay as it is if both are right")
NAME_MISSING = "name-missing"
HELD = frozenset({"grade-above-mineral", "grade-above-ore", "capacity-above-world"})
"""Rules of a figure that is stored as reported and used nowhere, until a person judges it."""
MARKED = OF_POSITION | HELD | {"unknown-unit", "unit-unstated"}
"""Rules of a value that is stored as reported and marked."""
LISTED = MARKED | {"unknown-term"}
"""Rules that neither refuse a row nor leave a part out, and are listed all the same."""
NAME = msg("the name of the object; without one the record has none")
WHAT_TO_ENTER: Mapping[str, Message] = {
    "not-a-number": NUMBER,
    "figure-unreadable": NUMBER,
    "not-a-date": DAY,
    "not-a-coordinate": DEGREES,
    "coordinate-off-globe": DEGREES,
    "coordinate-half": DEGREES,
    "coordinate-outside-crs": DEGREES,
    "swapped-off-globe": DEGREES,
    **dict.fromkeys(OF_POSITION, PLACE),
    "unknown-term": TERM,
    "no-known-commodity": TERM,
    "unknown-category": TERM,
    "unknown-kind": TERM,
    "missing-key": KEY,
    REPEATED: KEY,
    NAME_MISSING: NAME,
    "code-wrong": CODE,
    "formula-cell": VALUE,
    "negative-amount": POSITIVE,
    "share-over-100": PERCENT,
    "grade-over-100": PERCENT,
    "unit-not-convertible": UNIT,
    "unknown-unit": UNIT,
    "unit-missing": UNIT,
    "unit-unstated": NUMBER,
    "amount-impossible": POSSIBLE,
    "figure-impossible": POSSIBLE,
    **dict.fromkeys(HELD, POSSIBLE),
}
"""What to enter in place of a value that breaks a rule."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that can't be read: its row in the file, its column, the value, and what is wrong with it.

    ``column`` is None for a problem of the whole row, whose ``cells`` may all be corrected. ``choices`` are the terms that a
    value is spelled like most.
    """

    row: int
    column: str | None
    value: str
    rule: str
    sentence: Label
    enter: Message | None
    refuses: bool
    choices: tuple[Label, ...]
    cells: Mapping[str, str]

    @property
    def opened(self) -> bool:
        """Whether the cells of the row are shown at once, as several are wrong together."""
        return self.rule in OF_SEVERAL_CELLS | OF_POSITION | HELD

    @property
    def marks(self) -> bool:
        """Whether the row is stored as it is, with a mark."""
        return self.rule in MARKED


def list_cell_problems(
    readings: Iterable[Reading], key_column: str | None = None, place_columns: Collection[str] = ()
) -> Iterator[CellProblem]:
    """Yield the problems of rows that are refused, that leave a part of a row out of its record or mark it, in file order.

    ``key_column`` is the column of a key that may not be repeated, None if it may or has several columns. ``place_columns`` are
    those of coordinates and country, which are shown for a position that is marked.
    """
    first: dict[str, str] = {}
    for reading in readings:
        row = reading.rows[0]
        if key_column is not None and first.setdefault(row.key, row.locator) != row.locator:
            repeated = msg("the key is that of %(first)s too; each row needs its own.", first=first[row.key])
            cells = {name: format_stored_cell(cell) for name, cell in orjson.loads(row.raw).items()}
            sentence = Label(repeated.in_language("en"), repeated.in_language("zh"))
            number = int(row.locator.rsplit(", row ", 1)[-1])
            yield CellProblem(number, key_column, cells.get(key_column, ""), REPEATED, sentence, KEY, True, (), cells)
            continue
        for problem in reading.problems:
            if problem.excludes or not (problem.refuses or problem.left_out or problem.rule in LISTED):
                continue
            yield from _convert_problem(reading, problem, place_columns)
        if any(isinstance(record, MineralRecord) and not record.name for record in reading.records):
            yield from _convert_problem(reading, Problem(NAME_MISSING, ""))


def _convert_problem(reading: Reading, problem: Problem, place_columns: Collection[str] = ()) -> Iterator[CellProblem]:
    for source_row in reading.rows:
        number = source_row.locator.rsplit(", row ", 1)[-1]
        cells = {name: format_stored_cell(cell) for name, cell in orjson.loads(source_row.raw).items()}
        if problem.rule in OF_POSITION and (places := {name: cells[name] for name in place_columns if name in cells}):
            sentence = Label(problem.sentence("en"), problem.sentence("zh"))
            value = ", ".join(filter(None, places.values()))
            yield CellProblem(int(number), None, value, problem.rule, sentence, PLACE, False, (), places)
            return
        # the column of a key is in braces
        named = (problem.column or "").removeprefix("{").removesuffix("}")
        column = named if named in cells and problem.rule not in OF_SEVERAL_CELLS else None
        value = problem.value if column is None else cells[column]
        enter, choices = WHAT_TO_ENTER.get(problem.rule), _choose_terms(problem)
        if number.isdecimal() and (problem.value in (value, "", "…") or len(reading.rows) == 1):
            yield CellProblem(
                int(number),
                column,
                value,
                problem.rule,
                Label(problem.sentence("en"), problem.sentence("zh")),
                OTHER_TERM if enter is TERM and not choices else enter,
                problem.refuses,
                choices,
                cells,
            )
            return


def _choose_terms(problem: Problem) -> tuple[Label, ...]:
    """Return the terms of the problem's vocabulary that are spelled like its value, else all of them where they are few."""
    name = problem.detail.get("vocabulary")
    if not isinstance(name, str) or "," in name:
        return ()
    vocabulary_terms = load_vocabulary(name)
    terms = vocabulary_terms.nearest(problem.value) or (
        tuple(vocabulary_terms) if len(vocabulary_terms.terms) <= MAX_CHOICES else ()
    )
    return tuple(Label(term.label_en, term.label_zh) for term in terms)
