"""The sources of each value on a record's page: the selected source, the reason, and the values of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lodebase.query.collections_ import Collection
from lodedata.messages import Label, join_facts, join_texts
from lodeweb.http.representation import links
from lodeweb.http.representation.links import quote_query_text
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.labels import Language
from lodeweb.i18n.language import gettext
from lodeweb.pages.records import phases

FIGURE_DIGITS = 6
"""Figures of an ore or grade that agree; converted ones differ in the last bits."""
AMOUNT_DIGITS = 2
"""Figures of a contained amount that agree: one source rounds it, another derives it from ore and grade."""


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """A value as text, with its source."""

    value: str
    source: str
    address: str
    key: object = None
    """What agreeing values have in common where their texts may differ, such as the figures in base units."""


@dataclass(frozen=True, slots=True)
class AgreedValue:
    """A value as text, with the sources that have it."""

    value: str
    by: list[FieldComparison]


@dataclass(frozen=True, slots=True)
class Picked:
    """A field: the served value with the sources that agree, the reason for it, and the other values."""

    title: str
    value: AgreedValue | None
    reason: str
    others: list[AgreedValue]

    @property
    def contradicts(self) -> bool:
        """Return whether a source has another value than the one that is served; combined values contradict nothing."""
        return self.value is not None and bool(self.others)

    @property
    def stated(self) -> list[AgreedValue]:
        """Return all values, the served one first."""
        return [*filter(None, (self.value,)), *self.others]


@dataclass(frozen=True, slots=True)
class LinkedRecord:
    """A record that this one is linked to."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class LinkedGroup:
    """The records that this one has the same relation to."""

    title: str
    records: list[LinkedRecord]


def list_picked_values(collection: Collection, properties: Mapping[str, Any], lang: Language) -> list[Picked]:
    """Return the values of each field by source, for a record with several sources; those that contradict first."""
    pickeds = [
        _build_picked(collection, name, picked_value, lang) for name, picked_value in (properties.get("values") or {}).items()
    ]
    return sorted(pickeds, key=lambda picked: not picked.contradicts)


def list_linked(properties: Mapping[str, Any]) -> list[LinkedGroup]:
    """Return the records that this one is linked to, by relation."""
    titles = {
        "works": gettext("mines the deposit"),
        "worked_by": gettext("is mined by"),
        "processes_ore_of": gettext("processes ore of"),
        "ore_processed_by": gettext("has its ore processed by"),
        "became": gettext("became"),
        "came_from": gettext("developed from the discovery"),
        "contains": gettext("contains"),
        "part_of": gettext("is part of"),
    }
    grouped: dict[str, list[LinkedRecord]] = {}
    for row in properties.get("linked") or ():
        record = LinkedRecord(labels.record_name(row, row["id"]), links.record_address(row["id"]))
        grouped.setdefault(titles[row["relation"]], []).append(record)
    return [LinkedGroup(title, records) for title, records in grouped.items()]


