"""Blocking keys: only records that share a key, or lie near each other, are compared.

A pair that was reviewed has a key of its own, so that its rows are compared even if they have nothing else in common.
"""

import math
from collections.abc import Iterator

from lodedata.matching import concordance
from lodedata.matching.evidence.figures import MAX_DIFFERENCE
from lodedata.matching.evidence.owners import extract_company_tokens
from lodedata.matching.names.name_parts import list_all_names
from lodedata.matching.names.phonetics import derive_consonant_skeleton
from lodedata.matching.record import MatchRecord, Reference

MIN_LETTERS = 3
PREFIX = 4
MIN_SKELETON = 3


def derive_blocking_keys(record: MatchRecord) -> frozenset[str]:
    """Return a record's blocking keys: tokens, full names, prefixes and consonant skeletons of its names in its country.

    Its tonnages of ore in its country are keys, too. The full name is a key without the country as well, as sources err
    there. The record's own source rows, and rows that its source refers to, are keys, and so are the reviewed pairs of
    its source rows.
    """
    return frozenset(_derive_keys(record))


def _derive_keys(record: MatchRecord) -> Iterator[str]:
    country = record.country or ""
    for name, _ in list_all_names(record.names, record.aliases):
        joined = name.joined
        yield f"{country}:={joined}"
        yield f"*:={joined}"
        yield f"{country}:~{derive_consonant_skeleton(joined)}"
        for token in name.core:
            if len(token) < MIN_LETTERS:
                continue
            yield f"{country}:{token}"
            # prefixes and skeletons of numbers are not selective
            if not token.isdigit():
                yield f"{country}:^{token[:PREFIX]}"
                skeleton = derive_consonant_skeleton(token)
                if len(skeleton) >= MIN_SKELETON:
                    yield f"{country}:~{skeleton}"
    for owner in record.owners:
        yield from (f"{country}:{token}" for token in extract_company_tokens(owner))
    for commodity, ore_t, _ in record.figures:
        yield from (f"{country}:@{commodity}:{step}" for step in _find_steps(ore_t))
    yield from (f"{source}#{key}" for source, key in record.own | record.refers_to)
    for row in record.own:
        yield from (_build_pair_key(row, partner) for partner in concordance.find_reviewed_partners(row))


def _find_steps(value: float) -> tuple[str, str]:
    """Return a value's steps on two logarithmic scales, half a step apart: nearly the same values share one of them."""
    step = math.log(value) / (2 * MAX_DIFFERENCE)
    return f"{math.floor(step)}", f"{math.floor(step + 0.5)}+"


def _build_pair_key(a: Reference, b: Reference) -> str:
    """Return the key of a pair of rows, whichever comes first."""
    return "&".join("#".join(row) for row in sorted((a, b)))
