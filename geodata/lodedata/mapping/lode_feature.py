"""Features of another Lode as records: what its store made of a record, read back.

A feature is one of its API with ``profile=full``: properties, and estimates, phases, owners and exploration history nested.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import orjson

from lodedata.cells import parse_partial_date
from lodedata.errors import FileRefused
from lodedata.mapping.reading import Reading, Tally
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.records import (
    Commodity,
    CommodityMeasure,
    Deposit,
    Discovery,
    Estimate,
    ExplorationActivity,
    Owner,
    PartialDate,
    Phase,
    Position,
    Project,
    Quantity,
    SourceRow,
    Status,
    UnreadPosition,
)
from lodedata.vocab import load_vocabulary

KINDS_READ: Mapping[str, type[Deposit] | type[Discovery] | type[Project]] = {
    "deposits": Deposit,
    "discoveries": Discovery,
    "projects": Project,
}
"""The records that are read, by collection: those that are compared with records of other sources."""
TERMS: Mapping[str, str] = {
    "country": "country",
    "division": "division",
    "occurrence_type": "mineral-occurrence-type",
    "deposit_model": "deposit-model",
    "deposit_form": "deposit-form",
    "exploration_stage": "exploration-stage",
    "activity_type": "exploration-activity-type",
    "result": "exploration-result",
    "status": "status",
    "product": "product",
    "capacity_basis": "capacity-basis",
    "phase_type": "phase-type",
}
"""The vocabularies of fields; another version of Lode may have terms that this one lacks."""
NOT_STORED = ("bonds", "formerly", "quality_flags", "source_records", "testimonies", "linked")
"""Members of a feature that depend on other records or versions, so that a row without a change stays as it is."""
Json = Mapping[str, Any]


@contextmanager
def expect_feature(url: str) -> Iterator[None]:
    """Refuse a feature that lacks a member or has one of another type. Raise FileRefused with the address of its page."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        detail = str(error)[:80]
        raise FileRefused(
            msg(
                "%(url)s: is not a record as Lode writes it (%(error)s: %(detail)s)",
                url=url,
                error=type(error).__name__,
                detail=detail,
            )
        ) from None


