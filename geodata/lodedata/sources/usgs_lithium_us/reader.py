"""Deposits with their estimates and history from eleven related tables.

A deposit is a mineral occurrence or region of the points' table, keyed ``Site_ID:Ftr_ID``. The rows of the other tables
are keyed by table and number; they are read into the deposit of their feature, or belong to all deposits of their site.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from lodedata.cells import Unreadable, number, parse_partial_date
from lodedata.figures.compounds import parse_commodity
from lodedata.figures.estimate_classes import UNDIVIDED
from lodedata.figures.units import Dimension, find_basis_factor, parse_unit
from lodedata.geography.crs import WGS84
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.builder import estimate_category
from lodedata.mapping.column_usage import Outcome
from lodedata.mapping.reading import RowCells
from lodedata.mapping.values.place import compute_rounding_m, make_position
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.read import FileRefused, Hints, open_tables
from lodedata.records import (
    Commodity,
    CommodityMeasure,
    Deposit,
    Estimate,
    ExplorationActivity,
    PartialDate,
    Position,
    Quantity,
    SourceRow,
    Status,
    UnreadPosition,
)
from lodedata.vocab import load_vocabulary

TABLES = (
    "Site",
    "Loc_Pt",
    "GeolMinOcc",
    "Resources",
    "History",
    "Dep_Model",
    "Production",
    "Loc_Poly",
    "Loc_Poly_Sw",
    "Descr_Sum",
    "References",
)
KEYS = ("Site_ID", "Ftr_ID")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Loc_Pt": (
        "Site_ID",
        "Ftr_ID",
        "Ftr_Group",
        "Ftr_Name",
        "Ftr_Type",
        "Other_Name",
        "State",
        "Commodity",
        "Long_WGS84",
        "Lat_WGS84",
        "Loc_Scale",
        "Pt_Def",
    ),
    "GeolMinOcc": ("Site_ID", "Ftr_ID", "Commodity", "Min_Style", "Host_Name", "Min_Age"),
    "Resources": (
        "Site_ID",
        "Ftr_ID",
        "Material",
        "Rsrc_Date",
        "Mat_Type",
        "Mat_Amnt",
        "Mat_Units",
        "Grade",
        "Grade_Unit",
        "CutOffGrad",
        "CutOffUnit",
        "Contained",
        "Cont_Units",
        "Rsrc_Class",
        "Rsrc_Descr",
        "Rsrc_Code",
        "Ref_Detail",
        "Ref_ID",
    ),
    "History": ("Site_ID", "Ftr_ID", "Last_Updt", "Status", "StatDetail", "Year_From", "Year_To", "Ref_ID"),
    "Dep_Model": ("Site_ID", "Ftr_ID", "DpMd_NoNm"),
    "Production": ("Site_ID", "Ftr_ID", "Assoc_Dep"),
}
"""Columns that are read of a table; others are stored in the source records only."""
FIGURES = tuple(column for column in COLUMNS["Resources"] if column not in KEYS)
"""Columns that an estimate is made from."""
NULLS = frozenset({"", "<Null>", "-1111"})
ACCURACY_M = {
    "Large (>1:24,000)": 500.0,
    "Medium (1:24,000-1:250,000)": 2_000.0,
    "Small (<1:250,000)": 10_000.0,
}
MATERIAL = re.compile(r"(?P<name>[^()]+?)(?: \((?P<formula>[^()]+)\))?")
BASES = {"Li": "metal", "Li2O": "Li2O", "Li2CO3": "LCE"}
CALCULATED = re.compile(r"(\.\d*?)111$")
"""The suffix by which the authors mark figures of their own: ``35,000.111``, ``1.5111``."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One row of one table, by its column names without the mark of a key column."""

    table: str
    row: SourceRow
    cells: RowCells

    def get(self, column: str) -> str | None:
        """Return a cell's text, None for missing data."""
        return self.cells.get(column)


