"""Balance of capacity and feedstock: the live capacity of plants divided by what the mines of the same area could feed."""

from collections.abc import Iterable, Mapping
from typing import Any

from lodebase.layout.statement_parameters import LIVE
from lodedata.layout.feedstock import OUTPUTS, UNSTATED


def rates(product: str) -> dict[str, Any]:
    """Return the parameters of the statement SUPPLY, apart from the terms of the product."""
    listed = OUTPUTS[product]
    return {
        "outputs": [one.mined for one in listed],
        "bases": [one.basis for one in listed],
        "lows": [one.low for one in listed],
        "highs": [one.high for one in listed],
        "unstated": UNSTATED,
        "live": list(LIVE),
    }


def balance(sites: Iterable[Mapping[str, Any]], supply: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return capacity, the range that mines could feed and the ratio of the two, for the area and for each division.

    Mines whose figure can't be converted to tonnes of the product are only counted. Imported ore is not included.
    """
    made: dict[str | None, dict[str, Any]] = {}
    for one in sites:
        groups = one["groups"] or {}
        _of(made, one["division"])["capacity_tpa"] += float(sum(groups.get(name) or 0.0 for name in LIVE))
    for row in supply:
        totals = _of(made, row["division"])
        totals["feeds_tpa"] = [totals["feeds_tpa"][0] + row["low"], totals["feeds_tpa"][1] + row["high"]]
        totals["mines"] += row["mines"]
        totals["mines_without_figure"] += row["without_figure"]
    area = _nothing()
    for totals in made.values():
        for name in ("capacity_tpa", "mines", "mines_without_figure"):
            area[name] += totals[name]
        area["feeds_tpa"] = [a + b for a, b in zip(area["feeds_tpa"], totals["feeds_tpa"], strict=True)]
    divisions = sorted(made, key=lambda code: (-made[code]["capacity_tpa"], code or ""))
    return {**_rounded(area), "divisions": [{"division": code, **_rounded(made[code])} for code in divisions]}


def _nothing() -> dict[str, Any]:
    return {"capacity_tpa": 0.0, "feeds_tpa": [0.0, 0.0], "mines": 0, "mines_without_figure": 0}


def _of(made: dict[str | None, dict[str, Any]], division: str | None) -> dict[str, Any]:
    return made.setdefault(division, _nothing())


def _rounded(one: dict[str, Any]) -> dict[str, Any]:
    low, high = one["feeds_tpa"]
    ratio = [round(one["capacity_tpa"] / high, 3), round(one["capacity_tpa"] / low, 3)] if low > 0 else None
    return {**one, "feeds_tpa": [round(low), round(high)], "capacity_over_feedstock": ratio}
