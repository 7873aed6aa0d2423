"""What an evidence file of a check of lists holds, as JSON: the version of the data and its digest, the query, the results."""

from collections.abc import Mapping
from typing import Any

import orjson

from lodebase.operations.formats import convert_result_to_data
from lodebase.topics.lists.firm_results import FirmResult, FirmResults
from lodebase.topics.lists.list_report import DISCLAIMER, FIRM_NOT_PLANT, ListsReport, describe_data, describe_result
from lodedata.messages import Message, msg, put_in_each_language

CHECK, BATCH = "list-check", "list-batch"
"""The subjects of evidence files: one firm, and a table of firms."""
ON_LIST_LABELS: Mapping[str, Message] = {
    "yes": msg("On the list on the day."),
    "no": msg("Not on the list on the day."),
    "not-known": msg("Not known here, which does not mean no."),
}
"""The meaning of the three values of `on_list`."""


def write_check(report: ListsReport) -> bytes:
    """Return the evidence of the check of one firm, which is its report."""
    return _write_json({"type": CHECK, "on_list_values": ON_LIST_LABELS, **convert_result_to_data(report)})


def write_batch(firm_results: FirmResults) -> bytes:
    """Return the evidence of the check of a table of firms: for each the list that matters first, of the others the status."""
    coverages = {result.list: result.coverage for firm in firm_results.firms for result in firm.results}
    body = {
        "type": BATCH,
        "on_list_values": ON_LIST_LABELS,
        "data_version": firm_results.dataset_version,
        "data": describe_data(firm_results.read),
        "lists": [
            {"list": code, **put_in_each_language("list_name", coverage.name), "complete_up_to": coverage.complete_up_to}
            for code, coverage in sorted(coverages.items())
        ],
        "firms": [_describe_firm(firm) for firm in firm_results.firms],
        **put_in_each_language("note", FIRM_NOT_PLANT),
        **put_in_each_language("disclaimer", DISCLAIMER),
    }
    return _write_json(body)


def _describe_firm(firm_result: FirmResult) -> Mapping[str, object]:
    query = {name: value for name, value in firm_result.row.items() if value}
    if firm_result.first is None:
        wrong = {} if firm_result.wrong is None else put_in_each_language("problem", firm_result.wrong)
        return {"query": query, "on_list": "not-known", **wrong}
    others: dict[str, list[str]] = {}
    for other in firm_result.results[1:]:
        others.setdefault(other.status, []).append(other.list)
    first = describe_result(firm_result.first)
    return {
        "query": query,
        "date": firm_result.first.on,
        "on_list": firm_result.first.on_list,
        "first": first,
        "others": others,
    }


def _write_json(body: Mapping[str, Any]) -> bytes:
    return orjson.dumps(convert_result_to_data(body), option=orjson.OPT_INDENT_2)
