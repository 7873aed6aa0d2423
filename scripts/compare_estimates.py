"""Compare estimates of technical reports with those of Mudd and Jowitt for the deposits that both have, as Markdown.

Wants a store with both sources imported and joined: `python scripts/compare_estimates.py docs/measurements/report-estimates.md`
replaces the table of the page. Classes are added here, as the compilation adds them; nothing that is added is served.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lodebase import settings
from lodebase.db import engine as engines
from lodebase.db.store import open_upgraded_store
from lodebase.query.query import Query
from lodebase.records.estimate_history import EstimateChoice, read_estimate_pages
from lodedata.report_estimates.history import choose_estimate_date
from lodeweb.i18n.labels import estimate_category

COMPILATION, REPORTS = "minmod-world-resources", "ni43101-reports-minmod"
METALS = {"copper": "2018", "nickel": "2022"}
"""The metals that are compared, with the year of the paper."""
AGREEMENT = 0.01
ALL_ZONES = "\0"
"""The sum of the zones of a page."""
MARK = "<!-- the table below is written by scripts/compare_estimates.py -->"
PARTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "measured-indicated-inferred-mineral-resource": (
        ("measured-mineral-resource", "indicated-mineral-resource", "inferred-mineral-resource"),
        ("measured-and-indicated-mineral-resource", "inferred-mineral-resource"),
        ("indicated-mineral-resource", "inferred-mineral-resource"),
        ("measured-and-indicated-mineral-resource",),
        ("indicated-mineral-resource",),
        ("inferred-mineral-resource",),
    ),
    "proved-and-probable-ore-reserves": (("proved-ore-reserves", "probable-ore-reserves"), ("probable-ore-reserves",)),
}
"""Classes of which a table of a report may make up that of the compilation, fullest first."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """Ore in tonnes of a class by a report, stated or added for this comparison."""

    ore_t: float
    date: str | None
    page: int
    is_part: bool
    is_full: bool


def figures(rows: Sequence[Row], category: str) -> Iterator[ReportFigure]:
    """Yield the figures of a class by each page, zone and cut-off of the reports, and by the sum of the zones of a page."""
    tables: dict[tuple[Any, ...], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        if row["ore_t"] is not None and row["estimate_role"] != "sensitivity":
            zone = None if row["estimate_role"] in ("whole", "total") else row["zone"]
            tables[row["report"], row["page"], zone, row["cut_off"], choose_estimate_date(row)][row["category"]] = row["ore_t"]
            if zone is not None:
                tables[row["report"], row["page"], ALL_ZONES, None, choose_estimate_date(row)][row["category"]] += row["ore_t"]
    for (_, page, zone, _, date), of_class in tables.items():
        for number, parts in enumerate(((category,), *PARTS.get(category, ()))):
            if all(part in of_class for part in parts):
                is_part = zone not in (None, ALL_ZONES)
                yield ReportFigure(sum(of_class[part] for part in parts), date, page, is_part, number <= 2)
                break


def verdict(report_figures: Sequence[ReportFigure], ore_t: float, year: str) -> tuple[ReportFigure | None, str]:
    """Return the nearest figure of the reports, and whether it agrees or what explains the difference."""
    if not report_figures:
        return None, "class: no report has it"
    best = min(report_figures, key=lambda report_figure: abs(report_figure.ore_t - ore_t))
    if abs(best.ore_t - ore_t) <= AGREEMENT * ore_t:
        return best, "agrees"
    if all(report_figure.is_part for report_figure in report_figures):
        return best, "zone: no page has the whole"
    latest = max((report_figure.date or "" for report_figure in report_figures), default="")
    if latest and int(latest[:4]) <= int(year) - 3:
        return best, f"date: the latest report is of {latest}"
    if best.date is not None and int(best.date[:4]) >= int(year) - 1:
        return best, f"date: the report, of {best.date}, is later than the data of the compilation"
    if not any(report_figure.is_full for report_figure in report_figures):
        return best, "class: a class of the compilation is missing in the reports"
    return best, "not explained"


def compare(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each class of a metal in a deposit that both sources have."""
    deposits: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["commodity"] in METALS:
            deposits[row["deposit_id"], row["commodity"]].append(row)
    for (_, metal), of_deposit in sorted(deposits.items(), key=lambda one: (one[1][0]["deposit_name_en"] or "", one[0])):
        ours = [row for row in of_deposit if row["source"] == REPORTS]
        for theirs in (row for row in of_deposit if row["source"] == COMPILATION and row["ore_t"]):
            if not ours:
                continue
            best, why = verdict(list(figures(ours, theirs["category"])), theirs["ore_t"], METALS[metal])
            nearest = ("–", "–", "–") if best is None else _cells(best, theirs["ore_t"])
            title = estimate_category(theirs["category"], "en")
            yield (theirs["deposit_name_en"], metal, title, f"{theirs['ore_t'] / 1e6:,.2f}", *nearest, why)


def _cells(best: ReportFigure, ore_t: float) -> tuple[str, str, str]:
    return f"{best.ore_t / 1e6:,.2f}", f"{best.date or 'not stated'}, p. {best.page}", f"{100 * (best.ore_t / ore_t - 1):+.1f}"


def write(path: Path, lines: Sequence[tuple[str, ...]]) -> None:
    """Replace the table of a page."""
    names = {(line[0], line[1]) for line in lines}
    agreeing = {(line[0], line[1]) for line in lines if line[-1] == "agrees"}
    counts = Counter(line[-1].split(":")[0] for line in lines)
    parts = ", ".join(f"{name} {n}" for name, n in counts.most_common())
    metals = ", ".join(f"{metal} {sum(1 for _, of in names if of == metal)}" for metal in METALS)
    head = ("Deposit", "Metal", "Class", "Compilation, Mt", "Nearest report, Mt", "Date and page", "Difference, %", "Outcome")
    table = ["| " + " | ".join(one) + " |" for one in (head, ("---",) * len(head), *lines)]
    summary = (
        f"{len(names)} names are shared ({metals}); {len(agreeing)} have a class that agrees within 1 %. "
        f"By class ({len(lines)} in all): {parts}."
    )
    text = path.read_text("utf-8").split(MARK)[0]
    path.write_text("\n".join([text + MARK, "", summary, "", *table, ""]), "utf-8")


if __name__ == "__main__":
    with open_upgraded_store(settings.load()) as store:
        engine = engines.create_checked_engine(store.addresses.owner, "compare", pool_size=1)
        found = list(read_estimate_pages(engine, Query("deposits"), EstimateChoice(roles=None)))
        engine.dispose()
    write(Path(sys.argv[1]), list(compare(found)))
