"""The parts of a layout report have types throughout."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

from lodebase.layout.reports.comparison import ReportComparison
from lodebase.layout.reports.findings_by_date import FindingsByDate
from lodebase.layout.reports.report import InternalReport


def untyped_fields(kind: Any, path: str) -> Iterator[str]:
    """Yield the fields of a dataclass, and of those within it, whose type says nothing."""
    if kind is Any or kind is dict:
        yield path
    elif isinstance(kind, type) and is_dataclass(kind):
        for name, hint in get_type_hints(kind).items():
            yield from untyped_fields(hint, f"{path}.{name}")
    else:
        for part in get_args(kind):
            yield from untyped_fields(part, path)


def test_no_part_of_a_report_is_untyped() -> None:
    kinds = (InternalReport, ReportComparison, FindingsByDate)
    assert [path for kind in kinds for path in untyped_fields(kind, kind.__name__)] == []
