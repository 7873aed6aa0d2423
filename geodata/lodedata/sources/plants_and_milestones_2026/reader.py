"""Plants, statuses and strategic projects by the mapping; the rows of a project's milestones joined to one reading."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from lodedata.errors import FileRefused
from lodedata.figures.main_commodity import set_main_commodity
from lodedata.figures.units import parse_unit
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.model import TableSpec
from lodedata.mapping.reading import ReadingExtension, RowCells
from lodedata.mapping.tables import find_only_file, read_table
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.read import Hints, InputRow, open_table
from lodedata.records import Commodity, GenericRecord, PartialDate, Phase, Project, SourceRow, Status
from lodedata.sources.plants_and_milestones_2026.announcements import Announcement, DatedStep, join_announcements, read_span
from lodedata.sources.plants_and_milestones_2026.earlier_plans import EARLIER_PLANS
from lodedata.topics.schedule.milestones import build_milestone_record
from lodedata.vocab import load_vocabulary

MILESTONES = "milestones.csv"
COLUMNS = (
    *("project_zh", "project_en", "company", "product", "capacity", "place", "milestone", "date", "is_plan"),
    *("source_url", "source_date", "note"),
)
TYPES = {
    "announced": "announced",
    "filed": "filed",
    "construction-start": "start",
    "first-output": "first-output",
    "first-output-planned": "first-output",
    "completed": "completion",
    "suspended": None,
}
"""The type of milestone of each word; a suspension is a status and no milestone."""
NARROWER = (
    ("filed", ("采矿许可证", "mining licence"), "right-obtained"),
    ("filed", ("核准", "批复"), "approved"),
    ("first-output", ("试生产", "试产", "heat-up", "firing-up"), "trial"),
    ("completion", ("full rate",), "design-output"),
)
"""Types that the date or the note of a row states more closely."""
PLANS_IN_NOTES = (
    ("计划2019年年底投产", "first-output", "2019-12"),
    ("planned H2 2019", "first-output", "2019-H2"),
    ("planned to be built by 2021", "completion", "2021"),
)
"""Announced dates that stand in the note of a row about another step."""
NO_SITE = re.compile(
    r"group (?:total|blister|refined|capacity)|national total|aggregate|\(target\)|planned to 2025|13 non-EU"
    r"|\((?:four recycling|gallium) project|province/city not in the source"
)
"""Texts of rows that are totals of groups or countries, targets of firms, or several sites."""
NO_CAPACITY = re.compile(r"not capacity|output|volume|includes the 4万吨", re.IGNORECASE)
"""Texts of a plant whose figure is an output, or repeats another row's capacity."""
WIKIPEDIA, RE_POST = "wikipedia.org", re.compile(r"re-?post|mirror", re.IGNORECASE)
UNVERIFIED = re.compile(
    r"low confidence|verify before use|machine-translated|spam|must be checked|: check|to check|unclear", re.I
)
INFERRED = re.compile(r"year inferred", re.IGNORECASE)
PHASE = re.compile(r"(?:phase|stage|train)\s+(\d+|I{1,3})\b(?!-)", re.IGNORECASE)
ROMAN = {"I": 1, "II": 2, "III": 3}
MINE = re.compile(r"铜矿|锂矿|\bmine\b|Oyu Tolgoi|Grasberg|Quellaveco|Quebrada|Panama|Nickel West", re.IGNORECASE)
"""Names of mines among the projects, whose product is given as the metal alone."""
MINED = {"copper": "mine-copper", "nickel": "mine-nickel"}
CAPACITY = re.compile(r"^\+?([\d.]+) (kt/y|Mt/y|万吨/年)(?=$|[ ,;(])(?! (?:Ni|LCE)\b)(?!.*(?:\bplan\b|average|guidance))")
"""A capacity in tonnes of the product; no average, and no figure of contained metal or of an equivalent."""
RATES = {"kt/y": "kt/a", "Mt/y": "million t/yr", "万吨/年": "万吨/年"}
SEEN = {
    "靖西天桂": ("Guangxi Jingxi Tiangui", "2019-10 (status of the plant)"),
    "赤峰金剑铜业（金通）新厂": ("Chifeng Jintong", "by 2025-03 (status of the plant)"),
}
"""Projects whose first output the status of a plant shows, with the name of the plant and the date that follows from it."""
COUNTRIES = {"DRC": "COD", "DR Congo": "COD", "outside the EU": None}


