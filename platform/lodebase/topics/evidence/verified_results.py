"""The results that a verified file states, a row for each firm and list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lodebase.topics.lists.list_evidence import BATCH
from lodedata.messages import Label


@dataclass(frozen=True, slots=True)
class VerifiedResult:
    """A firm, a day and a list: whether it is on it (``yes``, ``no``, ``not-known``), the status, the act with its address."""

    firm: str
    date: str
    list_name: Label
    on_list: str
    status: str | None
    reason: Label
    act: str | None
    act_url: str | None


def list_verified_results(evidence: Mapping[str, Any]) -> Iterator[VerifiedResult]:
    """Yield the results of evidence: of one firm those for each list, of a table for each firm the one that matters."""
    if evidence["type"] == BATCH:
        for firm in evidence["firms"]:
            yield _build_result(_read_firm(firm["query"]), firm.get("date", ""), firm.get("first"), firm)
    else:
        for result in evidence["results"]:
            yield _build_result(_read_firm(evidence["inputs"]), evidence["date"], result, result)


def _read_firm(query: Mapping[str, Any]) -> str:
    return str(query.get("name") or query.get("uscc") or query.get("project") or "")


def _build_result(firm: str, date: str, result: Mapping[str, Any] | None, entry: Mapping[str, Any]) -> VerifiedResult:
    if result is None:
        problem = Label(entry.get("problem_en"), entry.get("problem_zh"))
        return VerifiedResult(firm, date, Label("", ""), "not-known", None, problem, None, None)
    batch = result["batch"] or {}
    return VerifiedResult(
        firm,
        date,
        Label(result["list_name_en"], result["list_name_zh"]),
        result["on_list"],
        result["status"],
        Label(result["reason_en"], result["reason_zh"]),
        result["act"] or batch.get("act"),
        result["act_url"] or batch.get("url"),
    )
