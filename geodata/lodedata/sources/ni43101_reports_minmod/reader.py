"""Technical reports with their mineral inventories: a deposit for each report, and a record for each statement of an estimate.

A file has one report a line. The report without its inventory is the row of the deposit; each entry of the inventory is a row
of its own, which enters a statement, repeats one, or is refused with a reason. Further batches are further files of the folder.
"""

import gzip
import re
from calendar import month_name
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import orjson
import shapely
from pyproj import Geod

from lodedata.cells import Unreadable, parse_partial_date
from lodedata.figures.amounts import derive_contained_t
from lodedata.figures.main_commodity import set_main_commodity
from lodedata.figures.units import determine_basis
from lodedata.geography.crs import WGS84
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.column_usage import ColumnUsage
from lodedata.mapping.values.place import compute_rounding_m, make_position
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.read import FileRefused
from lodedata.records import Commodity, Deposit, GenericRecord, PartialDate, Position, SourceRow, UnreadPosition
from lodedata.report_estimates import PropertyRows, ReportRow, classify_rows, read_row, refuse_neighbours
from lodedata.vocab import Term, load_vocabulary

SUFFIXES = (".jsonl", ".jsonl.gz")
MAX_LINE_BYTES = 64 << 20
"""Bytes of one report; a longer line is no report."""
MACHINE_READ_ACCURACY_M = 40_000.0
"""Accuracy of a position that a machine read. Of 49 with a position of another source three quarters are within 40 km, half
within 7 km, and nine are more than 100 km away, with whatever number of decimal places."""
TITLE_DATE = re.compile(r"\bdated (?P<month>[A-Z][a-z]+),? (?P<year>(?:19|20)[0-9]{2})\b")
CODES = {"NI 43-101": "ni-43-101", "JORC": "jorc-code", "SAMREC": "samrec-code"}
"""Codes by the texts in a report's title."""
DAMAGED_SIGN = re.compile(r"\s*(?:[\x00-\x1f]+1?\s*|\\+/?u00b1)\s*")
RESERVES = "-reserves"
TITLE_TERMS = re.compile(
    r"^updated\s+|\s+(?:technical report|preliminary (?:economic )?assessment|(?:pre-?)?feasibility study|mineral resource"
    r"(?: (?:update|estimate))?)$",
    re.IGNORECASE,
)
"""Terms of the title of a report before or after the name of its property."""
_GEOD = Geod(ellps="WGS84")


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield for each report its deposit, then each of its estimates and its refused rows. Raises FileRefused."""
    files = sorted(path for path in path.iterdir() if path.name.endswith(SUFFIXES)) if path.is_dir() else [path]
    if not files:
        raise FileRefused(msg("%(file)s: no *.jsonl or *.jsonl.gz is in the folder", file=path.name))
    reports = [technical_report for file in files for technical_report in _read_file(file, tally)]
    # the figures of a neighbour are known by its own report
    refuse_neighbours([PropertyRows(report.name, report.rows) for report in reports])
    for report in reports:
        yield from _build_readings(source.name, report)


@dataclass(frozen=True, slots=True)
class TechnicalReport:
    """A report: its content without the inventory, the rows of that and their texts, its country, and its place in the file."""

    header: Mapping[str, Any]
    rows: Sequence[ReportRow]
    entries: Sequence[bytes]
    country: Term | None
    locator: str

    @property
    def key(self) -> str:
        """The identifier of the report."""
        return str(self.header["record_id"])

    @property
    def name(self) -> str:
        """The name of the property as reported, an empty text without one."""
        return (self.header.get("name") or "").strip()

    @property
    def property_name(self) -> str:
        """The name of the property without the terms that only the title of a report has."""
        return TITLE_TERMS.sub("", self.name) or self.name


def _read_file(file: Path, tally: Tally) -> Iterator[TechnicalReport]:
    tally.usage.setdefault(file.name, ColumnUsage(()))
    for number, content in _read_reports(file):
        report = read_report(content, f"{file.name}, line {number}")
        tally.rows[file.name] = tally.rows.get(file.name, 0) + 1 + len(report.rows)
        yield report


def read_report(content: Mapping[str, Any], locator: str) -> TechnicalReport:
    """Return a report with its rows classified."""
    inventory = content.get("mineral_inventory") or []
    country = _choose_country(content)
    rows = [read_row(number, entry) for number, entry in enumerate(inventory)]
    classify_rows(rows, country.code if country else None)
    header = {name: value for name, value in content.items() if name != "mineral_inventory"}
    return TechnicalReport(header, rows, [orjson.dumps(entry) for entry in inventory], country, locator)


def _build_readings(source: str, report: TechnicalReport) -> Iterator[Reading]:
    """Yield the reading of a report's deposit, then those of its rows."""
    yield _build_deposit(report)
    source_rows = [
        SourceRow(f"{report.key}:{row.number}", entry, f"{report.locator}, entry {row.number + 1}")
        for row, entry in zip(report.rows, report.entries, strict=True)
    ]
    repeated: dict[int, list[ReportRow]] = {}
    for row in report.rows:
        if row.repeats is not None and row.refusal is None:
            repeated.setdefault(_find_original(row).number, []).append(row)
    for row in report.rows:
        # a repetition of a refused row is as doubtful as that one
        refusal = row.refusal or (_find_original(row).refusal if row.repeats is not None else None)
        if refusal is not None:
            problem = Problem(refusal.rule, refusal.value, refusal.column, dict(refusal.detail))
            yield Reading((source_rows[row.number],), (), (problem,))
        elif row.repeats is None:
            of_row = (row.number, *(repetition.number for repetition in repeated.get(row.number, ())))
            yield Reading(tuple(source_rows[number] for number in of_row), (_build_statement(source, report, row),))