@dataclass(frozen=True, slots=True)
class AnnouncedMilestone:
    """A row of the milestones with its cells by column."""

    key: str
    source_row: SourceRow
    cells: dict[str, str]


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the plants, the statuses, the strategic projects, and each project with its milestones.

    Raise FileRefused for a path that is no folder with the four files.
    """
    if not path.is_dir():
        raise FileRefused(msg("%(file)s: name the folder of this source; its files belong together", file=path.name))
    plants: dict[str, Project] = {}
    for spec in source.tables:
        for reading in read_table(source, spec, find_only_file(path, spec.file), tally, _build_extension(spec)):
            plants |= {
                record.name: record for record in reading.records if isinstance(record, Project) and spec.file == "plants.csv"
            }
            yield reading
    yield from _read_milestones(source, find_only_file(path, MILESTONES), tally, plants)


def grade_source_page(url: str, *texts: str) -> str:
    """Return the grade (vocabulary ``source-grade``) of a row by its page and its notes, the weakest that applies."""
    remarks = " ".join(texts)
    if UNVERIFIED.search(remarks):
        return "unverified"
    if INFERRED.search(remarks):
        return "inferred-year"
    if WIKIPEDIA in url:
        return "encyclopaedia"
    return "re-post" if RE_POST.search(remarks) else "page"


def _build_extension(spec: TableSpec) -> ReadingExtension:
    """Return what completes the projects of a table: the page of each phase, and no capacity where the figure is none."""
    of_plant = ("capacity_basis", "source_url", "source_title", "note", "county_or_park", "prefecture_zh", "province_zh")
    of_status = ("source_url", "licence", "note", "capacity_or_production", "status")
    of_eu = ("source_url", "note", "list", "designation_date", "stage_or_place", "type", "project")
    columns = {"plants.csv": of_plant, "status.csv": of_status}.get(spec.file, of_eu)
    return ReadingExtension(columns, lambda reading, cells: _complete(reading, cells, columns))


def _complete(reading: Reading, cells: RowCells, columns: Sequence[str]) -> Reading:
    texts = {column: text for column in columns if (text := cells.get(column))}
    note = texts.get("note", "")
    if NO_SITE.search(note) or NO_SITE.search(texts.get("capacity_basis", "")) or NO_SITE.search(texts.get("project", "")):
        return Reading(reading.rows, (), (Problem("not-a-site", note),))
    if not reading.records:
        return reading
    project = reading.records[0]
    assert isinstance(project, Project)
    url = texts.get("source_url", "")
    graded = load_vocabulary("source-grade")[grade_source_page(url, *texts.values())]
    citation = " ".join(filter(None, (texts.get("source_title"), url, f"[{graded.label_en} / {graded.label_zh}]")))
    remarks = "; ".join(
        texts[name] for name in ("capacity_basis", "capacity_or_production", "status", "note", "licence") if name in texts
    )
    counted = not NO_CAPACITY.search(f"{texts.get('capacity_basis', '')} {note}")
    phases = tuple(_set_citation(phase, citation, remarks, counted) for phase in project.phases)
    if "list" in texts:
        named = f"Strategic project of the European Union ({texts['list']}), designated {texts.get('designation_date', '')}"
        remarks = "; ".join(filter(None, (named, texts.get("stage_or_place"), note, citation)))
        project = replace(project, note_en=remarks)
    elif not phases:
        project = replace(project, note_en="; ".join(filter(None, (remarks, citation))))
    if project.facility_types == ("alumina-refinery",):
        # the statuses name the metal alone
        commodities = (
            replace(commodity, code="alumina") if commodity.code == "aluminium" else commodity
            for commodity in project.commodities
        )
        project = replace(project, commodities=tuple(commodities))
    return replace(reading, records=(replace(project, phases=phases, citations=(("row", citation),)),))


def _set_citation(phase: Phase, citation: str, note: str, counted: bool) -> Phase:
    return replace(phase, citation=citation, note=note or None, capacity=phase.capacity if counted else None)


def _read_milestones(source: Source, path: Path, tally: Tally, plants: Mapping[str, Project]) -> Iterator[Reading]:
    """Yield a reading for each project, with its rows, the project and its milestones."""
    table = open_table(path, Hints())
    usage = tally.reads(table.name, table.columns, COLUMNS)
    projects: dict[str, list[AnnouncedMilestone]] = {}
    for number, row in enumerate(table.rows, 1):
        tally.rows[table.name] = number
        cells = RowCells(usage, row)
        announced_milestone = AnnouncedMilestone(
            f"milestone/{number}",
            SourceRow(f"milestone/{number}", _encode_raw_row(table.columns, row), f"{table.name}, row {row.number}"),
            {column: cells.get(column) or "" for column in COLUMNS},
        )
        texts = (
            announced_milestone.cells["note"],
            announced_milestone.cells["project_en"],
            announced_milestone.cells["date"],
            announced_milestone.cells["place"],
        )
        if any(NO_SITE.search(text) for text in texts):
            cells.close("row-out-of-scope")
            yield Reading(
                (announced_milestone.source_row,), (), (Problem("not-a-site", announced_milestone.cells["project_en"]),)
            )
            continue
        cells.close()
        projects.setdefault(_find_project_name(announced_milestone.cells), []).append(announced_milestone)
    for name, rows in projects.items():
        plant, printed = SEEN.get(name, ("", ""))
        yield _build_reading(source, rows, list(_find_seen_output(plants[plant], printed)) if plant in plants else [])


def _find_seen_output(plant: Project, printed: str) -> Iterator[Announcement]:
    """Yield the first output of a plant that its status shows."""
    for phase in plant.phases:
        on = phase.status.on if phase.status is not None else None
        yield Announcement("", "first-output", printed, False, str(on or ""), "page", phase.citation or "")


def _build_reading(source: Source, rows: Sequence[AnnouncedMilestone], seen: Sequence[Announcement]) -> Reading:
    """Return the reading of a project's rows: the project, and the milestones of its phases."""
    spec = source.tables[0]
    first = rows[0].cells
    product = next((row.cells["product"] for row in rows), "")
    commodity = (spec.commodities[0].map or {}).get(product)
    if commodity is None:
        return Reading(tuple(row.source_row for row in rows), (), (Problem("no-known-commodity", product, "product"),))
    country, division = _place(first["place"])
    names = list(dict.fromkeys(row.cells["project_en"] for row in rows))
    chinese = list(dict.fromkeys(name for row in rows if (name := row.cells["project_zh"])))
    steps = list(_list_steps(rows, seen))
    facility = (spec.facility_types.map or {}).get(product) if spec.facility_types is not None else None
    mine = MINE.search(" ".join(names + chinese))
    project = Project(
        name_en=_strip_phase(names[0]),
        name_zh=_find_project_name(first) if chinese else None,
        aliases=tuple(names + chinese),
        country=country,
        country_reported=first["place"],
        division=division,
        commodities=(Commodity(str(commodity), "main"),),
        facility_types=("mine",) if mine else (str(facility),) if facility else (),
        facility_reported=product,
        phases=tuple(_find_suspensions(rows)),
        information_date=max(
            (step.information for _, _, step in steps if step.information), key=lambda d: d.last, default=None
        ),
    )
    key = rows[0].key
    milestones = tuple(
        _build_milestone(project, source.name, key, phase, of_phase, step, spec) for phase, of_phase, step in steps
    )
    return Reading(tuple(row.source_row for row in rows), (set_main_commodity(project), *milestones))