@dataclass(slots=True)
class LithiumFeature:
    """A point with its rows of the other tables."""

    point: SourceLine
    lines: dict[str, list[SourceLine]] = field(default_factory=dict)

    def list_rows(self, table: str) -> list[SourceLine]:
        """Return the feature's rows of a table."""
        return self.lines.get(table, [])


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield a reading for each point with its related rows, then one for each row of several points or none."""
    if not path.is_dir():
        raise FileRefused(msg("%(file)s: this source is a folder of eleven tables; name the folder", file=path.name))
    lines = {table: list(_read_lines(path, table, tally)) for table in TABLES}
    features = {line.get("Ftr_ID") or "": LithiumFeature(line) for line in lines["Loc_Pt"]}
    of_site: dict[str, list[str]] = {}
    for name, feature in features.items():
        if not _is_mine_feature(feature):
            of_site.setdefault(feature.point.get("Site_ID") or "", []).append(name)
    loose = []
    for table in TABLES:
        if table == "Loc_Pt":
            continue
        for line in lines[table]:
            feature_id = line.get("Ftr_ID") or ""
            if feature_id in features and not _is_mine_feature(features[feature_id]):
                features[feature_id].lines.setdefault(table, []).append(line)
            else:
                loose.append(line)
    deposit_of = {line.get("Ftr_ID") or "": line.get("Assoc_Dep") for line in lines["Production"]}
    site_history = [line for line in loose if line.table == "History"]
    for feature in features.values():
        if not _is_mine_feature(feature):
            reading = _build_deposit(feature, site_history, tally)
            outcome: Outcome = "row-refused" if reading.refused else "used" if reading.records else "row-out-of-scope"
            for line in (feature.point, *(line for of_table in feature.lines.values() for line in of_table)):
                line.cells.use_alone("given-elsewhere")
                line.cells.close(outcome)
            yield reading
    for line in [f.point for f in features.values() if _is_mine_feature(f)] + loose:
        site, name = line.get("Site_ID"), line.get("Ftr_ID") or ""
        deposit = deposit_of.get(name)
        names = [deposit] if deposit in features else of_site.get(site or "", [])
        keys = tuple(features[n].point.row.key for n in names if _is_in_scope(features[n]))
        line.cells.use_alone("row-apart")
        line.cells.close("used" if keys else "row-out-of-scope")
        yield Reading((line.row,), (), (), keys)


def _is_mine_feature(feature: LithiumFeature) -> bool:
    return feature.point.get("Ftr_Group") == "Mine Feature"


def _is_in_scope(feature: LithiumFeature) -> bool:
    return any(load_vocabulary("commodity")[c.code].extra["scope"] == "in" for c in _read_commodities(feature, Tally()))


def _read_lines(folder: Path, table: str, tally: Tally) -> Iterator[SourceLine]:
    file = folder / f"{table}.csv"
    opened = open_tables(file, Hints(encoding="cp1252", delimiter=",", header_row=1))[0]
    columns = [column.removesuffix("*").strip() for column in opened.columns]
    usage = tally.reads(opened.name, columns, COLUMNS.get(table, KEYS), NULLS)
    for column in COLUMNS.get(table, ()):
        if column not in columns:
            raise FileRefused(
                msg(
                    "%(file)s: the column %(column)r is missing; there are %(choices)s",
                    file=file.name,
                    column=column,
                    choices=", ".join(map(repr, columns)),
                )
            )
    for row in opened.rows:
        if row.defect is not None:
            # a deposit needs all its tables
            count, expected = len(row.cells), len(columns)
            raise FileRefused(
                msg(
                    "%(file)s, row %(number)s: the row has %(count)s cells where the header has %(expected)s",
                    file=file.name,
                    number=row.number,
                    count=count,
                    expected=expected,
                )
            )
        written = dict(zip(columns, map(str, row.cells), strict=True))
        number = written.get("OBJECTID") or written.get("OID") or str(row.number)
        key = f"{written['Site_ID'].strip()}:{written['Ftr_ID'].strip()}" if table == "Loc_Pt" else f"{table}:{number}"
        tally.rows[table] = tally.rows.get(table, 0) + 1
        raw = orjson.dumps(dict(zip(opened.columns, row.cells, strict=True)))
        yield SourceLine(table, SourceRow(key, raw, f"{file.name}, row {row.number}"), RowCells(usage, row))


def _build_deposit(feature: LithiumFeature, site_history: list[SourceLine], tally: Tally) -> Reading:
    rows = (feature.point.row, *(line.row for lines in feature.lines.values() for line in lines))
    problems: list[Problem] = []
    commodities = _read_commodities(feature, tally)
    if not commodities:
        return Reading(rows, (), (Problem("no-known-commodity", feature.point.get("Commodity") or "", "Commodity"),))
    if not _is_in_scope(feature):
        return Reading(rows)
    site = feature.point.get("Site_ID")
    history = [*feature.list_rows("History"), *(line for line in site_history if line.get("Site_ID") == site)]
    occurrence = feature.list_rows("GeolMinOcc")[0] if feature.list_rows("GeolMinOcc") else None
    model = feature.list_rows("Dep_Model")[0].get("DpMd_NoNm") if feature.list_rows("Dep_Model") else None
    model_term = load_vocabulary("deposit-model").find(model) if model else None
    division = load_vocabulary("division").find(f"US-{feature.point.get('State')}", "USA")
    place = _position(feature.point, problems)
    deposit = Deposit(
        name_en=feature.point.get("Ftr_Name"),
        aliases=tuple(a.strip() for a in (feature.point.get("Other_Name") or "").split(";") if a.strip()),
        position=place if isinstance(place, Position) else None,
        unread_position=place if isinstance(place, UnreadPosition) else None,
        country="USA",
        country_reported="United States",
        division=division.code if division else None,
        division_reported=feature.point.get("State"),
        commodities=commodities,
        occurrence_type=_classify_occurrence(feature),
        deposit_model=model_term.code if model_term else None,
        deposit_model_reported=model,
        deposit_form=_infer_form(occurrence, model),
        host_unit=occurrence.get("Host_Name") if occurrence else None,
        age=occurrence.get("Min_Age") if occurrence else None,
        discovery_year=_find_discovery_year(history),
        mine_status=_infer_mine_status(history),
        estimates=tuple(_build_estimates(feature.list_rows("Resources"), problems)),
        activities=tuple(map(_build_activity, history)),
    )
    return Reading(rows, (deposit,), tuple(problems))


def _read_commodities(feature: LithiumFeature, tally: Tally) -> tuple[Commodity, ...]:
    occurrence = feature.list_rows("GeolMinOcc")
    text = (occurrence[0].get("Commodity") if occurrence else None) or feature.point.get("Commodity") or ""
    commodity_by_code: dict[str, Commodity] = {}
    for word in filter(None, (part.strip() for part in text.split(";"))):
        named = parse_commodity(word)
        if named is None:
            tally.miss("commodity", word)
        elif named.code not in commodity_by_code:
            commodity_by_code[named.code] = Commodity(named.code, "main" if not commodity_by_code else "co-product")
    return tuple(commodity_by_code.values())


def _position(point: SourceLine, problems: list[Problem]) -> Position | UnreadPosition | None:
    lon, lat = point.get("Long_WGS84"), point.get("Lat_WGS84")
    if lon is None or lat is None:
        point.cells.drop("no-position", "Long_WGS84", "Lat_WGS84", "Loc_Scale", "Pt_Def")
        return None
    stated = ACCURACY_M.get(point.get("Loc_Scale") or "", 500.0)
    exact = (point.get("Pt_Def") or "").startswith("Coordinates provided")
    accuracy = max(stated, compute_rounding_m((lon, lat)) or 0)
    try:
        x, y = number(lon), number(lat)
    except Unreadable:
        problems.append(Problem("not-a-coordinate", f"{lon}, {lat}", "Long_WGS84"))
        return UnreadPosition(f"{lon}, {lat}", WGS84)
    method = "exact" if exact else "approximate"
    return make_position(x, y, WGS84, f"{lon}, {lat}", accuracy, method, problems, "Long_WGS84")


def _classify_occurrence(feature: LithiumFeature) -> str:
    if feature.point.get("Ftr_Group") == "Mineral Region":
        return "field"
    return {"Prospect": "prospect"}.get(feature.point.get("Ftr_Type") or "", "deposit")


def _infer_form(occurrence: SourceLine | None, model: str | None) -> str | None:
    """Return the form of the deposit by style and model, which decides its size class; None if neither states it."""
    style = (occurrence.get("Min_Style") if occurrence else None) or ""
    if style == "brine" or "brine" in (model or ""):
        return "brine"
    if "smectite" in (model or "") or "clay" in (model or ""):
        return "clay"
    return "mineral" if "pegmatite" in (model or "") else None


def _read_year(line: SourceLine, column: str) -> PartialDate | None:
    text = line.get(column)
    try:
        return parse_partial_date(text) if text is not None else None
    except Unreadable:
        line.cells.drop("unreadable", column)
        return None


def _read_update_year(line: SourceLine) -> PartialDate | None:
    """Return the year in which a row was updated."""
    year = (line.get("Last_Updt") or "")[:4]
    if not year.isdigit():
        line.cells.drop("unreadable", "Last_Updt")
        return None
    return parse_partial_date(year)


def _find_discovery_year(history: list[SourceLine]) -> int | None:
    years = [when for line in history if line.get("Status") == "Discovery" and (when := _read_year(line, "Year_From"))]
    return min(when.first.year for when in years) if years else None


def _infer_mine_status(history: list[SourceLine]) -> Status | None:
    """Return ``operating`` as of the last year with reported work; an open end takes the date of its row."""
    dated_lines = [
        (when, line)
        for line in history
        if line.get("Status") == "Active" and (when := _read_year(line, "Year_To") or _read_update_year(line))
    ]
    if not dated_lines:
        return None
    when, line = max(dated_lines, key=lambda pair: pair[0].first)
    ended = line.get("Year_To") is not None and when.first.year < 2018
    return Status("closed" if ended else "operating", "Active", when, ended)


def _build_activity(line: SourceLine) -> ExplorationActivity:
    return ExplorationActivity(
        reported=line.get("Status") or "",
        detail=line.get("StatDetail"),
        start=_read_year(line, "Year_From"),
        end=_read_year(line, "Year_To"),
        source_row=line.row.key,
        citation=line.get("Ref_ID"),
    )


def _build_estimates(lines: list[SourceLine], problems: list[Problem]) -> Iterator[Estimate]:
    """Yield an estimate for each ore tonnage of a class, code, date and cut-off, with a measure for each commodity."""
    groups: list[tuple[tuple[str, ...], list[tuple[SourceLine, CommodityMeasure]]]] = []
    for line in lines:
        measure = _measure(line, problems)
        if measure is None:
            continue
        same = tuple(
            (line.get(c) or "").lstrip("-")
            for c in ("Rsrc_Date", "Rsrc_Class", "Rsrc_Descr", "Rsrc_Code", "Mat_Amnt", "CutOffGrad", "CutOffUnit")
        )
        for group_key, members in groups:
            if (
                group_key == same
                and line.get("Mat_Type") != "commodity"
                and all(m.commodity != measure.commodity for _, m in members)
            ):
                members.append((line, measure))
                break
        else:
            groups.append((same, [(line, measure)]))
    for _, members in groups:
        yield _estimate(members, problems)


def _estimate(members: list[tuple[SourceLine, CommodityMeasure]], problems: list[Problem]) -> Estimate:
    line = members[0][0]
    reported, description = line.get("Rsrc_Class") or "", line.get("Rsrc_Descr") or ""
    code = load_vocabulary("classification-code").find(line.get("Rsrc_Code") or "")
    if code is None:
        line.cells.drop("unknown-term", "Rsrc_Code")
    cut_off = " ".join(filter(None, (line.get("CutOffGrad"), line.get("CutOffUnit"))))
    return Estimate(
        category=_classify_category(reported, description),
        category_reported=f"{reported} {description}".strip(),
        code=code.code if code is not None else None,
        on=_read_year(line, "Rsrc_Date"),
        ore=None if line.get("Mat_Type") == "commodity" else _read_quantity(line, "Mat_Amnt", "Mat_Units", "mass", problems),
        cut_off=cut_off or None,
        includes_reserves=False if description == "Resources-Exclusive" else None,
        source_row=", ".join(member.row.key for member, _ in members),
        citation="; ".join(dict.fromkeys(text for member, _ in members if (text := _format_citation(member)))) or None,
        measures=tuple(measure for _, measure in members),
    )


def _format_citation(line: SourceLine) -> str:
    return "; ".join(filter(None, (line.get("Ref_ID"), line.get("Ref_Detail"))))


def _classify_category(reported: str, description: str) -> str:
    """Return the class of a row, UNDIVIDED if it is not a class of the standard."""
    category = estimate_category(f"{reported} reserve" if description.startswith("Reserve") else reported)
    is_reserve = category is not None and "reserve" in category
    return category if category is not None and is_reserve == description.startswith("Reserve") else UNDIVIDED


def _measure(line: SourceLine, problems: list[Problem]) -> CommodityMeasure | None:
    match = MATERIAL.fullmatch(line.get("Material") or "")
    if match is None:
        line.cells.drop("no-commodity", *FIGURES)
        return None
    formula = match["formula"] or ""
    term = load_vocabulary("commodity").find("lithium" if formula in BASES else match["name"])
    if term is None:
        problems.append(Problem("unknown-term", line.get("Material") or "", "Material", {"vocabulary": "commodity"}))
        line.cells.drop("no-commodity", *FIGURES)
        return None
    basis = BASES.get(formula, formula or "ore")
    contained = _read_quantity(line, "Contained", "Cont_Units", "mass", problems)
    if contained is not None:
        share = find_basis_factor(term.code, basis)
        factor = None if contained.factor is None or share is None else contained.factor * share
        contained = Quantity(contained.reported, contained.unit, basis, factor)
    grade = _read_quantity(line, "Grade", "Grade_Unit", "grade", problems)
    if grade is not None:
        grade = Quantity(grade.reported, grade.unit, basis, grade.factor)
    if grade is None and contained is None:
        line.cells.drop("no-figure", *FIGURES)
        return None
    return CommodityMeasure(term.code, grade, contained)


def _read_quantity(
    line: SourceLine, column: str, unit_column: str, dimension: Dimension, problems: list[Problem]
) -> Quantity | None:
    text, unit_text = line.get(column), line.get(unit_column) or ""
    if text is None:
        line.cells.drop("no-figure", unit_column)
        return None
    named_unit = parse_unit(unit_text, dimension)
    try:
        value = number(CALCULATED.sub(r"\1", text.lstrip("-")).removesuffix("."))
    except Unreadable:
        problems.append(Problem("figure-unreadable", text, column))
        line.cells.drop("unreadable", column, unit_column)
        return None
    return Quantity(value, unit_text, None, named_unit.factor if named_unit is not None else None)
