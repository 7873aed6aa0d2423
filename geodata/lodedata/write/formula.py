"""Texts that a spreadsheet would take for a formula (OWASP, CSV injection), and the apostrophe that keeps it from doing so."""

import re

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
"""What a formula begins with; spreadsheets of East Asia take the full-width signs for the others."""
BLANKS = " \u00a0\u3000\t\r\n"
"""What a spreadsheet leaves out before a formula."""
PATTERN = f"^([{BLANKS}]*[{SIGNS.replace('-', '')}-]|[\t\r\n])"
"""What begins like a formula, as Python and PostgreSQL write it."""
GUARD = "'"

_RISKY = re.compile(PATTERN)
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*([eE][+-]?[0-9]+)?")
_GUARDED = re.compile(f"{GUARD}+(?={PATTERN[1:]})")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula."""
    return _RISKY.match(text) is not None


def guarded(text: str) -> str:
    """Return the text, behind an apostrophe if a spreadsheet would take it for a formula."""
    return f"{GUARD}{text}" if is_formula(text) else text


def guarded_cell(text: str) -> str:
    """Return the text guarded so that :func:`unguarded_cell` gives it back; a number such as -69.07 stays as it is."""
    if _NUMBER.fullmatch(text):
        return text
    return f"{GUARD}{text}" if is_formula(text) or _GUARDED.match(text) else text


def unguarded_cell(text: str) -> str:
    """Return what :func:`guarded_cell` was given."""
    return text[len(GUARD) :] if _GUARDED.match(text) else text
