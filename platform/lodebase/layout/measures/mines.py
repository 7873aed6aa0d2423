"""Mines in reach of a planned plant: their output and what they could feed."""

from dataclasses import replace

import numpy as np

from lodebase.layout.measures.balance import ConversionRates, MineSupply
from lodebase.layout.measures.outputs import PHASE, PRODUCT, Column, Outputs, measure_exactly
from lodebase.layout.measures.units import CODES, group_statuses, take_largest_steps
from lodebase.layout.parts.feedstock import MinedProduct
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SqlValues
from lodebase.layout.statement_parameters import LIVE
from lodedata.vocab import load_vocabulary


def select_in_reach(outputs: Outputs, candidate: Candidate, values: SqlValues) -> Outputs:
    """Return the outputs of the mines within the largest radius."""
    sites = measure_exactly(outputs.sites, candidate, [values["farthest"]])
    some = outputs.of(values["mined"], [PHASE, PRODUCT]) & (sites.distance_m <= values["farthest"])[outputs.site]
    return replace(outputs.select(some), sites=sites)


def mask_mines(mines: Outputs) -> Column:
    """Return a mask of the sites that are mines in reach."""
    mask = np.zeros(len(mines.sites.ids), dtype=bool)
    mask[mines.site] = True
    return mask


def list_mined_products(mines: Outputs, values: SqlValues) -> tuple[MinedProduct, ...]:
    """Return the output of the mines by product, basis of the figure and group of statuses."""
    phases = mines.origin == PHASE
    size = len(mines.bases)
    key = (mines.term * size + mines.basis) * len(CODES) + group_statuses(mines, values)
    rows = []
    for group_key in np.unique(key[phases]).tolist():
        some = phases & (key == group_key)
        unknown = np.isnan(mines.tpa[some])
        totals = np.cumsum(mines.tpa[some][~unknown])
        term = load_vocabulary("product")[mines.terms[group_key // len(CODES) // size]]
        rows.append(
            MinedProduct(
                product=term.code,
                basis=mines.bases[group_key // len(CODES) % size],
                grp=CODES[group_key % len(CODES)],
                mines=len(np.unique(mines.site[some])),
                without_figure=len(np.unique(mines.site[some][unknown])),
                tpa=float(totals[-1]) if len(totals) else None,
                label_en=term.label_en,
                label_zh=term.label_zh,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.product, row.basis is None, row.basis or "", row.grp)))


def measure_supply(mines: Outputs, values: SqlValues, rates: ConversionRates) -> list[MineSupply]:
    """Return what the mines of each division could feed, in tonnes of the plant's product; divisions may not have been read.

    Of the steps of one mine the largest counts, as ore and its concentrate are the same metal. A figure that can't be converted
    is counted, not estimated.
    """
    live = [CODES.index(name) for name in LIVE]
    some = mines.of(values["mined"], [PHASE]) & (mines.status >= 0) & np.isin(group_statuses(mines, values), live)
    tonnes = dict(zip(zip(rates.outputs, rates.bases, strict=True), zip(rates.lows, rates.highs, strict=True), strict=True))
    each = np.array(
        [[tonnes.get((term, basis or rates.unstated), (np.nan, np.nan)) for basis in mines.bases] for term in mines.terms]
    ).reshape(len(mines.terms), len(mines.bases), 2)[mines.term[some], mines.basis[some]]
    site, term = mines.site[some], mines.term[some]
    mine, low = take_largest_steps(site, term, mines.tpa[some] / each[:, 1], len(mines.terms))
    _, high = take_largest_steps(site, term, mines.tpa[some] / each[:, 0], len(mines.terms))
    names = mines.sites.division[mine] if len(mines.sites.division) else np.full(len(mine), "")
    divisions, of_mine = np.unique(names, return_inverse=True)
    columns = (np.ones(len(mine)), np.isnan(high), np.nan_to_num(low), np.nan_to_num(high))
    count, bare, lows, highs = (np.bincount(of_mine, column).tolist() for column in columns)
    return [
        MineSupply(division or None, int(count[at]), int(bare[at]), lows[at], highs[at])
        for at, division in enumerate(divisions.tolist())
    ]
