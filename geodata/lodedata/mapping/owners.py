"""The owners and operators that a row names, with the date of the row or of its source."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal

from lodedata.cells import Unreadable, convert_cell_to_text, number
from lodedata.mapping import declared
from lodedata.mapping.record_spec import OwnerSpec
from lodedata.mapping.values import amounts, fields
from lodedata.mapping.values.fields import Cells, Columns, Problems
from lodedata.organisations.damaged_names import is_damaged
from lodedata.organisations.names import derive_comparable_name
from lodedata.organisations.owner_texts import names_several, read_owners
from lodedata.problems import Problem
from lodedata.records import Owner, PartialDate

OwnerReader = Callable[[Cells, Problems, PartialDate | None], tuple[Owner, ...]]


def build_owner_reader(spec: OwnerSpec, bound: Columns) -> OwnerReader:
    """Return the function that reads the owners in the columns of a row; its date is that of the row or the source."""
    read_name = fields.build_text_reader(spec.name.model_copy(update={"pattern": None}), bound)
    pattern = re.compile(spec.name.pattern) if spec.name.pattern is not None else None
    share = amounts.build_exact_figure_reader(spec.share, bound) if spec.share is not None else None
    uscc = declared.build_code_reader("uscc", spec.uscc, bound) if spec.uscc is not None else None
    usage = bound.usage

    def read(cells: Cells, problems: Problems, date: PartialDate | None) -> tuple[Owner, ...]:
        before = usage.taken[:]
        name = read_name(cells)
        percent = share(cells, problems) if share is not None else None
        if name is None:
            usage.undo(before, "no-owner")
            return ()
        if pattern is not None and (match := pattern.fullmatch(name)):
            name = match["name"]
            try:
                percent = number(match["share"])
            except Unreadable as hint:
                problems.append(Problem("not-a-number", match["share"], spec.name.column, {"hint": hint.message}))
                return ()
        if percent is not None and not 0 <= percent <= 100:
            problems.append(Problem("share-over-100", convert_cell_to_text(percent), spec.name.column))
            return ()
        code = uscc(cells, problems) if uscc is not None else None
        owners = tuple(parse_owners(name, percent, spec.role, date))
        names = [owner.name_en or "" for owner in owners]
        problems.extend(Problem("name-damaged", name, spec.name.column) for name in names if is_damaged(name))
        problems.extend(Problem("owners-undivided", name, spec.name.column) for name in names if names_several(name))
        if not owners:
            usage.undo(before, "no-owner")
            return ()
        return (replace(owners[0], uscc=code), *owners[1:])

    return read


def parse_owners(
    text: str, share_pct: float | None, role: Literal["owner", "operator"], date: PartialDate | None
) -> Iterator[Owner]:
    """Yield the owners that a text names, with the date in or before which they were.

    ``share_pct`` is the share that another column gives the first of them. Nobody is yielded for a text such as unknown.
    """
    printed = read_owners(text)
    first_share = share_pct if share_pct is not None or not printed else printed[0].share_pct
    for number_, owner in enumerate(printed):
        yield Owner(
            owner.name,
            share_pct=owner.share_pct if number_ else first_share,
            role="owner" if owner.of_first else role,
            on=date,
            date_basis="in-or-before" if date is not None else None,
            name_reported=text if owner.name != text else None,
        )


def merge_owners(owners: Iterable[Owner]) -> tuple[Owner, ...]:
    """Return the owners, each body once in a role: the first with a share, else the first."""
    owner_by_key: dict[tuple[str, str], Owner] = {}
    for owner in owners:
        key = owner.role, derive_comparable_name(owner.name_en or owner.name_zh or "")
        if key not in owner_by_key or (owner_by_key[key].share_pct is None and owner.share_pct is not None):
            owner_by_key[key] = owner
    return tuple(owner_by_key.values())
