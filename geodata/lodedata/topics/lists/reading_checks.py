"""Checks of imported lists: counts that acts state, names twice, consultations, provinces and validities."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lodedata.errors import FileRefused
from lodedata.mapping import Reading
from lodedata.messages import msg
from lodedata.organisations.names import derive_comparable_name
from lodedata.problems import Problem
from lodedata.records import GenericRecord

Values = Mapping[str, Any]
CONSULTATION = "公示"


def check_list_readings(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yield the readings with what is wrong with them. Raises FileRefused if a batch has not the rows that its act states."""
    batches = {(value["list"], value["number"]): value for value in _collect_values(readings, "list_batch")}
    require_counts(batches, list(_collect_values(readings, "list_entry")))
    seen: dict[tuple[Any, ...], tuple[str, Any]] = {}
    for reading in readings:
        record = next((record for record in reading.records if isinstance(record, GenericRecord)), None)
        problems = [] if record is None else list(_find_problems(record, reading.rows[0].locator, batches, seen))
        if not problems:
            yield reading
            continue
        refused = any(problem.refuses for problem in problems)
        yield replace(reading, records=() if refused else reading.records, problems=(*reading.problems, *problems))


def require_counts(batches: Mapping[tuple[str, int | None], Values], entries: Sequence[Values]) -> None:
    """Raise FileRefused if a batch with entries has neither the rows nor the names that its act states."""
    rows = Counter((entry["list"], entry.get("batch")) for entry in entries)
    names = Counter(
        key
        for key, _ in {
            ((entry["list"], entry.get("batch")), derive_comparable_name(entry["name_as_printed"])) for entry in entries
        }
    )
    for key, batch in batches.items():
        stated = batch.get("count_stated")
        if stated is not None and rows[key] and stated not in (rows[key], names[key]):
            raise FileRefused(
                msg(
                    "Batch %(batch)s of %(list)s has %(rows)s rows; its act states %(stated)s. Complete the rows, or correct "
                    "the number of entries stated.",
                    batch=key[1],
                    list=key[0],
                    rows=rows[key],
                    stated=stated,
                )
            )


def _collect_values(readings: Sequence[Reading], kind: str) -> Iterator[Values]:
    for reading in readings:
        for record in reading.records:
            if isinstance(record, GenericRecord) and record.kind == kind:
                yield record.values


def _find_problems(
    record: GenericRecord, locator: str, batches: Mapping[Any, Values], seen: dict[tuple[Any, ...], tuple[str, Any]]
) -> Iterator[Problem]:
    values = record.values
    if record.kind == "list_batch" and CONSULTATION in (values.get("act") or ""):
        yield Problem("consultation-as-act", values["act"], "act")
    if record.kind != "list_entry":
        return
    if not values.get("province_as_printed"):
        # the annexes print it; only re-posts leave it out
        yield Problem("missing-value", "", None, {"field": "province_as_printed"})
    batch = batches.get((values["list"], values.get("batch")), {})
    act = batch.get("act") or ""
    if CONSULTATION in act or (batch.get("consultation_act") and not act and not batch.get("published")):
        yield Problem("consultation-only", values["name_as_printed"], None, {"batch": str(values.get("batch"))})
    yield from _find_repeats(values, locator, seen)


def _find_repeats(values: Values, locator: str, seen: dict[tuple[Any, ...], tuple[str, Any]]) -> Iterator[Problem]:
    """Yield a problem for a name that the list has already: in one batch it is refused, in a later one marked."""
    for kind in values.get("entry_kind") or ("",):
        key = (values["list"], derive_comparable_name(values["name_as_printed"]), values.get("division"), kind)
        if key not in seen:
            seen[key] = locator, values.get("batch")
            continue
        first, batch = seen[key]
        rule = "listed-twice" if batch == values.get("batch") else "listed-before"
        yield Problem(rule, values["name_as_printed"], None, {"first": first})
        return
