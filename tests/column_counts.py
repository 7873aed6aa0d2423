"""Counts of a column as a reader reports them."""

from lodedata.mapping import Tally

Counts = tuple[int, int, dict[str, int]]


def counts(tally: Tally, table: str, column: str) -> Counts:
    """Return the filled and the used cells of a column of a table, by the end of its name, and the dropped ones by reason."""
    (usage,) = [usage for name, usage in tally.usage.items() if name.endswith(table)]
    (found,) = [one for one in usage.as_data() if one["column"] == column]
    dropped = {drop["reason"]: drop["count"] for drop in found["reasons"]}
    assert found["filled"] == found["used"] + sum(dropped.values())
    return found["filled"], found["used"], dropped
