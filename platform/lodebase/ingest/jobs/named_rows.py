"""The rows of an import that were not loaded or loaded without a part, and the reasons of those out of scope, in its log."""

from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg

from lodebase.ingest import rows
from lodedata.kinds import KINDS
from lodedata.mapping import Reading
from lodedata.problems import Problem
from lodedata.statistics.table_spec import StatisticsSource

MAX_NAMED_ROWS = 500
"""Rows of an import that its log names, of those not loaded and of those without a part."""
REFUSED = """
SELECT locator, key, reasons FROM quarantine WHERE last_run = %s AND resolved_run IS NULL ORDER BY id LIMIT %s
"""


@dataclass(slots=True)
class RowReasons:
    """The rows of an import loaded without a part, the numbers of those out of scope by rule, and the kinds of its records."""

    count: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    out_of_scope: dict[str, int] = field(default_factory=dict)

    def add(self, reading: Reading) -> None:
        """Count a reading that is loaded, and name it if a part of its row is left out."""
        self.kinds.update(record.kind for record in reading.records)
        left_out = [problem for problem in reading.problems if problem.left_out]
        if not left_out:
            return
        self.count += 1
        if len(self.rows) < MAX_NAMED_ROWS:
            row = reading.rows[0]
            reasons = [build_named_reason(problem) for problem in left_out]
            self.rows.append({"locator": rows.clean(row.locator), "key": rows.clean(row.key), "reasons": reasons})

    def exclude(self, reading: Reading) -> None:
        """Count the rows of a reading that is out of scope by the rule that says why, if one does."""
        for rule in {problem.rule for problem in reading.problems if problem.excludes}:
            self.out_of_scope[rule] = self.out_of_scope.get(rule, 0) + len(reading.rows)

    def public(self, source: object) -> bool:
        """Return whether everybody may read of the rows: the import has records, and none of an internal kind."""
        if isinstance(source, StatisticsSource):
            return True
        return bool(self.kinds) and not any(KINDS[kind].internal for kind in self.kinds)


def build_named_reason(problem: Problem) -> dict[str, Any]:
    """Return the rule and column of a problem, with its sentence in both languages."""
    sentences = {language: rows.clean(problem.sentence(language)) for language in ("en", "zh")}
    return {"rule": problem.rule, "column": problem.column, **sentences}


def write_named_rows(connection: psycopg.Connection[Any], run: int, refused: int, reasons: RowReasons, public: bool) -> str:
    """Return the rows of a run that were refused (their number is given) or loaded without a part, as JSON.

    Rows out of scope are counted by reason.
    """
    refused_rows = connection.execute(REFUSED, (run, MAX_NAMED_ROWS)).fetchall() if refused else []
    listed = [
        {"locator": locator, "key": key, "reasons": [{n: v for n, v in reason.items() if n != "value"} for reason in reasons]}
        for locator, key, reasons in refused_rows
    ]
    return orjson.dumps(
        {
            "public": public,
            "refused": {"count": refused, "rows": listed},
            "incomplete": {"count": reasons.count, "rows": reasons.rows},
            "out_of_scope": [
                {**build_named_reason(Problem(rule, "")), "count": count} for rule, count in reasons.out_of_scope.items()
            ],
        }
    ).decode()
