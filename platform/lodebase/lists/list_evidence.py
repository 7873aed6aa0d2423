"""What an evidence file of a check of lists holds, as JSON: the version of the data and its digest, the query, the results."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from lodebase.lists.firm_results import FirmResult, FirmResults
from lodebase.lists.list_report import DISCLAIMER, FIRM_NOT_PLANT, result_data, state_data
from lodedata.messages import Message, in_each_language, msg

CHECK, BATCH = "list-check", "list-batch"
"""The subjects of evidence files: one firm, and a table of firms."""
ON_LIST_LABELS: Mapping[str, Message] = {
    "yes": msg("On the list on the day."),
    "no": msg("Not on the list on the day."),
    "not-known": msg("Not known here, which does not mean no."),
}
"""The meaning of the three values of `on_list`."""


def check_evidence(report: Mapping[str, Any]) -> bytes:
    """Return the evidence of the check of one firm, which is its report."""
    return _json({"type": CHECK, "on_list_values": _on_list_values(), **report})


def batch_evidence(found: FirmResults) -> bytes:
    """Return the evidence of the check of a table of firms: for each the list that matters first, of the others the status."""
    coverages = {one.list: one.coverage for firm in found.firms for one in firm.results}
    body = {
        "type": BATCH,
        "on_list_values": _on_list_values(),
        "data_version": found.version,
        "data": state_data(found.read),
        "lists": [
            {
                "list": code,
                **in_each_language("list_name", coverage.name),
                "complete_up_to": None if coverage.complete_up_to is None else coverage.complete_up_to.isoformat(),
            }
            for code, coverage in sorted(coverages.items())
        ],
        "firms": [_firm(one) for one in found.firms],
        **in_each_language("note", FIRM_NOT_PLANT),
        **in_each_language("disclaimer", DISCLAIMER),
    }
    return _json(body)


def _firm(one: FirmResult) -> dict[str, Any]:
    query = {name: value for name, value in one.row.items() if value}
    if one.first is None:
        wrong = {} if one.wrong is None else in_each_language("problem", one.wrong)
        return {"query": query, "on_list": "not-known", **wrong}
    first = result_data(one.first)
    others = {status: [other.list for other in one.results[1:] if other.status == status] for status in _statuses(one)}
    return {"query": query, "date": one.first.on.isoformat(), "on_list": one.first.on_list, "first": first, "others": others}


def _statuses(one: FirmResult) -> Iterator[str]:
    yield from dict.fromkeys(other.status for other in one.results[1:])


def _on_list_values() -> dict[str, Any]:
    return {name: {"en": text.in_language("en"), "zh": text.in_language("zh")} for name, text in ON_LIST_LABELS.items()}


def _json(body: Mapping[str, Any]) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_INDENT_2)