class FeatureReader:
    """Reads the features of a collection. ``citations`` are those of the other Lode's sources, by name."""

    def __init__(self, collection: str, citations: Mapping[str, str], tally: Tally) -> None:
        self._record = KINDS_READ[collection]
        self._collection = collection
        self._citations = citations
        self._tally = tally

    def reading(self, feature: Json, url: str) -> Reading:
        """Return a feature as a reading whose key is its id. Raise FileRefused if it is not as Lode writes it."""
        with expect_feature(url):
            identity, values = str(feature["id"]), feature["properties"]
            problems: list[Problem] = []
            commodities = self._build_commodities(values, problems)
            row = SourceRow(identity, orjson.dumps(_extract_raw(self._collection, feature)), url)
            if not commodities:
                named = "; ".join(map(str, values["commodities"]))
                return Reading((row,), (), (Problem("no-known-commodity", named, "commodities"),))
            return Reading((row,), (self._build(feature, values, commodities, problems),), tuple(problems))

    def _build(
        self, feature: Json, values: Json, commodities: tuple[Commodity, ...], problems: list[Problem]
    ) -> Deposit | Discovery | Project:
        common: dict[str, Any] = {
            **{name: read_json_text(values.get(name)) for name in ("name_en", "name_zh", "note_en", "note_zh")},
            **{
                name: read_json_text(values.get(name))
                for name in ("country_reported", "division_reported", "main_commodity_ground")
            },
            **{name: self._read_term(name, values, problems) for name in ("country", "division")},
            "aliases": read_json_texts(values.get("aliases")),
            **_position(feature, values),
            "commodities": commodities,
            "information_date": parse_json_date(values.get("information_date")),
            "access_level": read_json_text(values.get("access_level")) or "public",
            "citations": self._collect_citations(values),
            "values": {"figures_reported": read_json_texts(values["figures_reported"])}
            if values.get("figures_reported")
            else {},
        }
        if self._record is Deposit:
            return self._build_deposit(values, common, problems)
        if self._record is Discovery:
            return self._build_discovery(values, common, problems)
        return self._build_project(values, common, problems)

    def _build_deposit(self, values: Json, common: dict[str, Any], problems: list[Problem]) -> Deposit:
        terms = ("occurrence_type", "deposit_model", "deposit_form", "exploration_stage")
        common |= {name: self._read_term(name, values, problems) for name in terms}
        common |= {name: read_json_text(values.get(name)) for name in ("deposit_model_reported", "host_unit", "age")}
        return Deposit(
            **common,
            discovery_year=values.get("discovery_year"),
            mine_status=self._build_status(values, "mine_status", problems),
            estimates=self._build_estimates(values),
            activities=tuple(
                ExplorationActivity(
                    str(activity["reported"]),
                    read_json_text(activity["detail"]),
                    parse_json_date(activity["start_date"]),
                    parse_json_date(activity["end_date"]),
                    read_json_text(activity["source_row"]),
                    self._build_citation(activity),
                )
                for activity in values["exploration_activities"]
            ),
        )

    def _build_discovery(self, values: Json, common: dict[str, Any], problems: list[Problem]) -> Discovery:
        terms = ("activity_type", "result", "exploration_stage", "deposit_model", "deposit_form")
        common |= {name: self._read_term(name, values, problems) for name in terms}
        common |= {
            name: read_json_text(values.get(name)) for name in ("announced_by", "stage_reported", "deposit_model_reported")
        }
        return Discovery(
            **common,
            discovery_date=parse_json_date(values.get("discovery_date")),
            estimates=self._build_estimates(values),
        )

    def _build_project(self, values: Json, common: dict[str, Any], problems: list[Problem]) -> Project:
        return Project(
            **common,
            facility_types=self._filter_codes("facility-type", values.get("facility_types") or (), "facility_types", problems),
            facility_reported=read_json_text(values.get("facility_reported")),
            phases=tuple(self._build_phase(phase, problems) for phase in values["phases"]),
            owners=tuple(
                Owner(
                    read_json_text(owner["name_en"]),
                    read_json_text(owner["name_zh"]),
                    number_of(owner["share_pct"]),
                    owner["role"],
                    read_json_text(owner["uscc"]),
                    parse_json_date(owner["information_date"]),
                    owner["date_basis"],
                    read_json_text(owner["name_reported"]),
                    read_json_text(owner["source_row"]),
                    self._build_citation(owner),
                )
                for owner in values["owners"]
            ),
        )

    def _build_phase(self, phase: Json, problems: list[Problem]) -> Phase:
        return Phase(
            name=read_json_text(phase["name"]),
            phase_type=self._read_term("phase_type", phase, problems),
            product=self._read_term("product", phase, problems),
            product_reported=read_json_text(phase["product_reported"]),
            capacity=_build_quantity(phase, "capacity", read_json_text(phase["capacity_basis"])),
            shared_with=read_json_texts(phase["shared_with"]),
            included_in=read_json_text(phase["included_in"]),
            status=self._build_status(phase, "status", problems),
            start=parse_json_date(phase["start_date"]),
            end=parse_json_date(phase["end_date"]),
            feedstock=read_json_texts(phase["feedstock"]),
            technology=read_json_text(phase["technology"]),
            energy_kgce_per_t=number_of(phase["energy_kgce_per_t"]),
            source_row=read_json_text(phase["source_row"]),
            citation=self._build_citation(phase),
            note=read_json_text(phase["note"]),
        )

    def _build_estimates(self, values: Json) -> tuple[Estimate, ...]:
        return tuple(
            Estimate(
                category=str(estimate["category"]),
                category_reported=read_json_text(estimate["category_reported"]),
                code=read_json_text(estimate["code"]),
                on=parse_json_date(estimate["effective_date"]),
                ore=_build_quantity(estimate, "ore"),
                cut_off=read_json_text(estimate["cut_off"]),
                includes_reserves=estimate["includes_reserves"],
                competent_person=read_json_text(estimate["competent_person"]),
                zone=read_json_text(estimate["zone"]),
                covers=read_json_text(estimate.get("covers")),
                source_row=read_json_text(estimate["source_row"]),
                citation=self._build_citation(estimate),
                measures=tuple(
                    CommodityMeasure(
                        str(measure["commodity"]),
                        _build_quantity(measure, "grade", read_json_text(measure["grade_basis"])),
                        _build_quantity(measure, "contained", read_json_text(measure["contained_basis"]), held=False),
                    )
                    for measure in estimate["measures"]
                ),
            )
            for estimate in values["estimates"]
        )

    def _build_status(self, values: Json, name: str, problems: list[Problem]) -> Status | None:
        code = values.get(name)
        if code is None or not self._filter_codes("status", (code,), name, problems):
            return None
        day, precision = values.get(f"{name}_date"), values.get(f"{name}_date_precision")
        on = None if day is None or precision is None else PartialDate(date.fromisoformat(day), precision)
        return Status(code, str(values[f"{name}_reported"]), on, bool(values[f"{name}_inferred"]))

    def _build_commodities(self, values: Json, problems: list[Problem]) -> tuple[Commodity, ...]:
        """Return the commodities, the main one first, with the ranks that the other Lode has."""
        main, major = values["main_commodity"], frozenset(values["major_commodities"])
        ordered = sorted(values["commodities"], key=lambda code: code != main)
        codes = self._filter_codes("commodity", ordered, "commodities", problems)
        ranks = ("main" if code == main else "co-product" if code in major else "by-product" for code in codes)
        return tuple(Commodity(code, rank) for code, rank in zip(codes, ranks, strict=True))  # type: ignore[arg-type]

    def _read_term(self, name: str, values: Json, problems: list[Problem]) -> str | None:
        code = read_json_text(values.get(name))
        return code if code is not None and self._filter_codes(TERMS[name], (code,), name, problems) else None

    def _filter_codes(self, name: str, codes: Sequence[str], column: str, problems: list[Problem]) -> tuple[str, ...]:
        return filter_vocabulary_codes(name, codes, column, self._tally, problems)

    def _collect_citations(self, values: Json) -> tuple[tuple[str, str], ...]:
        """Return the citation of each value: of the source that the other Lode has it from."""
        cited = {name: str(text) for name, text in (values.get("value_sources") or {}).items()}
        for name, chosen in (values.get("values") or {}).items():
            source = chosen.get("cited") or self._citations.get(chosen.get("source") or "")
            if source:
                cited.setdefault(name, source)
        only = values.get("sources") or []
        if len(only) == 1 and only[0] in self._citations:
            cited.setdefault("name_en", self._citations[only[0]])
        return tuple(sorted(cited.items()))

    def _build_citation(self, row: Json) -> str | None:
        return read_json_text(row["citation"]) or self._citations.get(row["source"])


