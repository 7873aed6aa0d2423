"""Recognition of rows that are no records: totals of the rows above them, and notes below a table."""

import re
from collections.abc import Sequence
from typing import Any

from lodedata.cells import convert_cell_to_text, normalise_cell_text
from lodedata.problems import Problem

MIN_COLUMNS = 3
"""Columns of a table from which a row with a single cell can be a note."""
_TOTAL = re.compile(
    r"((grand|sub|overall)[ -]?)?totals?|sum|(合|总|小|共|累) ?计( ?\(.*\))?|总 ?和"
    r"|(sub)?tota(l|les|is|ux)( ge(ne)?ral| général)?|somme|итого|всего|jumlah|total keseluruhan",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"((foot)?notes?|(data )?sources?|remarks?|注释?|附注|备注|说明|(资料|数据)?来源"
    r"|fontes?|fuentes?|notas?|observa(ções|ciones)|remarques?|источники?|примечани[ея]|sumber|catatan) ?\d*[:.、]|[*†‡※]",
    re.IGNORECASE,
)


def find_summary_row_problem(cells: Sequence[Any], columns: int) -> Problem | None:
    """Return the problem of a row of totals or of a note, by its first filled cell; None for any other row."""
    filled = (text for cell in cells if cell is not None and (text := convert_cell_to_text(cell)))
    written = next(filled, None)
    if written is None:
        return None
    first = normalise_cell_text(written)
    if next(filled, None) is not None:
        return Problem("total-row", written) if _TOTAL.fullmatch(first.rstrip(" :")) else None
    return Problem("note-row", written) if columns >= MIN_COLUMNS and _NOTE.match(first) else None
