"""Reported records of records that are served as one."""

from collections.abc import Sequence
from typing import Any

from lodedata.choice import ReportedRecord

READ = """
SELECT t.served_id, t.record_id, t.kind, t.source, s.key, t.row, t.parts, t.given, o.as_of
FROM reported_record t JOIN member m ON m.record_id = t.record_id AND m.leads JOIN source_record s ON s.id = m.source_record_id
LEFT JOIN source o ON o.name = t.source
WHERE t.served_id = ANY(%(ids)s) ORDER BY t.served_id, t.record_id
"""
"""The reported records of groups in the order of served ids: ids, kind, source, key, then columns, child rows, expert values
and the date of the source."""


def build_reported_record(row: Sequence[Any]) -> ReportedRecord:
    """Return a row of READ as a reported record."""
    _, record_id, _, source, key, columns, parts, expert_values, as_of = row
    return ReportedRecord(record_id, source, key, columns, parts, as_of, expert_values or {})
