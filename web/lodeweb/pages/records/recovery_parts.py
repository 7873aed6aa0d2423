"""Parts of record pages about recovery: rates of a project, findings of a record."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from lodebase.operations.formats import convert_result_to_data
from lodebase.query.collections_ import Collection
from lodebase.topics.recovery.operations import report_finding
from lodebase.topics.recovery.store import read_project_of_record, read_record, read_records_of_project
from lodedata.rules.legal_status import LABELS
from lodedata.topics.recovery.balance import FORMULAS
from lodedata.topics.recovery.check import check, derive_recovery_facts
from lodedata.vocab import load_vocabulary
from lodeweb.http.representation.conditional_requests import today
from lodeweb.http.representation.links import record_address
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext


def build_recovery_parts(
    connection: Connection, collection: Collection, identity: str, properties: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the parts of a record's page about recovery, by the kind of record."""
    if collection.name == "projects":
        return {"recoveries": [_build_row(record) for record in read_records_of_project(connection, identity)]}
    if collection.name == "recovery-records":
        return {"recovery": _build_record_parts(connection, identity)}
    if collection.name == "tailings-facilities":
        return _holds(properties)
    return {}


def _holds(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of the metal in a tailings facility."""
    grade = properties.get("grade_reported_pct")
    if grade is None:
        return {"holds": gettext("The source gives no grade; what the facility holds of its metals is not known here.")}
    sentence = gettext(
        "The holder declares a residual grade of %(grade)s %%. Such grades are partly implausible, and the source gives no dry "
        "mass: no contained metal is computed.",
        grade=f"{grade:g}",
    )
    return {"holds": sentence}


def _build_row(record: Mapping[str, Any]) -> dict[str, Any]:
    lang = get_language()
    return {
        "href": record_address(record["id"]),
        "when": record["year"] or load_vocabulary("recovery-basis")[record["recovery_basis"]].label(lang),
        "part": record["mine_part"],
        "stage": load_vocabulary("recovery-stage")[record["recovery_stage"]].label(lang),
        "metal": labels.label_commodity(record["commodity"], lang),
        "reported": record["rate_reported_pct"],
        "computed": record["rate_computed_pct"],
        "flagged": "rate-differs" in record["flags"],
        "reference": record["reference"],
    }


def _build_record_parts(connection: Connection, identity: str) -> dict[str, Any]:
    values = read_record(connection, identity)
    project = read_project_of_record(connection, identity)
    if values is None:
        return {}
    facts = derive_recovery_facts(values, today())
    return {
        "formula": FORMULAS[values["recovery_stage"]],
        "findings": [
            convert_result_to_data(report_finding(finding, facts, values))
            for finding in check(facts)
            if finding.rate_pct is not None
        ],
        "standings": LABELS,
        "day": facts.on.isoformat(),
        "project": _describe_project(project),
    }


def _describe_project(project: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the name and address of the project, or the reason why there is none."""
    if project is None or project["id"] is None:
        ambiguous = project is not None and project["outcome"] == "ambiguous"
        reason = gettext("Several projects match; none is chosen.") if ambiguous else gettext("No project known here matches.")
        return {"reason": reason}
    note = gettext("stated by the source") if project["outcome"] == "stated" else gettext("matched by name, place and metal")
    return {
        "name": labels.record_name(project, project["id"]),
        "href": record_address(project["id"]),
        "note": note,
    }
