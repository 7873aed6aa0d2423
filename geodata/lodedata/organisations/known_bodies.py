"""Texts that name a body for certain: by a legal form, or because Lode or a source has the body under this name alone.

``bodies-in-lists.csv`` has the bodies that sources name in lists and, elsewhere, alone.
"""

import csv
from functools import cache
from importlib.resources import files

from lodedata.organisations.described import find_body_of_name
from lodedata.organisations.names import derive_comparable_name, ends_in_legal_form


def is_body(text: str) -> bool:
    """Return whether a text is known to name one body; a legal form alone names none."""
    if ends_in_legal_form(text):
        return not ends_in_legal_form(text, alone=True)
    return find_body_of_name(text) is not None or derive_comparable_name(text) in _load_bodies()


@cache
def _load_bodies() -> frozenset[str]:
    text = (files(__package__) / "bodies-in-lists.csv").read_text("utf-8")
    return frozenset(derive_comparable_name(row["name"]) for row in csv.DictReader(text.splitlines()))
