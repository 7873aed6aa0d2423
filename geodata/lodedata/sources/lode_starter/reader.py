"""The starter register: YAML records with a source for each value."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import yaml

from lodedata.cells import parse_partial_date
from lodedata.figures.estimate_classes import UNDIVIDED
from lodedata.figures.grade_basis import measure_on_basis
from lodedata.figures.units import Dimension, find_basis_factor, parse_unit
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.builder import estimate_category
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.read import FileRefused
from lodedata.records import (
    Commodity,
    CommodityMeasure,
    Deposit,
    Discovery,
    Estimate,
    GenericRecord,
    Owner,
    PartialDate,
    Phase,
    Position,
    Project,
    Quantity,
    SourceRow,
    Status,
)
from lodedata.starter.recorded_entry import RecordedEntry, count_entry_columns, get_unrecorded_part
from lodedata.starter.references import GAZETTEERS, find_cited_reference
from lodedata.topics.recycling.streams import build_project_stream
from lodedata.topics.schedule.milestones import build_milestone_record
from lodedata.vocab import load_vocabulary

RegisterEntry = Mapping[str, Any]
Maker = Callable[[RegisterEntry, Source, list[Problem]], Deposit | Discovery | Project]

CITED_FIELDS = (
    "name_en",
    "name_zh",
    "aliases",
    "country",
    "division",
    "commodities",
    "occurrence_type",
    "deposit_model",
    "deposit_form",
    "host_unit",
    "age",
    "exploration_stage",
    "discovery_year",
    "discovery_date",
    "announced_by",
    "activity_type",
    "result",
    "facility_types",
)
TERMS = {
    "occurrence_type": "mineral-occurrence-type",
    "deposit_model": "deposit-model",
    "deposit_form": "deposit-form",
    "exploration_stage": "exploration-stage",
    "activity_type": "exploration-activity-type",
    "result": "exploration-result",
}
TO_COME = {
    "announced": "not-started",
    "pre-permit": "not-started",
    "permitted": "not-started",
    "construction": "not-started",
    "commissioning": "in-progress",
}
"""The status of the first output of a phase that has not begun, by the status of the phase."""
RECYCLED_FROM = {
    "secondary-copper": ("copper-scrap", "copper"),
    "refined-copper": ("copper-scrap", "copper"),
    "secondary-aluminium": ("aluminium-scrap", "aluminium"),
    "refined-tin": ("tin-scrap", "tin"),
}
"""The stream and the metal of a product, at facilities that recycle."""


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield every record of every file, in the order of the files' names."""
    files = sorted(path.glob("*.yml")) if path.is_dir() else [path]
    if not files:
        raise FileRefused(msg("%(path)s: holds no register files (*.yml)", path=path))
    for file in files:
        try:
            with file.open(encoding="utf-8") as stream:
                content = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            references, records = content["references"], list(content["records"])
        except (yaml.YAMLError, UnicodeDecodeError, LookupError, TypeError):
            raise FileRefused(
                msg("%(file)s: not a file of the register, which is YAML with `references` and `records`", file=file.name)
            ) from None
        usage = count_entry_columns(file.name, records, tally)
        for number, entry in enumerate(records, 1):
            tally.rows[file.name] = number
            locator = f"{file.name}, record {number}"
            try:
                recorded = RecordedEntry(entry)
                reading = _build_reading(entry, recorded, references, source, locator)
                recorded.close(usage, number, reading.refused)
            except (LookupError, TypeError, AttributeError, ValueError) as error:
                raise FileRefused(
                    msg(
                        "%(locator)s: lacks something, or has something of another form (%(error)r)",
                        locator=locator,
                        error=error,
                    )
                ) from None
            yield reading


def _build_reading(
    entry: RegisterEntry, recorded: RecordedEntry, references: RegisterEntry, source: Source, locator: str
) -> Reading:
    used = sorted(set(_find_references(entry)))
    raw = orjson.dumps({**entry, "references": {name: references[name] for name in used if name in references}})
    row = SourceRow(recorded["key"], raw, locator)
    problems: list[Problem] = []
    record = MAKERS[recorded["kind"]](recorded, source, problems)
    milestones = _build_milestones(recorded, record, source, problems) if isinstance(record, Project) else ()
    streams = _build_streams(entry, record, source) if isinstance(record, Project) else ()
    return Reading((row,), (record, *milestones, *streams), tuple(problems))


