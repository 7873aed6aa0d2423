"""The summary of a report in one paragraph: nearest site, capacity around it, clauses not met, what is missing."""

from collections.abc import Iterator, Mapping
from typing import Any

from lodebase.layout.reports.report_text import localized, record_name
from lodedata.messages import Message, literal, msg

NEAR_KM = 100.0
STOPS = ".\u3002"
LIVE = ("operating", "construction", "permitted", "announced")
Report = Mapping[str, Any]


def summary(report: Report, language: str) -> list[str]:
    """Return the sentences of the summary in a language."""
    return [one.in_language(language) for one in _sentences(report, language)]


def _sentences(report: Report, language: str) -> Iterator[Message]:
    sites = report["neighbours"]["sites"]
    if sites:
        name = literal(record_name(sites[0], language))
        km = f"{sites[0]['distance_km']:,.1f}"
        yield msg("The nearest site of the same product is %(name)s, %(km)s km away.", name=name, km=km)
    else:
        yield msg("No site of the same product is listed around the place.")
    yield from _capacity(report)
    counted = [one for one in report["findings"] if one["counts"]]
    unmet = [one for one in counted if one["result"] == "not_met"]
    if unmet:
        clauses = [literal(localized(one, "clause", language).rstrip(STOPS)) for one in unmet]
        yield msg("Not met, %(count)s: %(clauses)s.", count=len(unmet), clauses=clauses)
    else:
        yield msg("No clause in force is found not met.")
    missing = [one for one in counted if one["result"] == "not_enough_data"]
    if missing:
        reasons = [literal(one) for one in dict.fromkeys(localized(one, "reason", language) for one in missing)]
        yield msg("%(count)s clauses lack data: %(reasons)s.", count=len(missing), reasons=reasons)
        yield msg(
            "Enter what is known in the form; the rest is in the design, the environmental report or the energy review of "
            "the project."
        )


def _capacity(report: Report) -> Iterator[Message]:
    for radius in report["neighbours"]["radii"]:
        if radius["km"] == NEAR_KM:
            groups = [radius["groups"][one] for one in LIVE]
            tonnes, count = sum(one["placed_tpa"] for one in groups), sum(one["placed"] for one in groups)
            yield msg(
                "Within %(km)s km, %(count)s sites that operate, are built or are planned have %(tonnes)s t/a.",
                km=f"{NEAR_KM:.0f}",
                count=count,
                tonnes=f"{tonnes:,.0f}",
            )
