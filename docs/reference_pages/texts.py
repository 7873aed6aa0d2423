"""Texts that the code does not have, and the Markdown that all pages use."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(__file__).with_name("reference-texts.yml")


class TextError(Exception):
    """A text is missing in reference-texts.yml, or a text there is not used."""


class ReferenceTexts:
    """The texts of reference-texts.yml, with a record of those that were used."""

    def __init__(self, path: Path = FILE) -> None:
        self._texts: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._used: set[tuple[str, str]] = set()

    def get(self, section: str, name: str) -> Any:
        """Return the text of a name in a section, None if there is none."""
        self._used.add((section, name))
        return self._texts[section].get(name)

    def require(self, section: str, name: str) -> Any:
        """Return the text of a name in a section. Raises TextError if there is none."""
        text = self.get(section, name)
        if text is None:
            raise TextError(f"{FILE.name} has no text for {name!r} in {section!r}")
        return text

    def check_all_used(self) -> None:
        """Raises TextError if a text was not used."""
        texts = {(section, name) for section, part in self._texts.items() for name in part}
        if unused := sorted(texts - self._used):
            raise TextError(f"{FILE.name} has texts that are not used: {unused[:5]}")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a table and an empty one; nothing for no rows."""
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    if lines:
        yield from ("| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *lines, "")


def code(text: object) -> str:
    """Return a text as inline code."""
    return f"`{text}`" if "`" not in str(text) else f"`` {text} ``"


def first_sentence(docstring: str | None) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join((docstring or "").strip().split("\n\n")[0].split())


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return " ".join(text.replace("|", "\\|").split())
