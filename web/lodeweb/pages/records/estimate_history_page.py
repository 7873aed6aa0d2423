"""The page of a deposit's estimates over time: charts of ore, grade and metal, contradictions, and a table of all rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request

from lodebase.query.reading import open_reading
from lodebase.records import estimate_history
from lodebase.records.estimate_history import MAX_PAGE_ROWS, EstimateChoice, ProjectOwnerChange, ProjectStart
from lodebase.records.feature import read_served_feature
from lodebase.series import overview
from lodebase.statistics import figures
from lodebase.topics.estimates.operations import DEPOSITS, NOTE
from lodedata.choice.owner_changes import list_names
from lodedata.messages import Label
from lodedata.report_estimates import history
from lodedata.vocab import load_vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.http.database import get_site
from lodeweb.http.representation.links import is_web_address
from lodeweb.http.representation.responses import build_page_response
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.language import get_language, gettext, translate_message
from lodeweb.pages import chart_data

blueprint = Blueprint("estimate_history", __name__)
MAX_ESTIMATE_ROWS = 1_500
"""Rows of the table; files have all."""


@dataclass(frozen=True, slots=True)
class ReportRows:
    """The rows of one report or source on one date."""

    report: str
    source: str
    date: str | None
    rows: list[Mapping[str, Any]]


@blueprint.get("/records/<identity>/history")
def show_history(identity: str) -> Response:
    """Return the page of a deposit's estimates. Raise NotFound or ServedElsewhere like the record itself."""
    query_parameters.check_general_parameters(request.args, ("of",))
    body, version = read_served_feature(get_site().engine, DEPOSITS, identity)
    properties = orjson.loads(body)["properties"]
    deposit_estimates = estimate_history.read_deposit_estimates(
        get_site().engine, identity, EstimateChoice(roles=None, limit=MAX_PAGE_ROWS)
    )
    stated = [row for row in deposit_estimates.rows if row["estimate_role"] != "sensitivity"]
    metals = _list_commodities(stated, properties["main_commodity"])
    chosen = request.args.get("of") if request.args.get("of") in metals else next(iter(metals), None)
    of_metal = [row for row in stated if row["commodity"] == chosen]
    changes = estimate_history.list_owner_changes(get_site().engine, identity)
    events = _list_events(properties.get("discovery_year"), estimate_history.list_starts(get_site().engine, identity), changes)
    charts = _build_charts(of_metal, chosen, events) if chosen is not None else []
    lang = get_language()
    html = render_template(
        "estimate_history.html",
        name=labels.record_name(properties, identity),
        identity=identity,
        metals={code: labels.label_commodity(code, lang) for code in metals},
        chosen=chosen,
        charts=charts,
        drawing=chart_data.write_chart_settings(charts),
        differences=history.find_estimate_differences(of_metal),
        reports=_group_by_report(of_metal[:MAX_ESTIMATE_ROWS]),
        changes=[_describe_change(change) for change in changes],
        source_titles=_source_titles({row["source"] for row in of_metal} | _list_change_sources(changes)),
        listed=min(len(of_metal), MAX_ESTIMATE_ROWS),
        matched=len(of_metal),
        sensitivities=sum(
            1 for row in deposit_estimates.rows if row["estimate_role"] == "sensitivity" and row["commodity"] == chosen
        ),
        read_by_machine=any(row["extracted_by_machine"] for row in stated),
        note=translate_message(NOTE),
        category=lambda code: labels.estimate_category(code, lang),
        role=lambda code: load_vocabulary("estimate-role")[code].label(lang),
        ground=lambda code: load_vocabulary("estimate-unit-ground")[code].label(lang),
        page_address=build_document_page_link,
    )
    return build_page_response(html, version)


def build_document_page_link(row: Mapping[str, Any]) -> str | None:
    """Return the address of a row's page in its document, None without a document on the web."""
    if not is_web_address(row["document"]):
        return None
    return f"{row['document']}#page={row['page']}" if row["page"] is not None else str(row["document"])


def _list_commodities(rows: Sequence[Mapping[str, Any]], main: str) -> list[str]:
    """Return the commodities of the rows, the main one first, then those with the most rows."""
    codes = [row["commodity"] for row in rows if row["commodity"] is not None]
    return sorted(dict.fromkeys(codes), key=lambda code: (code != main, -codes.count(code), code))


