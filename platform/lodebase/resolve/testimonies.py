"""Testimonies of records that are served as one."""

from collections.abc import Sequence
from typing import Any

from lodedata.choice import Testimony

READ = """
SELECT t.served_id, t.record_id, t.kind, t.source, s.key, t.row, t.parts, t.given
FROM testimony t JOIN member m ON m.record_id = t.record_id AND m.leads JOIN source_record s ON s.id = m.source_record_id
WHERE t.served_id = ANY(%(ids)s) ORDER BY t.served_id, t.record_id
"""
"""The testimonies of groups in the order of served ids: ids, kind, source, key, then columns, child rows, expert values."""


def to_testimony(row: Sequence[Any]) -> Testimony:
    """Return a row of READ as a testimony."""
    _, record_id, _, source, key, columns, parts, given = row
    return Testimony(record_id, source, key, columns, parts, given or {})