def _list_steps(
    rows: Sequence[AnnouncedMilestone], seen: Sequence[Announcement]
) -> Iterator[tuple[int | None, AnnouncedMilestone, DatedStep]]:
    """Yield the phase of each step, the row that has its capacity, and the step."""
    phases: dict[int | None, list[AnnouncedMilestone]] = {}
    for row in rows:
        phases.setdefault(_parse_phase_number(row.cells), []).append(row)
    for phase, members in phases.items():
        announced = [announcement for row in members for announcement in _read_announcements(row)] + list(seen)
        announced += EARLIER_PLANS.get((_strip_phase(members[0].cells["project_en"]), phase), ())
        planned = {announcement.milestone_type for announcement in announced if announcement.plan}
        done = {announcement.milestone_type for announcement in announced if not announcement.plan}
        if "first-output" in planned - done:
            # what is completed and put into production has had its first output
            announced += [
                replace(announcement, milestone_type="first-output")
                for announcement in announced
                if _is_completed(announcement)
            ]
        with_capacity = [row for row in members if CAPACITY.match(row.cells["capacity"])]
        for step in join_announcements(announced):
            own = {announcement.key for announcement in step.announcements}
            first = next((row for row in with_capacity if row.key in own), None)
            yield phase, first or next(iter(with_capacity), members[0]), step


def _is_completed(announcement: Announcement) -> bool:
    return announcement.milestone_type == "completion" and not announcement.plan


