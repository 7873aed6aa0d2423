"""Foreign text on a terminal: control characters are escaped, so that no file name, header or address can steer it."""

import re

_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
"""C0 and C1, direction marks, line separators, zero-width characters, halves of surrogate pairs; not tab and newline."""
_OF_A_TEXT = re.compile(f"[{_CONTROLS}]")
_OF_A_LINE = re.compile(f"[{_CONTROLS}\t\n]")


def escape_printable_text(text: str) -> str:
    r"""Return a text of several lines with its control characters escaped, as ``\x1b`` and ``\u202e``."""
    return _OF_A_TEXT.sub(_escape_match, text)


def escape_printable_line(text: str) -> str:
    r"""Return a text as one line: tabs and newlines are escaped too, as ``\t`` and ``\n``."""
    return _OF_A_LINE.sub(_escape_match, text)


def escape_printable_json(text: str) -> str:
    r"""Return a JSON text that is safe on a terminal: what JSON leaves raw in its strings is escaped, as ``\u009b``."""
    # outside its strings, JSON has none of these
    return _OF_A_TEXT.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _escape_match(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