def _find_references(part: Any) -> Iterator[str]:
    """Yield the references in a part of an entry."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            if name == "source":
                yield value
            elif name == "sources":
                yield from value.values()
            else:
                yield from _find_references(value)
    elif isinstance(part, list):
        for item in part:
            yield from _find_references(item)


def _build_common_values(entry: RegisterEntry, source: Source, problems: list[Problem]) -> dict[str, Any]:
    cited = entry["sources"]
    citations = [(field, cited.get(field) or cited["default"]) for field in CITED_FIELDS if entry.get(field)]
    for name in ("country", "division"):
        if entry.get(name) and entry[name] not in load_vocabulary(name):
            problems.append(Problem("unknown-term", entry[name], None, {"vocabulary": name}))
    position = entry.get("position")
    if position is not None:
        citations.append(("position", _format_reference(position) or ""))
    return {
        "name_en": entry.get("name_en"),
        "name_zh": entry.get("name_zh"),
        "aliases": tuple(entry.get("aliases") or ()),
        "position": _position(position) if position is not None else None,
        "country": entry["country"],
        "country_reported": entry["country"],
        "division": entry.get("division"),
        "division_reported": entry.get("division"),
        "commodities": tuple(
            Commodity(_resolve_code("commodity", c["code"], problems), c["rank"]) for c in entry["commodities"]
        ),
        "information_date": _find_information_date(entry),
        "note_en": entry.get("note_en"),
        "note_zh": entry.get("note_zh"),
        "citations": tuple(citations),
    }


def _find_information_date(entry: RegisterEntry) -> PartialDate | None:
    """Return the latest year of the references that are cited for more than its position and classification, if any."""
    facts = {name: value for name, value in get_unrecorded_part(entry).items() if name != "position"}
    names = set(_find_references(facts)) - GAZETTEERS
    years = [cited.year for name in names if (cited := find_cited_reference(name)) is not None and cited.year is not None]
    return _parse_date(max(years, default=None))


def _position(position: RegisterEntry) -> Position:
    lon, lat = float(position["lon"]), float(position["lat"])
    return Position(lon, lat, float(position["accuracy_m"]), position["method"], f"{lon}, {lat}", "EPSG:4326")


def _build_deposit(entry: RegisterEntry, source: Source, problems: list[Problem]) -> Deposit:
    model = entry.get("deposit_model")
    return Deposit(
        **_build_common_values(entry, source, problems),
        **_resolve_terms(entry, ("occurrence_type", "deposit_model", "deposit_form", "exploration_stage"), problems),
        deposit_model_reported=model,
        host_unit=entry.get("host_unit"),
        age=entry.get("age"),
        discovery_year=entry.get("discovery_year"),
        estimates=tuple(_estimate(e, problems) for e in entry.get("estimates") or ()),
    )


def _build_discovery(entry: RegisterEntry, source: Source, problems: list[Problem]) -> Discovery:
    return Discovery(
        **_build_common_values(entry, source, problems),
        **_resolve_terms(entry, ("deposit_model", "deposit_form", "exploration_stage", "activity_type", "result"), problems),
        deposit_model_reported=entry.get("deposit_model"),
        stage_reported=entry.get("exploration_stage"),
        discovery_date=_parse_date(entry.get("discovery_date")),
        announced_by=entry.get("announced_by"),
        became=entry.get("deposit"),
        estimates=tuple(_estimate(e, problems) for e in entry.get("estimates") or ()),
    )


def _build_project(entry: RegisterEntry, source: Source, problems: list[Problem]) -> Project:
    return Project(
        **_build_common_values(entry, source, problems),
        facility_types=tuple(_resolve_code("facility-type", code, problems) for code in entry.get("facility_types") or ()),
        phases=tuple(_build_phase(p, problems) for p in entry.get("phases") or ()),
        owners=tuple(_build_owner(o, entry) for o in entry.get("owners") or ()),
    )


def _resolve_terms(entry: RegisterEntry, names: tuple[str, ...], problems: list[Problem]) -> dict[str, Any]:
    return {name: _resolve_code(TERMS[name], entry[name], problems) for name in names if entry.get(name)}


def _resolve_code(name: str, word: str, problems: list[Problem]) -> str:
    term = load_vocabulary(name).find(word)
    if term is None:
        problems.append(Problem("unknown-term", word, None, {"vocabulary": name}))
        return word
    return term.code


def _estimate(entry: RegisterEntry, problems: list[Problem]) -> Estimate:
    category = estimate_category(entry["category"])
    return Estimate(
        category=category or UNDIVIDED,
        category_reported=entry["category"],
        code=_resolve_code("classification-code", entry["code"], problems) if entry.get("code") else None,
        on=_parse_date(entry.get("date")),
        ore=_build_quantity(entry.get("ore"), "mass", None, problems),
        cut_off=entry.get("cut_off"),
        includes_reserves=entry.get("includes_reserves"),
        zone=entry.get("zone"),
        citation=_format_reference(entry),
        measures=tuple(
            measure_on_basis(
                CommodityMeasure(
                    code := _resolve_code("commodity", m["commodity"], problems),
                    _build_quantity(m.get("grade"), "grade", code, problems),
                    _build_quantity(m.get("contained"), "mass", code, problems),
                )
            )
            for m in entry.get("measures") or ()
            if m.get("grade") or m.get("contained")
        ),
    )


def _build_phase(entry: RegisterEntry, problems: list[Problem]) -> Phase:
    status = entry.get("status")
    when = _parse_date(entry.get("status_date"))
    return Phase(
        name=entry.get("name"),
        phase_type=_resolve_code("phase-type", entry["type"], problems) if entry.get("type") else None,
        product=_resolve_code("product", entry["product"], problems) if entry.get("product") else None,
        product_reported=entry.get("product"),
        capacity=_build_quantity(entry.get("capacity"), "rate", None, problems),
        status=Status(status, status, when, bool(entry.get("status_inferred"))) if status else None,
        start=_parse_date(entry.get("start")),
        end=_parse_date(entry.get("end")),
        note=entry.get("note"),
        citation=_format_reference(entry),
    )


def _build_milestones(
    entry: RegisterEntry, project: Project, source: Source, problems: list[Problem]
) -> Iterator[GenericRecord]:
    """Yield the milestones of the phases: those of the entry, else first output, done at its start or still to come."""
    for number, (phase_entry, phase) in enumerate(zip(entry.get("phases") or (), project.phases, strict=True), 1):
        first_output = [{"type": "first-output", "actual": phase_entry.get("start")}]
        for milestone in phase_entry.get("milestones") or first_output:
            done = "done" if milestone.get("actual") else TO_COME.get(phase_entry.get("status") or "")
            if done is None:
                continue
            yield build_milestone_record(
                project,
                source.name,
                entry["key"],
                phase=number,
                milestone_type=_resolve_code("milestone-type", milestone["type"], problems),
                milestone_status=done,
                actual_date=_parse_date(milestone.get("actual")),
                product=phase.product,
                capacity_tpa=phase.capacity.value if phase.capacity is not None else None,
                information_date=_parse_date(phase_entry.get("status_date")),
            )


def _build_streams(entry: RegisterEntry, project: Project, source: Source) -> Iterator[GenericRecord]:
    """Yield the stream of each phase that recycles; a plant with primary feed has no capacity for scrap alone."""
    recycles = load_vocabulary("facility-type").within("recycling-base")
    if recycles.isdisjoint(project.facility_types):
        return
    for phase in project.phases:
        fed = RECYCLED_FROM.get(phase.product or "")
        if fed is None:
            continue
        alone = "recycling-base" in project.facility_types
        capacity = phase.capacity.value if alone and phase.capacity is not None else None
        values = {"metal": fed[1], "output_product": phase.product, "design_output_tpa": capacity, "output_basis": "gross"}
        yield build_project_stream(source.name, entry["key"], project, fed[0], **values)


def _build_owner(entry: RegisterEntry, project: RegisterEntry) -> Owner:
    """Return an owner with the date that the entry states, else that of what it cites, in or before which it was one."""
    citation = _format_reference(entry) if entry.get("source") else None
    stated = _parse_date(entry.get("date"))
    reference = find_cited_reference(citation)
    year = reference.year if reference is not None else None
    date = stated or (_parse_date(str(year)) if year else _find_information_date(project))
    return Owner(
        entry.get("name_en"),
        entry.get("name_zh"),
        entry.get("share_pct"),
        entry.get("role") or "owner",
        on=date,
        date_basis=None if date is None else "stated" if stated is not None else "in-or-before",
        citation=citation,
    )


def _build_quantity(
    entry: RegisterEntry | None, dimension: Dimension, commodity: str | None, problems: list[Problem]
) -> Quantity | None:
    if entry is None:
        return None
    named_unit = parse_unit(entry["unit"], dimension)
    if named_unit is None:
        problems.append(Problem("unknown-unit", entry["unit"]))
        return Quantity(float(entry["value"]), entry["unit"], entry.get("basis"))
    factor = named_unit.factor
    basis = entry.get("basis")
    if factor is not None and basis is not None and commodity is not None and dimension == "mass":
        share = find_basis_factor(commodity, basis)
        factor = None if share is None else factor * share
    return Quantity(float(entry["value"]), entry["unit"], basis, factor)


def _format_reference(entry: RegisterEntry) -> str | None:
    """Return the reference of a value and the location in it."""
    if not entry.get("source"):
        return None
    return f"{entry['source']}: {entry['at']}" if entry.get("at") else str(entry["source"])


def _parse_date(text: object) -> PartialDate | None:
    return parse_partial_date(str(text)) if text else None


MAKERS: Mapping[str, Maker] = {"deposit": _build_deposit, "discovery": _build_discovery, "project": _build_project}
