"""What the sources tell of things that are served as one record, as values."""

from collections.abc import Sequence
from typing import Any

from lodedata.choice import Testimony

READ = """
SELECT t.served_id, t.record_id, t.kind, t.source, s.key, t.row, t.parts, t.given
FROM testimony t JOIN member m ON m.record_id = t.record_id AND m.leads JOIN source_record s ON s.id = m.source_record_id
WHERE t.served_id = ANY(%(ids)s) ORDER BY t.served_id, t.record_id
"""
"""The testimonies of groups by their served ids, each group's together: ids, kind, source, key, then what is told."""


def told(row: Sequence[Any]) -> Testimony:
    """One row of what was read as a testimony."""
    _, record_id, _, source, key, columns, parts, given = row
    return Testimony(record_id, source, key, columns, parts, given or {})
