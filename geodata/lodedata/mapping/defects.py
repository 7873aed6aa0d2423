"""Problems of rows that a file's reader marks as unreadable."""

from collections.abc import Sequence

from lodedata.problems import Problem
from lodedata.read import InputRow


def describe_defect(row: InputRow, columns: Sequence[str]) -> Problem:
    """Return the problem of a row with a defect, with the cell that has it."""
    assert row.defect is not None
    if row.defect == "wrong-cell-count":
        return Problem(row.defect, str(len(row.cells)), None, {"expected": str(len(columns))})
    for column, cell in zip(columns, row.cells, strict=False):
        if isinstance(cell, str) and cell.startswith("="):
            return Problem(row.defect, cell, column)
    return Problem(row.defect, "")