def _find_original(row: ReportRow) -> ReportRow:
    while row.repeats is not None:
        row = row.repeats
    return row


def _read_reports(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield each report of a file with the number of its line. Raises FileRefused for a line that is no report."""
    try:
        with cast(IO[bytes], gzip.open(file) if file.name.endswith(".gz") else file.open("rb")) as stream:
            number = 0
            while line := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise FileRefused(msg("%(file)s, line %(number)s: too long for a report", file=file.name, number=number))
                if line.strip():
                    report = orjson.loads(line)
                    if not isinstance(report, dict) or not report.get("record_id"):
                        raise FileRefused(
                            msg(
                                "%(file)s, line %(number)s: no report with a record_id; write one report as one JSON object a "
                                "line",
                                file=file.name,
                                number=number,
                            )
                        )
                    yield number, report
    except (OSError, EOFError, orjson.JSONDecodeError):
        raise FileRefused(
            msg(
                "%(file)s: the file is damaged, or not a line of JSON; write one report as one JSON object a line",
                file=file.name,
            )
        ) from None


def _build_deposit(report: TechnicalReport) -> Reading:
    """Return the reading of the property that a report is about; its estimates are records of their own."""
    row = SourceRow(report.key, orjson.dumps(report.header), report.locator)
    rows, country, header = report.rows, report.country, report.header
    codes = [row.commodity for row in rows if row.open] or [row.commodity for row in rows]
    terms = load_vocabulary("commodity")
    counted = sorted({code for code in codes if code is not None}, key=lambda code: (-codes.count(code), code))
    if not any(terms[code].extra["scope"] == "in" for code in counted):
        return Reading((row,))
    counted.sort(key=lambda code: terms[code].extra["scope"] != "in")
    problems: list[Problem] = []
    place = _position(header, problems)
    info = header.get("location_info") or {}
    division = _join_observed_names(info.get("state_or_province"))
    known_divisions = load_vocabulary("division")
    named = (division or "", (division or "").removesuffix(" Province").removesuffix(" District"))
    division_term = next((term for text in named if country and (term := known_divisions.find(text, country.code))), None)
    dates = [date for row in rows if (date := _parse_date(row.date)) is not None]
    record = Deposit(
        name_en=report.property_name or None,
        aliases=(report.name,) if report.name != report.property_name else (),
        position=place if isinstance(place, Position) else None,
        unread_position=place if isinstance(place, UnreadPosition) else None,
        country=country.code if country else None,
        country_reported=_join_observed_names(info.get("country")),
        division=division_term.code if division_term else None,
        division_reported=division,
        commodities=tuple(Commodity(code, "co-product") for code in counted),
        information_date=max(dates, key=lambda date: date.first, default=None),
        **_choose_model(header),
    )
    return Reading((row,), (set_main_commodity(record),), tuple(problems))


def _choose_model(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the deposit model if the reading has one candidate; of several none is known."""
    candidates = report.get("deposit_type_candidate") or ()
    # the reading writes the sign in several damaged ways
    names = [
        " ".join(DAMAGED_SIGN.sub(" ± ", name).split()) for candidate in candidates if (name := candidate.get("observed_name"))
    ]
    term = load_vocabulary("deposit-model").find(names[0]) if len(names) == 1 else None
    return {"deposit_model": term.code if term else None, "deposit_model_reported": "; ".join(names) or None}


def _choose_country(report: Mapping[str, Any]) -> Term | None:
    """Return the country if the reading names one; of several none is known."""
    named = [country.get("observed_name") for country in (report.get("location_info") or {}).get("country") or ()]
    return load_vocabulary("country").find(named[0]) if len(named) == 1 and named[0] else None


def _position(report: Mapping[str, Any], problems: list[Problem]) -> Position | UnreadPosition | None:
    """Return the centroid of the points; its accuracy is their extent, rounding or that of a machine, if larger."""
    text = (report.get("location_info") or {}).get("location")
    if not text:
        return None
    try:
        shape = shapely.from_wkt(text)
        reason: object = msg("no distance can be measured in it") if shape.is_empty else None
    except shapely.GEOSException as error:
        reason = str(error)[:120]
    if reason is not None:
        problems.append(Problem("point-unreadable", str(text)[:80], "location", {"reason": reason}))
        return UnreadPosition(str(text)[:80], WGS84)
    centre = shape.centroid
    extent = max(float(_GEOD.inv(centre.x, centre.y, x, y)[2]) for x, y in shapely.get_coordinates(shape))
    rounded = compute_rounding_m(re.findall(r"-?[0-9]+(?:\.[0-9]+)?", text)) or 0.0
    accuracy_m = max(extent, rounded, MACHINE_READ_ACCURACY_M)
    return make_position(centre.x, centre.y, WGS84, text, accuracy_m, "approximate", problems, "location")


def _build_statement(source: str, report: TechnicalReport, row: ReportRow) -> GenericRecord:
    """Return the record of one estimate."""
    country = report.country
    title = row.title or report.name or report.key
    assert row.category is not None and row.commodity is not None
    is_reserve = row.category.endswith(RESERVES)
    terms = load_vocabulary("reserve-category" if is_reserve else "resource-category")
    basis = determine_basis(row.commodity, row.basis) if row.grade_pct is not None else None
    values = {
        "name_en": report.name or None,
        "deposit_source": source,
        "deposit": report.key,
        "report": title.removesuffix(".pdf"),
        "document": row.document,
        "page": row.page,
        "also_on": tuple(map(str, sorted(row.also_on))),
        "report_date": _parse_title_date(title),
        "effective_date": _parse_date(row.date),
        "code": next((code for terms, code in CODES.items() if terms in title), None),
        "category": row.category,
        "category_reported": row.category_reported,
        "estimate_kind": "reserve" if is_reserve else "resource",
        "combined": terms[row.category].extra["combined"] == "true",
        "estimate_role": row.role,
        "zone": row.zone,
        "cut_off": row.cut_off,
        "cut_off_unit": row.cut_off_unit,
        "commodity": row.commodity,
        "ore_reported": row.ore,
        "ore_unit": row.ore_unit,
        "ore_t": row.ore_t,
        "ore_unit_ground": row.ore_ground,
        "grade_reported": row.grade,
        "grade_unit": row.grade_unit,
        "grade_pct": row.grade_pct,
        "grade_basis": basis,
        "grade_unit_ground": row.grade_ground,
        **_compute_metal(row, basis),
        "sum_confirmed": True if row.is_sum else None,
        "extracted_by_machine": True,
        "confidence": row.confidence,
        "country": country.code if country else None,
    }
    return GenericRecord(kind="estimate_statement", values={name: value for name, value in values.items() if value is not None})


def _compute_metal(row: ReportRow, basis: str | None) -> dict[str, Any]:
    """Return the metal of a row: as its cell held it, else derived from ore and grade if the basis of the grade is known."""
    if row.metal_reported_t is not None:
        return {"metal_t": row.metal_reported_t, "metal_derived": False}
    metal = derive_contained_t(row.commodity or "", row.ore_t, row.grade_pct, basis)
    return {} if metal is None else {"metal_t": metal, "metal_derived": True}


def _parse_title_date(title: str) -> PartialDate | None:
    match = TITLE_DATE.search(title)
    months = list(month_name)
    if match is None or match["month"] not in months:
        return None
    return _parse_date(f"{match['year']}-{months.index(match['month']):02}")


def _parse_date(text: str | None) -> PartialDate | None:
    try:
        return parse_partial_date(text) if text else None
    except Unreadable:
        return None


def _join_observed_names(many: Sequence[Mapping[str, Any]] | None) -> str | None:
    return "; ".join(name for observation in many or () if (name := observation.get("observed_name"))) or None