def _extract_raw(collection: str, feature: Json) -> dict[str, Any]:
    """Return the row as it is stored: what the other Lode states, without what changes with each of its versions."""
    values = {
        name: value for name, value in feature["properties"].items() if name not in ("bonds", "formerly", "quality_flags")
    }
    return {"collection": collection, "geometry": feature.get("geometry"), **values}


def _position(feature: Json, values: Json) -> dict[str, Any]:
    original, crs = values.get("coord_original"), values.get("coord_crs")
    geometry = feature.get("geometry")
    if geometry is None:
        return {"unread_position": UnreadPosition(original, crs)} if original and crs else {}
    lon, lat = map(float, geometry["coordinates"][:2])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("coordinates")
    accuracy = number_of(values.get("position_accuracy_m"))
    return {
        "position": Position(lon, lat, accuracy, str(values["position_method"]), original or f"{lon} {lat}", crs or "EPSG:4326")
    }


def _build_quantity(row: Json, name: str, basis: str | None = None, held: bool = True) -> Quantity | None:
    reported = number_of(row[f"{name}_reported"])
    if reported is None:
        return None
    doubt = read_json_text(row["held"]) if held and "held" in row else None
    factor = number_of(row["held_factor"]) if doubt else number_of(row[f"{name}_factor"])
    unit, qualifier = str(row[f"{name}_unit"]), read_json_text(row[f"{name}_qualifier"])
    return Quantity(reported, unit, basis, factor, doubt, qualifier, number_of(row[f"{name}_upper"]))


def filter_vocabulary_codes(
    name: str, codes: Sequence[str], column: str, tally: Tally, problems: list[Problem]
) -> tuple[str, ...]:
    """Return the codes that a vocabulary has, and note the others."""
    terms = load_vocabulary(name)
    for code in codes:
        if code not in terms:
            tally.miss(name, code)
            problems.append(Problem("unknown-term", code, column, {"vocabulary": name}))
    return tuple(code for code in codes if code in terms)


def read_json_text(value: object) -> str | None:
    """Return a text of JSON, None for an empty one. Raise TypeError for another value."""
    if value is not None and not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value or None


def read_json_texts(values: object) -> tuple[str, ...]:
    """Return the texts of an array of JSON, none for null. Raise TypeError for another value."""
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(type(values).__name__)
    return tuple(values)


def number_of(value: object) -> float | None:
    """Return a number of JSON. Raise TypeError for another value."""
    if isinstance(value, bool) or (value is not None and not isinstance(value, int | float)):
        raise TypeError(type(value).__name__)
    return None if value is None else float(value)


def parse_json_date(value: object) -> PartialDate | None:
    """Return the year, month or day of a text. Raise TypeError or ValueError."""
    text = read_json_text(value)
    return None if text is None else parse_partial_date(text)
