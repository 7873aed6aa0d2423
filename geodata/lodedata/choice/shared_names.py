"""How many sources call a record by a name, as its own name or as another one of it."""

import re
from collections.abc import Iterable, Sequence

from lodedata.choice.ranks import FIRST_RANK, rank
from lodedata.choice.reported_record import ReportedRecord
from lodedata.matching.names.name_parts import name_variants

MAX_LETTERS = 40
DESCRIPTION = re.compile(r",|/|\b(?:at|near|and)\b", re.IGNORECASE)
"""What a text has that describes a site by its place or its parts, such as "Smelter at Kidricevo"."""


def count_name(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> tuple[int, int]:
    """Return minus the numbers of sources that call the record so: first as its name if several do, then also as another name.

    Generic tokens such as mine do not count: "San Rafael Mine, Puno Department" is called San Rafael. Names of the first
    source come first. A description of a site counts as the name of one source.
    """
    if rank(reported_record.source) == FIRST_RANK:
        return -len(among), -len(among)
    text = reported_record.row[field]
    if DESCRIPTION.search(text) or len(text) > MAX_LETTERS:
        return 0, -1
    own = _extract_tokens([text], of_parts=False)
    named = {other.source for other in among if own & _extract_tokens([other.row.get("name_en")])}
    called = {
        other.source for other in among if own & _extract_tokens([other.row.get("name_en"), *(other.row.get("aliases") or ())])
    }
    return -len(named) if len(named) > 1 else 0, -max(len(called), 1)


def _extract_tokens(names: Iterable[str | None], of_parts: bool = True) -> set[tuple[str, ...]]:
    """Return the distinctive tokens of each name, and of the names in it, such as one before a comma."""
    variants = (name_variants(text) if of_parts else name_variants(text)[:1] for text in names if text)
    return {tuple(sorted(name.core)) for variant in variants for name in variant if name.distinctive}
