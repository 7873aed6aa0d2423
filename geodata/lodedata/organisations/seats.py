"""The country in which an organisation has its seat, as far as its name says so.

A site's country says nothing about the seat of its owner. Without a word in the name the seat is not known.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache

from lodedata.organisations.names import cut_seat, derive_comparable_name, is_authority, is_chinese, load_legal_forms
from lodedata.vocab import load_vocabulary

_IN_BRACKETS = re.compile(r"[(（](?:the )?([^()（）]+)[)）]")
_STATE = re.compile(r"^(?:the )?(?:government|state|republic|kingdom) of (?:the )?(?P<country>.+)$", re.IGNORECASE)
_FORM_ZH = re.compile(r"(?:有限责任公司|有限公司|股份公司)")
LAST_TOKENS = 2
"""Tokens at the end of a name among which its legal form is sought: Pvt Ltd has two."""


def infer_seat(names: Iterable[str], site_countries: Collection[str]) -> str | None:
    """Return the code of the country that the names of one organisation give, None if they give none or several.

    A country printed with the name comes first, then a legal form that one country has, or one only of those in which
    records name the organisation.
    """
    seats = {seat for name in names if (seat := _infer_name_seat(name, frozenset(site_countries))) is not None}
    return seats.pop() if len(seats) == 1 else None


def _infer_name_seat(name: str, site_countries: frozenset[str]) -> str | None:
    printed = cut_seat(name)[1]
    if printed is not None:
        return printed
    for pattern in (_STATE, _IN_BRACKETS):
        for match in pattern.finditer(name):
            term = load_vocabulary("country").find(match.groups()[-1].strip())
            if term is not None:
                return term.code
    if is_chinese(name):
        chinese = is_authority(name) or ("CHN" in site_countries and _FORM_ZH.search(name) is not None)
        return "CHN" if chinese else None
    return _infer_form_seat(derive_comparable_name(name).split(), site_countries)


def _infer_form_seat(tokens: list[str], site_countries: frozenset[str]) -> str | None:
    """Return the country of the legal form that a name begins or ends with."""
    for word, ahead in (*((word, False) for word in reversed(tokens[-LAST_TOKENS:])), *((word, True) for word in tokens[:1])):
        countries = _find_form_countries(word, ahead)
        here = countries & site_countries
        if len(countries) == 1 or len(here) == 1:
            return next(iter(here or countries))
    return None


@cache
def _find_form_countries(form: str, ahead: bool) -> frozenset[str]:
    """Return the countries of a legal form, none for another word."""
    rows = (row for row in load_legal_forms() if row["form"] == form and (not ahead or row["ahead"] == "true"))
    return frozenset(country for row in rows for country in row["countries"].split())
