"""Mines in reach of a planned plant: their output and what they could feed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lodebase.layout.measures.outputs import PHASE, PRODUCT, Column, Outputs, measured
from lodebase.layout.measures.units import CODES, groups
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.statement_parameters import LIVE


def in_reach(made: Outputs, candidate: Candidate, values: Mapping[str, Any]) -> Outputs:
    """Return the outputs of the mines within the largest radius."""
    sites = measured(made.sites, candidate, [values["farthest"]])
    some = made.of(values["mined"], [PHASE, PRODUCT]) & (sites.distance_m <= values["farthest"])[made.site]
    columns = {name: getattr(made, name)[some] for name in ("site", "term", "origin", "status", "basis", "tpa")}
    return replace(made, sites=sites, **columns)


def present(mines: Outputs) -> Column:
    """Return a mask of the sites that are mines in reach."""
    found = np.zeros(len(mines.sites.ids), dtype=bool)
    found[mines.site] = True
    return found


def mined(mines: Outputs, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the output of the mines by product, basis of the figure and group of statuses."""
    phases = mines.origin == PHASE
    size = len(mines.bases)
    key = (mines.term * size + mines.basis) * len(CODES) + groups(mines, values)
    rows = []
    for one in np.unique(key[phases]).tolist():
        some = phases & (key == one)
        unknown = np.isnan(mines.tpa[some])
        totals = np.cumsum(mines.tpa[some][~unknown])
        rows.append(
            {
                "product": mines.terms[one // len(CODES) // size],
                "basis": mines.bases[one // len(CODES) % size],
                "grp": CODES[one % len(CODES)],
                "mines": len(np.unique(mines.site[some])),
                "without_figure": len(np.unique(mines.site[some][unknown])),
                "tpa": float(totals[-1]) if len(totals) else None,
            }
        )
    return sorted(rows, key=lambda row: (row["product"], row["basis"] is None, row["basis"] or "", row["grp"]))


def supply(mines: Outputs, values: Mapping[str, Any], rates: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the mines could feed, in tonnes of the plant's product. Of the steps of one mine the largest counts, as ore
    and its concentrate are the same metal. A figure that can't be converted is counted, not estimated.
    """
    live = [CODES.index(name) for name in LIVE]
    some = (mines.origin == PHASE) & (mines.status >= 0) & np.isin(groups(mines, values), live)
    tonnes = dict(
        zip(zip(rates["outputs"], rates["bases"], strict=True), zip(rates["lows"], rates["highs"], strict=True), strict=True)
    )
    each = np.array(
        [[tonnes.get((term, basis or rates["unstated"]), (np.nan, np.nan)) for basis in mines.bases] for term in mines.terms]
    ).reshape(len(mines.terms), len(mines.bases), 2)[mines.term[some], mines.basis[some]]
    step, at = np.unique(mines.site[some] * len(mines.terms) + mines.term[some], return_inverse=True)
    mine, of_step = np.unique(step // len(mines.terms), return_inverse=True)
    feeds = []
    for per_tonne in (each[:, 1], each[:, 0]):
        tpa = mines.tpa[some] / per_tonne
        known = ~np.isnan(tpa)
        sums = np.where(np.bincount(at, known, len(step)) > 0, np.bincount(at, np.where(known, tpa, 0.0), len(step)), np.nan)
        largest = np.full(len(mine), np.nan)
        np.fmax.at(largest, of_step, sums)
        feeds.append(largest)
    low, high = feeds
    return {
        "division": None,
        "mines": len(mine),
        "without_figure": int(np.isnan(high).sum()),
        "low": float(np.nansum(low)),
        "high": float(np.nansum(high)),
    }
