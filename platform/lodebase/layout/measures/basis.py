"""What a report rests on: how much of the national output its plants cover, how old statuses are, and how rules were read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lodebase.layout.measures.uncertainty import OLD_YEARS, is_old
from lodebase.layout.planned.candidate import Candidate
from lodedata.figures.national_output import find_output, find_stage
from lodedata.rules import RuleSet

RESULTS_OF_RULES = ("met", "not_met", "judgement", "not_enough_data")
"""Results of rules that apply to the plant."""


def basis(candidate: Candidate, rules: RuleSet, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the coverage of output, the age of the listed sites' statuses, and how the rules that apply were read."""
    applying = [one for one in parts["findings"] if one["counts"] and one["result"] in RESULTS_OF_RULES]
    used = {one["instrument"] for one in applying}
    return {
        "coverage": _coverage(candidate, parts["concentration"]),
        "statuses": _statuses(parts["neighbours"]["sites"], candidate.on),
        "rules": {
            "apply": len(applying),
            "read_as": {kind: sum(one["read_as"] == kind for one in applying) for kind in _kinds(applying)},
            "in_part": [
                {"id": one.id, "title_en": one.title_en, "title_zh": one.title_zh, "en": one.unread_en, "zh": one.unread_zh}
                for one in rules.instruments
                if one.id in used and one.unread_en
            ],
        },
    }


def _kinds(applying: list[dict[str, Any]]) -> list[str]:
    return sorted({one["read_as"] for one in applying})


def _coverage(candidate: Candidate, spread: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the capacity of the operating plants held here in per cent of the country's output; None if none is known."""
    stage = find_stage(candidate.made.stages[-1][0])
    output = None if stage is None or spread is None else find_output(stage.commodity, stage.stage, spread["country"])
    if output is None or spread is None:
        return None
    tpa = spread["nation"]["groups"].get("operating", {}).get("tpa", 0.0)
    return {
        "country": spread["country"],
        "operating_tpa": tpa,
        "output_t": output.tonnes,
        "year": output.year,
        "source": output.source,
        "percent": round(tpa / output.tonnes * 100, 1),
    }


def _statuses(sites: list[dict[str, Any]], on: date) -> dict[str, Any]:
    """Return how many of the listed sites have a status that is old or not dated, and the range of the dates."""
    dates = [max((p["status_date"] for p in one["phases"] if p["status_date"]), default=None) for one in sites]
    known = sorted(one for one in dates if one is not None)
    return {
        "sites": len(sites),
        "old": sum(is_old(one, on) for one in known),
        "undated": len(dates) - len(known),
        "oldest": known[0] if known else None,
        "newest": known[-1] if known else None,
        "old_years": OLD_YEARS,
    }
