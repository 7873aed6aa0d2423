"""Queries as people type them, each with the record that belongs among the first five suggestions."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from lodebase.search.lookup import search
from lodebase.search.suggestion import SearchQuery, Suggestion
from lodedata.normal_form import normalise_search_text

FIRST = 5
SITES = ("deposit", "discovery", "project")


@dataclass(frozen=True, slots=True)
class ExpectedRecord:
    """A query, the pattern of a name of its record, the record's country and kinds, and the form of the query."""

    query: str
    name: str
    country: str
    kind: str
    form: str

    def is_among(self, suggestions: Sequence[Suggestion]) -> bool:
        """Return whether the record is among the first suggestions."""
        return any(self._matches(suggestion) for suggestion in suggestions[:FIRST])

    def is_stored(self, sites: Sequence[tuple[str, str | None]]) -> bool:
        """Return whether one of some sites, each its names and its country, is the record."""
        return any(re.search(self.name, names, re.IGNORECASE) and self.country in ("", country) for names, country in sites)

    def _matches(self, one: Suggestion) -> bool:
        country = self.country in ("", one.country.code if one.country is not None else None)
        names = [name for name in (one.name_en, one.name_zh, one.matched) if name]
        kinds = (self.kind,) if self.kind else SITES
        return country and one.kind in kinds and any(re.search(self.name, name, re.IGNORECASE) for name in names)


def expected_records() -> list[ExpectedRecord]:
    """Return the table of queries: forms of names in several languages and scripts, of our metals, over the world."""
    path = Path(__file__).parent / "lodebase" / "search" / "queries.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [ExpectedRecord(**row) for row in csv.DictReader(stream)]


def suggestions(engine: Engine, query: str, limit: int = 10) -> Sequence[Suggestion]:
    """Return the suggestions for a query as it is typed."""
    return search(engine, SearchQuery(normalise_search_text(query), limit, typed=query)).suggestions
