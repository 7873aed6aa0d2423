"""Nesting depth of JSON and well-known text, counted before any parser reads them."""

import re
from pathlib import Path

CHUNK_BYTES = 1 << 20
_TEXTS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NEITHER = bytes(set(range(256)) - set(b"[]{}"))
_DEEPER = frozenset(b"[{(")


def measure_json_depth(path: Path) -> int:
    """Return the deepest nesting of arrays and objects in a file of JSON, read in pieces."""
    deepest = level = 0
    carried, within_text = b"", False
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            chunk = carried + chunk
            # a backslash at the end escapes the next character
            carried = b"\\" if (len(chunk) - len(chunk.rstrip(b"\\"))) % 2 else b""
            chunk = chunk.removesuffix(carried)
            chunk = _TEXTS.sub(b"", b'"' + chunk if within_text else chunk)
            begun = chunk.find(b'"')
            within_text = begun >= 0
            deepest, level = _count_levels((chunk[:begun] if within_text else chunk).translate(None, _NEITHER), deepest, level)
    return deepest


def measure_text_depth(text: bytes) -> int:
    """Return the deepest nesting of brackets of any kind in a text; quotation marks have no meaning."""
    return _count_levels(text.translate(None, bytes(set(range(256)) - set(b"[]{}()"))), 0, 0)[0]


def _count_levels(brackets: bytes, deepest: int, level: int) -> tuple[int, int]:
    for bracket in brackets:
        if bracket in _DEEPER:
            level += 1
            deepest = max(deepest, level)
        else:
            level -= 1
    return deepest, level