def list_former(properties: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return the records that were merged with this one: id, address, and the version of the data that split them."""
    return [
        (merged_record["id"], links.record_address(merged_record["id"]), merged_record["until_version"])
        for merged_record in properties.get("formerly") or ()
    ]


def _build_picked(collection: Collection, name: str, picked_value: Mapping[str, Any], lang: Language) -> Picked:
    together = "values" in picked_value
    others = [_build_source_value(collection, name, other, lang) for other in picked_value["values" if together else "others"]]
    served = None if together or picked_value["value"] is None else _build_served(collection, name, picked_value, lang)
    values = _group_by_value([*filter(None, (served,)), *others])
    return Picked(
        title=_find_title(collection, name, lang),
        value=None if served is None else values[0],
        reason=picked_value[f"reason_{lang}"],
        others=values if served is None else values[1:],
    )


def _group_by_value(stated: Sequence[FieldComparison]) -> list[AgreedValue]:
    """Return each value once with its sources; several rows of a source often have the same value."""
    grouped: dict[object, dict[str, FieldComparison]] = {}
    for field_comparison in stated:
        key = field_comparison.value if field_comparison.key is None else field_comparison.key
        grouped.setdefault(key, {}).setdefault(field_comparison.source, field_comparison)
    return [AgreedValue(next(iter(sources.values())).value, list(sources.values())) for sources in grouped.values()]


def _build_served(collection: Collection, name: str, picked_value: Mapping[str, Any], lang: Language) -> FieldComparison:
    if "by" not in picked_value:
        return _build_source_value(collection, name, picked_value, lang)
    return FieldComparison(
        _format_text(collection, name, picked_value["value"], lang),
        picked_value["cited"],
        f"/desk/proposals/{picked_value['number']}",
    )


def _find_title(collection: Collection, name: str, lang: Language) -> str:
    titles = {
        "geom": gettext("Position"),
        "estimate": gettext("Estimates"),
        "phase": gettext("Project phases"),
        "owner": gettext("Ownership and operation"),
        "exploration_activity": gettext("Exploration history"),
        "facility_reported": gettext("Facility as described by the source"),
    }
    field = collection.field(name)
    return titles[name] if name in titles else name if field is None else labels.title_field(field, lang)


def _build_source_value(collection: Collection, name: str, source_value: Mapping[str, Any], lang: Language) -> FieldComparison:
    address = f"/api/sources/{quote_query_text(source_value['source'])}/records/{quote_query_text(source_value['key'])}?f=html"
    value = source_value["value"]
    key = tuple(map(_identify_estimate, value)) if name == "estimate" else None
    return FieldComparison(_format_text(collection, name, value, lang), source_value["source"], address, key)


def _identify_estimate(estimate: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what two sources of one estimate have in common: class, date, and figures whatever their units and rounding."""
    ore_t = estimate.get("ore_t")
    measures = sorted(
        (
            measure["commodity"],
            _round_figure(measure.get("grade_pct")),
            _round_figure(_find_amount(measure, ore_t), AMOUNT_DIGITS),
        )
        for measure in estimate.get("measures") or ()
    )
    return (estimate["category"], estimate.get("effective_date"), _round_figure(ore_t), *measures)


def _find_amount(measure: Mapping[str, Any], ore_t: float | None) -> float | None:
    """Return the contained amount in tonnes, that of ore and grade of metal where a source leaves it out."""
    amount: float | None = measure.get("contained_t")
    grade_pct: float | None = measure.get("grade_pct")
    if amount is not None or ore_t is None or grade_pct is None or measure.get("grade_basis") != "metal":
        return amount
    return ore_t * grade_pct / 100


def _round_figure(value: float | None, digits: int = FIGURE_DIGITS) -> str:
    return "" if value is None else f"{value:.{digits}g}"


def _format_text(collection: Collection, name: str, value: Any, lang: Language) -> str:
    if name == "geom":
        accuracy: float | None = value["accuracy_m"]
        point = labels.format_position({"type": "Point", **value}) or ""
        return point if accuracy is None else f"{point} ± {quantities.format_kilometres(accuracy, lang)}"
    if name == "phase":
        return "; ".join(_format_phase(row, lang) for row in value)
    if name == "owner":
        return join_texts((Label(row.get("name_en"), row.get("name_zh")) for row in value), lang)
    if name == "estimate":
        return "; ".join(_estimate(row, lang) for row in value)
    if name == "exploration_activity":
        return "; ".join(" ".join(filter(None, (row.get("start_date"), row.get("reported")))) for row in value)
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return str(gettext("rows: %(number)s", number=len(value)))
    field = collection.field(name)
    return str(value) if field is None else labels.format_value_text(field, value, lang)


def _format_phase(phase: Mapping[str, Any], lang: Language) -> str:
    row = phases.list_phase_rows([{**_WHOLE, **phase}], lang)[0]
    facts = (row.product, row.capacity.reported if row.capacity else None, row.capacity_basis, row.status)
    return join_facts(filter(None, facts), lang) or row.name


def _estimate(estimate: Mapping[str, Any], lang: Language) -> str:
    """Return an estimate with its class and date, its ore, and grade and contained amount of each commodity."""
    ore = quantities.format_ore({**_WITHOUT_ORE, **estimate}, lang)
    year = (estimate.get("effective_date") or "")[:4] or gettext("date not stated")
    parts = [f"{labels.estimate_category(estimate['category'], lang)} ({year})", "" if ore is None else ore.reported]
    return join_facts([*filter(None, parts), *(_measure(measure, lang) for measure in estimate.get("measures") or ())], lang)


def _measure(measure: Mapping[str, Any], lang: Language) -> str:
    """Return grade and contained amount of a commodity as reported, a derived amount as derived."""
    full = {**_WITHOUT_FIGURES, **measure}
    grade, held = quantities.format_grade(full), quantities.format_contained(full, lang)
    amount = None if held is None else f"{held.reported} ({held.converted})" if full["contained_derived"] else held.reported
    parts = (quantities.abbreviate_commodity(measure["commodity"], lang), grade.reported if grade is not None else None, amount)
    return " ".join(filter(None, parts))


_WITHOUT_ORE: dict[str, Any] = dict.fromkeys(("ore_reported", "ore_unit", "ore_factor", "ore_t"))
_WITHOUT_FIGURES: dict[str, Any] = dict.fromkeys(
    (
        *("grade_reported", "grade_unit", "grade_basis", "grade_factor", "grade_pct", "contained_reported", "contained_unit"),
        *("contained_basis", "contained_factor", "contained_t", "contained_derived"),
    )
)
_WHOLE: dict[str, Any] = dict.fromkeys(
    (
        *("name", "phase_type", "product", "product_reported", "status", "status_date", "status_date_precision"),
        *("status_source", "status_inferred", "start_date", "end_date", "technology", "energy_kgce_per_t", "note"),
        *("source", "citation"),
        *("capacity_reported", "capacity_unit", "capacity_basis", "capacity_factor", "capacity_tpa"),
        *("shared_with", "included_in"),
    )
) | {"feedstock": []}
