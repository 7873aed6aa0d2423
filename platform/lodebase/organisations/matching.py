"""Matching of a code or a name to the organisations of the store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from lodedata.messages import Message, msg
from lodedata.organisations import names
from lodedata.organisations.grouping import SCORES
from lodedata.organisations.uscc import is_valid, normalise_uscc

Method = Literal["code", "exact", "former", "short", "branch"]
METHODS: Mapping[Method, Message] = {
    "code": msg("same unified social credit code"),
    "exact": msg("same name"),
    "former": msg("same former name"),
    "short": msg("same short name"),
    "branch": msg("head office of the branch"),
}
"""The label of each method."""
ELSEWHERE = 0.5
"""Factor of the score of an organisation in another province or country: a name alone does not match across them."""
BY_CODE = "SELECT id, name_en, name_zh FROM lode.organisation WHERE uscc = %(uscc)s ORDER BY derived, id LIMIT 1"
BY_NAME = """
SELECT o.id, o.name_en, o.name_zh, o.country, o.division, o.uscc, n.form, n.name,
  n.comparable = %(comparable)s AS equal, n.comparable = %(head_office)s AS head_office
FROM lode.organisation_name n JOIN lode.organisation o ON o.id = n.organisation_id
WHERE n.comparable = %(comparable)s OR n.short = %(short)s OR n.comparable = %(head_office)s
ORDER BY o.id
"""


@dataclass(frozen=True, slots=True)
class MatchCandidate:
    """An organisation that a name may mean, how it was found, and the name that matched."""

    organisation_id: str
    method: Method
    score: float
    name: str | None
    name_en: str | None = None
    name_zh: str | None = None
    elsewhere: bool = False
    """Whether it is in another province or country than the one sought."""


@dataclass(frozen=True, slots=True)
class Match:
    """The organisation that a code or a name means, None if there is none or several; with all candidates, best first."""

    organisation_id: str | None
    method: Method | None
    score: float
    candidates: tuple[MatchCandidate, ...] = ()


NO_MATCH = Match(None, None, 0.0)


def find(
    connection: Connection,
    uscc: str | None = None,
    name: str | None = None,
    province: str | None = None,
    country: str | None = None,
) -> Match:
    """Return the organisation of a unified social credit code, else the one that a name means in a province.

    ``province`` and ``country`` are codes. An organisation of another valid code is never matched by its name.
    """
    code = _normalise_code(uscc)
    if code is not None:
        row = connection.exec_driver_sql(BY_CODE, {"uscc": code}).first()
        if row is not None:
            by_code = MatchCandidate(row.id, "code", SCORES["code"], None, row.name_en, row.name_zh)
            return Match(row.id, "code", SCORES["code"], (by_code,))
    comparable = names.derive_comparable_name(name or "")
    if name is None or not comparable:
        return NO_MATCH
    values = {
        "comparable": comparable,
        "short": names.shorten_comparable_name(name),
        "head_office": names.find_head_office(name) or "",
    }
    rows = connection.exec_driver_sql(BY_NAME, values).all()
    candidate_rows = [row for row in rows if code is None or row.uscc is None]
    return choose_best_match(_build_candidate(row, province, country) for row in candidate_rows)


def choose_best_match(candidates: Iterable[MatchCandidate]) -> Match:
    """Return the match of the best candidate, without an organisation if another one matches as well."""
    best: dict[str, MatchCandidate] = {}
    for candidate in candidates:
        before = best.get(candidate.organisation_id)
        if before is None or before.score < candidate.score:
            best[candidate.organisation_id] = candidate
    ordered = tuple(
        sorted(best.values(), key=lambda match_candidate: (-match_candidate.score, match_candidate.organisation_id))
    )
    here = [
        match_candidate for match_candidate in ordered if not match_candidate.elsewhere and match_candidate.method != "branch"
    ]
    if not here or (len(here) > 1 and here[1].score == here[0].score):
        return Match(None, None, 0.0, ordered)
    return Match(here[0].organisation_id, here[0].method, here[0].score, ordered)


def _normalise_code(text: str | None) -> str | None:
    """Return a valid code in normal form, None for another text."""
    return normalise_uscc(text) if text and is_valid(text) else None


def _build_candidate(row: Any, province: str | None, country: str | None) -> MatchCandidate:
    method: Method = "short"
    if row.equal:
        method = "former" if row.form == "former" else "short" if row.form == "short" else "exact"
    elif row.head_office:
        method = "branch"
    elsewhere = _differ(row.division, province) or _differ(row.country, country)
    score = SCORES[method] * (ELSEWHERE if elsewhere else 1.0)
    return MatchCandidate(row.id, method, score, row.name, row.name_en, row.name_zh, elsewhere)


def _differ(stored_code: str | None, sought: str | None) -> bool:
    return stored_code is not None and sought is not None and stored_code != sought
