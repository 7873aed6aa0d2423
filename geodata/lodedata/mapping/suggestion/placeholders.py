"""The open values of a suggested mapping, as a form can ask for them, and a mapping with them filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lodedata.mapping.suggestion.draft import quote_yaml

_OPEN = re.compile(r'"\?"')
_KEY = re.compile(r"^[\s-]*([a-z0-9_]+):")
_INNER = re.compile(r'([a-z0-9_]+):\s*"\?"')


@dataclass(frozen=True, slots=True)
class OpenValue:
    """One open value: its place among the open values, its key such as ``licence.id``, and the comment that explains it."""

    number: int
    key: str
    line: int
    comment: str


def find_open_values(text: str) -> list[OpenValue]:
    """Return the open values of a mapping in their order; comments are not searched."""
    open_values: list[OpenValue] = []
    above: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        content, comment = _split_comment(line)
        if not content.strip():
            above.append(comment)
            continue
        outer = _KEY.match(content)
        for match in _OPEN.finditer(content):
            inner = next((m[1] for m in _INNER.finditer(content) if m.end() == match.end()), "")
            names = [outer[1]] if outer else []
            key = ".".join([*names, *([inner] if inner and inner not in names else [])])
            open_values.append(OpenValue(len(open_values), key, number, comment or " ".join(filter(None, above))))
        above = []
    return open_values


def fill_open_values(text: str, values: Mapping[int, str]) -> str:
    """Return a mapping in which open values, by their number, are replaced; blank values stay open."""
    count = -1

    def value(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        replacement = values.get(count, "").strip()
        return quote_yaml(replacement) if replacement else match[0]

    lines = []
    for line in text.splitlines():
        content, _ = _split_comment(line)
        lines.append(_OPEN.sub(value, content) + line[len(content) :])
    return "\n".join(lines) + "\n"


def _split_comment(line: str) -> tuple[str, str]:
    """Return a line of YAML as its content and its comment without the mark; a mark within quotes begins none."""
    in_quotes = False
    for place, character in enumerate(line):
        if character == '"' and line[place - 1 : place] != "\\":
            in_quotes = not in_quotes
        elif character == "#" and not in_quotes and (place == 0 or line[place - 1].isspace()):
            return line[:place], line[place + 1 :].strip()
    return line, ""
