"""Texts that a spreadsheet would read as a formula (OWASP, CSV injection), and the apostrophe that prevents it."""

import re

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
"""First characters of a formula; East Asian spreadsheets read full-width signs as the others."""
BLANKS = " \u00a0\u3000\t\r\n"
"""Characters that a spreadsheet ignores before a formula."""
PATTERN = f"^([{BLANKS}]*[{SIGNS.replace('-', '')}-]|[\t\r\n])"
"""The beginning of a formula as a regular expression of Python and PostgreSQL."""
GUARD = "'"

_RISKY = re.compile(PATTERN)
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*([eE][+-]?[0-9]+)?")
_GUARDED = re.compile(f"{GUARD}+(?={PATTERN[1:]})")


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would read a text as a formula."""
    return _RISKY.match(text) is not None


def guard_text(text: str) -> str:
    """Return the text, with an apostrophe before it if a spreadsheet would read it as a formula."""
    return f"{GUARD}{text}" if is_formula(text) else text


def guard_cell(text: str) -> str:
    """Return the text guarded so that :func:`unguarded_cell` gives it back; a number such as -69.07 stays as it is."""
    if _NUMBER.fullmatch(text):
        return text
    return f"{GUARD}{text}" if is_formula(text) or _GUARDED.match(text) else text


def restore_guarded_cell(text: str) -> str:
    """Return what :func:`guarded_cell` was given."""
    return text[len(GUARD) :] if _GUARDED.match(text) else text
