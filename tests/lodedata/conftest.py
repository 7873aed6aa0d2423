"""Fixtures of the lodedata tests: a mapping from a few lines of YAML, and a table that is read by it."""

import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from lodedata.mapping import Reading, Source, Tally, load
from lodedata.mapping.tables import read_mapped

HEAD = """
name: made-up
title_en: A made-up table
title_zh: 虚构表格
publisher: Nobody
licence: {id: none, name: None}
citation: nowhere
version: "1"
as_of: "2024"
"""

Mapping = Callable[..., Source]
ReadMapped = Callable[..., list[Reading]]


@pytest.fixture
def mapping(tmp_path: Path) -> Mapping:
    """Return a function that loads a mapping of one table from its lines, which begin with a dash."""

    def loaded(table: str, head: str = HEAD) -> Source:
        lines = textwrap.indent(textwrap.dedent(table).strip("\n"), "  ")
        path = tmp_path / "mapping.yml"
        path.write_text(f"{head}\ntables:\n{lines}\n", encoding="utf-8")
        return load(path)

    return loaded


@pytest.fixture
def read(mapping: Mapping, tmp_path: Path) -> ReadMapped:
    """Return a function that reads a table, given as a file or lines of CSV, by the lines of a mapping."""

    def readings(table: str, rows: Path | Sequence[str], head: str = HEAD, tally: Tally | None = None) -> list[Reading]:
        path = rows if isinstance(rows, Path) else tmp_path / "table.csv"
        if not isinstance(rows, Path):
            path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return list(read_mapped(mapping(table, head), path, Tally() if tally is None else tally))

    return readings
