"""Mines in reach of a planned plant: their output and what they could feed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lodebase.layout.asked import LIVE
from lodebase.layout.candidate import Candidate
from lodebase.layout.outputs import PHASE, PRODUCT, Column, Outputs, measured
from lodebase.layout.units import CODES, groups


def in_reach(made: Outputs, asked: Candidate, values: Mapping[str, Any]) -> Outputs:
    """Return the outputs of the mines within the largest radius."""
    sites = measured(made.sites, asked, [values["farthest"]])
    some = made.of(values["mined"], [PHASE, PRODUCT]) & (sites.distance_m <= values["farthest"])[made.site]
    columns = {name: getattr(made, name)[some] for name in ("site", "word", "told", "status", "basis", "tpa")}
    return replace(made, sites=sites, **columns)


def present(mines: Outputs) -> Column:
    """Return a mask of the sites that are mines in reach."""
    found = np.zeros(len(mines.sites.ids), dtype=bool)
    found[mines.site] = True
    return found


def mined(mines: Outputs, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the output of the mines by product, basis of the figure and group of statuses."""
    phases = mines.told == PHASE
    size = len(mines.bases)
    key = (mines.word * size + mines.basis) * len(CODES) + groups(mines, values)
    rows = []
    for one in np.unique(key[phases]).tolist():
        some = phases & (key == one)
        untold = np.isnan(mines.tpa[some])
        told = np.cumsum(mines.tpa[some][~untold])
        rows.append(
            {
                "product": mines.words[one // len(CODES) // size],
                "basis": mines.bases[one // len(CODES) % size],
                "grp": CODES[one % len(CODES)],
                "mines": len(np.unique(mines.site[some])),
                "without_figure": len(np.unique(mines.site[some][untold])),
                "tpa": float(told[-1]) if len(told) else None,
            }
        )
    return sorted(rows, key=lambda row: (row["product"], row["basis"] is None, row["basis"] or "", row["grp"]))


def supply(mines: Outputs, values: Mapping[str, Any], rates: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the mines could feed, in tonnes of the plant's product. Of the steps of one mine the largest counts, as ore
    and its concentrate are the same metal. A figure that can't be converted is counted, not estimated.
    """
    live = [CODES.index(name) for name in LIVE]
    some = (mines.told == PHASE) & (mines.status >= 0) & np.isin(groups(mines, values), live)
    tonnes = dict(
        zip(zip(rates["outputs"], rates["bases"], strict=True), zip(rates["lows"], rates["highs"], strict=True), strict=True)
    )
    each = np.array(
        [[tonnes.get((word, basis or rates["unstated"]), (np.nan, np.nan)) for basis in mines.bases] for word in mines.words]
    ).reshape(len(mines.words), len(mines.bases), 2)[mines.word[some], mines.basis[some]]
    step, at = np.unique(mines.site[some] * len(mines.words) + mines.word[some], return_inverse=True)
    mine, of_step = np.unique(step // len(mines.words), return_inverse=True)
    feeds = []
    for per_tonne in (each[:, 1], each[:, 0]):
        tpa = mines.tpa[some] / per_tonne
        told = ~np.isnan(tpa)
        sums = np.where(np.bincount(at, told, len(step)) > 0, np.bincount(at, np.where(told, tpa, 0.0), len(step)), np.nan)
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