def _group_by_report(rows: Sequence[Mapping[str, Any]]) -> list[ReportRows]:
    """Return the rows by report, the latest first, and within one by class and zone."""
    reports: dict[tuple[str, str, str], ReportRows] = {}
    for row in rows:
        date = history.choose_estimate_date(row)
        key = (date or "", row["report"], row["source"])
        reports.setdefault(key, ReportRows(row["report"], row["source"], date, [])).rows.append(row)
    for report_rows in reports.values():
        report_rows.rows.sort(key=lambda row: (figures.CLASSES.index(row["category"]), row["zone"] or "", row["id"]))
    return [reports[key] for key in sorted(reports, reverse=True)]


def _list_change_sources(changes: Sequence[ProjectOwnerChange]) -> set[str]:
    return {owner.source for change in changes for owner in (*change.change.owners, *change.change.before)}


def _source_titles(names: set[str]) -> dict[str, str]:
    """Return the titles of sources by their names."""
    with open_reading(get_site().engine) as connection:
        cited = overview.read_dataset_citations(connection, names)
    return {
        dataset_citation["name"]: translate_message(Label(dataset_citation["title_en"], dataset_citation["title_zh"]))
        for dataset_citation in cited
    }


def _list_events(
    discovery_year: int | None, starts: Sequence[ProjectStart], changes: Sequence[ProjectOwnerChange]
) -> list[dict[str, str]]:
    """Return the discovery, the starts of the mines and the changes of their owners as events of a chart."""
    events = [{"date": str(discovery_year), "text": gettext("Discovery")}] if discovery_year else []
    events += [
        {"date": start.date, "text": gettext("Start of %(name)s", name=_choose_name(start.name_en, start.name_zh))}
        for start in starts
    ]
    for change in changes:
        first, *others = list_names(change.change.owners, get_language())
        shown = gettext("%(owner)s and %(n)s more", owner=first, n=len(others)) if others else first
        text = gettext(
            "New owner, %(after)s to %(by)s: %(owners)s", after=change.change.after, by=change.change.by, owners=shown
        )
        events.append({"date": change.change.by, "text": text})
    return events


def _describe_change(one: ProjectOwnerChange) -> dict[str, Any]:
    """Return a row of the table of new owners."""
    change, lang = one.change, get_language()
    return {
        "name": _choose_name(one.name_en, one.name_zh),
        "after": change.after,
        "by": change.by,
        "owners": list_names(change.owners, lang),
        "before": list_names(change.before, lang),
        "sources": (change.before[0].source, change.owners[0].source),
    }


def _choose_name(name_en: str | None, name_zh: str | None) -> str:
    names = (name_zh, name_en) if get_language() == "zh" else (name_en, name_zh)
    return next((name for name in names if name), gettext("unnamed"))


def _build_charts(rows: Sequence[Mapping[str, Any]], of: str, events: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return a chart for each figure that has a dated row: ore, grade and metal by class over the dates of the reports.

    Grades of the metal and of each oxide have charts of their own: 1.5 % of lithium oxide is 0.7 % of lithium.
    """
    metal = labels.label_commodity(of, get_language())
    drawn = history.choose_drawn_estimates(rows)
    charts = [("ore_t", "ore-t", gettext("Ore by class over time"), drawn)]
    graded: dict[str, list[Mapping[str, Any]]] = {}
    for row in drawn:
        graded.setdefault(quantities.describe_graded_substance(row["grade_basis"], metal), []).append(row)
    for n, (substance, of_substance) in enumerate(graded.items(), 1):
        title = gettext("Grade of %(metal)s by class over time", metal=substance)
        charts.append(("grade_pct", f"grade-pct-{n}", title, of_substance))
    charts.append(("metal_t", "metal-t", gettext("Contained %(metal)s by class over time", metal=metal), drawn))
    return [
        {
            "id": identity,
            "kind": "history",
            "title": title,
            "figure": name,
            "points": points,
            "events": events,
            "texts": {"report": gettext("Report"), "page": gettext("Page"), "zone": gettext("Zone"), "date": gettext("Date")},
        }
        for name, identity, title, of_chart in charts
        if (points := [_build_point(row, name) for row in of_chart if row[name] is not None])
    ]


def _build_point(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        "date": history.choose_estimate_date(row),
        "value": row[name],
        "kind": row["estimate_kind"],
        "category": labels.estimate_category(row["category"], get_language()),
        "role": row["estimate_role"],
        "zone": row["zone"],
        "report": row["report"],
        "page": row["page"],
        "href": build_document_page_link(row),
    }