def _read_announcements(row: AnnouncedMilestone) -> Iterator[Announcement]:
    cells = row.cells
    milestone_type = TYPES[cells["milestone"]]
    if milestone_type is None:
        return
    text = f"{cells['date']} {cells['note']}"
    milestone_type = next(
        (narrow for of, terms, narrow in NARROWER if of == milestone_type and any(term in text for term in terms)),
        milestone_type,
    )
    graded = grade_source_page(cells["source_url"], cells["note"], cells["date"], cells["source_date"])
    # that a project was made known is a fact, whatever is planned
    plan = cells["is_plan"] == "yes" and milestone_type != "announced"
    page = cells["source_url"]
    again = "restart" in cells["date"]
    announcement = Announcement(
        row.key, milestone_type, cells["date"], plan, cells["source_date"], graded, page, cells["note"], again
    )
    yield announcement
    for text, of, printed in PLANS_IN_NOTES:
        if text in cells["note"]:
            yield replace(announcement, milestone_type=of, printed=printed, plan=True, again=False)


def _build_milestone(
    project: Project, source: str, key: str, phase: int | None, row: AnnouncedMilestone, step: DatedStep, spec: TableSpec
) -> GenericRecord:
    """Return a milestone with its dates; one that did not happen is missed."""
    missed = any("did not happen" in plan.printed for plan in step.plans)
    worst = max(
        (announcement.grade for announcement in step.announcements),
        key=[term.code for term in load_vocabulary("source-grade")].index,
    )
    products = spec.phases[0].product
    product = (products.map or {}).get(row.cells["product"]) if products is not None else None
    if "mine" in project.facility_types:
        product = MINED.get(row.cells["product"], product)
    return build_milestone_record(
        project,
        source,
        key,
        phase=phase,
        milestone_type=step.milestone_type,
        milestone_status="done" if step.facts else "missed" if missed else "not-started",
        baseline_no=1 if step.baseline else None,
        baseline_date=step.baseline,
        expected_date=step.expected,
        actual_date=step.actual,
        dates_reported=step.reported,
        grade=worst,
        page=" ".join(dict.fromkeys(announcement.page for announcement in step.announcements)),
        product=product,
        capacity_tpa=_parse_capacity(row.cells["capacity"]),
        information_date=step.information,
    )


def _find_suspensions(rows: Sequence[AnnouncedMilestone]) -> Iterator[Phase]:
    """Yield the suspension of each phase whose latest fact is one."""
    latest: dict[int | None, tuple[PartialDate, AnnouncedMilestone]] = {}
    for row in rows:
        span = read_span(row.cells["date"])
        number = _parse_phase_number(row.cells)
        if row.cells["is_plan"] != "no" or span is None:
            continue
        if number not in latest or span.first.first >= latest[number][0].first:
            latest[number] = (span.first, row)
    for day, row in latest.values():
        if row.cells["milestone"] == "suspended":
            reported = f"suspended {row.cells['date']}"
            yield Phase(
                name=row.cells["project_en"],
                status=Status("suspended", reported, day),
                citation=row.cells["source_url"],
                source_row=row.key,
            )


def _parse_capacity(text: str) -> float | None:
    """Return the capacity of a phase in tonnes a year, None for a total after an expansion and for other figures."""
    match = CAPACITY.match(text)
    if match is None:
        return None
    rate = parse_unit(RATES[match[2]], "rate")
    return float(match[1]) * rate.factor if rate is not None and rate.factor is not None else None


def _parse_phase_number(cells: dict[str, str]) -> int | None:
    match = PHASE.search(cells["project_en"]) or re.search(r"\b(II|III)$", cells["project_en"])
    return None if match is None else ROMAN.get(match[1].upper()) or int(match[1])


def _strip_phase(name: str) -> str:
    return re.sub(r"[,(]*\s*\b(?:phase|stage|train)\s+(?:\d|I{1,3}\b).*$|\s+II$", "", name, flags=re.IGNORECASE).strip() or name


def _find_project_name(cells: dict[str, str]) -> str:
    """Return the name that the rows of one project share, without its phase."""
    if cells["project_zh"]:
        return re.sub(r"[一二三]期$", "", cells["project_zh"])
    return _strip_phase(cells["project_en"]).removesuffix(" smelter").removesuffix(", Mundra")


def _place(text: str) -> tuple[str | None, str | None]:
    """Return the codes of country and division of a place such as ``Indonesia, Weda Bay`` or ``广西防城港``."""
    name = text.split(",")[0].strip()
    if name in COUNTRIES:
        return COUNTRIES[name], None
    if (country := load_vocabulary("country").find(name)) is not None:
        return country.code, None
    # a Chinese place begins with its province, whose name has two characters, or three
    names = (name, name[:2], name[:3])
    return "CHN", next((division.code for name in names if (division := load_vocabulary("division").find(name, "CHN"))), None)


def _encode_raw_row(columns: Sequence[str], row: InputRow) -> bytes:
    return orjson.dumps(dict(zip(columns, row.cells, strict=False)))
