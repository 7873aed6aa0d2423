"""Building of a row's record from the readers of a table's fields."""

import dataclasses
from collections.abc import Callable
from typing import Any

from lodedata.figures.capacity_basis import find_stated_basis, set_capacity_basis
from lodedata.figures.estimate_classes import UNDIVIDED
from lodedata.figures.grade_basis import convert_to_concentrate, measure_on_basis
from lodedata.kinds import KINDS
from lodedata.mapping import declared
from lodedata.mapping.model import TableSpec
from lodedata.mapping.owners import build_owner_reader, merge_owners
from lodedata.mapping.record_spec import EstimateSpec, MeasureSpec, PhaseSpec
from lodedata.mapping.values import amounts, fields
from lodedata.mapping.values.fields import Cells, Columns, Problems
from lodedata.mapping.values.place import build_placer
from lodedata.messages import Label
from lodedata.problems import Problem
from lodedata.read import InputRow
from lodedata.records import (
    Commodity,
    CommodityMeasure,
    Deposit,
    Discovery,
    Estimate,
    MineralRecord,
    PartialDate,
    Phase,
    Position,
    Project,
    UnreadPosition,
)
from lodedata.vocab import load_vocabulary

_COMMON = frozenset(field.name for field in dataclasses.fields(MineralRecord)) | {"commodities"}
"""Fields that all kinds of records have, with readers of their own."""
_ATTRIBUTES = {
    record_type.kind: frozenset(field.name for field in dataclasses.fields(record_type))
    for record_type in (Deposit, Discovery, Project)
}

MAX_NAME_CHARACTERS = 1_000
"""Characters of a name or alias; the longest in the published sources has fewer than 300."""


class RecordBuilder:
    """Builds the record of a row from the readers of a table's fields."""

    def __init__(self, spec: TableSpec, bound: Columns, file_crs: str | None, source_date: PartialDate | None) -> None:
        self._spec = spec
        # of owners alone, whose date is read as "in or before"
        self._source_date = source_date
        none: Callable[[Cells], None] = lambda cells: None  # noqa: E731
        text = {
            name: fields.build_text_reader(getattr(spec, name), bound) if getattr(spec, name) is not None else none
            for name in ("name_en", "name_zh", "country", "division", "note_en", "note_zh")
        }
        self._text = text
        self._aliases = [fields.read_parts_of(cell, bound) for cell in spec.aliases]
        self.commodities = fields.build_commodities_reader(spec.commodities, bound)
        self._commodity_terms = [fields.read_parts_of(cell, bound) for cell in spec.commodities]
        self._place = build_placer(spec.position, bound, file_crs) if spec.position is not None else None
        self._date = fields.build_cell_date_reader(spec.information_date, bound) if spec.information_date is not None else None
        self._countries, self._divisions = load_vocabulary("country"), load_vocabulary("division")
        self._bound = bound
        self._estimates = [_estimate(e, bound) for e in spec.estimates]
        self._phases = [_build_phase_reader(p, bound) for p in spec.phases]
        self._owners = [build_owner_reader(o, bound) for o in spec.owners]
        own = {
            "deposit": self._build_deposit_readers(spec, bound),
            "discovery": self._build_discovery_readers(spec, bound),
            "project": self._build_project_readers(spec, bound),
        }
        self._own = {
            name: {**declared.build_field_readers(KINDS[name], spec, bound, _COMMON | taken.keys()), **taken}
            for name, taken in own.items()
        }

    def commodity_terms(self, cells: Cells) -> list[str]:
        """Return the values of a row's commodity columns, for a message."""
        return [term for taker in self._commodity_terms for term in taker(cells)]

    def record(
        self, kind: str, row: InputRow, commodities: tuple[Commodity, ...], problems: Problems
    ) -> Deposit | Discovery | Project:
        """Return the record of a row with its commodities; add what is wrong with it to ``problems``."""
        cells = row.cells
        common = self._build_common(row, problems) | {"commodities": commodities}
        main = commodities[0].code
        further: dict[str, Any] = {}
        own: dict[str, Any] = {"values": further}
        for name, take in self._own[kind].items():
            (own if name in _ATTRIBUTES[kind] else further)[name] = take(cells, problems)
        if kind == "project":
            phases = (make(cells, problems, common["information_date"]) for make in self._phases)
            own["phases"] = tuple(phase for phase in phases if phase is not None)
            date = common["information_date"] or self._source_date
            own["owners"] = merge_owners(owner for read in self._owners for owner in read(cells, problems, date))
            return Project(**common, **own)
        own["estimates"] = tuple(e for make in self._estimates if (e := make(cells, problems, main)) is not None)
        return Deposit(**common, **own) if kind == "deposit" else Discovery(**common, **own)

    def _build_common(self, row: InputRow, problems: Problems) -> dict[str, Any]:
        cells, text = row.cells, self._text
        country = self._find_code(text["country"](cells), "", self._countries, problems, soft=False)
        division = text["division"](cells)
        name_en, name_zh = (name and _collapse_spaces(name) for name in (text["name_en"](cells), text["name_zh"](cells)))
        aliases = dict.fromkeys(_collapse_spaces(alias) for taker in self._aliases for alias in taker(cells))
        _require_short(problems, name_en, name_zh, *aliases)
        place = self._place(row, problems) if self._place is not None else None
        return {
            "name_en": name_en,
            "name_zh": name_zh,
            "aliases": tuple(alias for alias in aliases if alias not in (name_en, name_zh)),
            "position": place if isinstance(place, Position) else None,
            "unread_position": place if isinstance(place, UnreadPosition) else None,
            "country": country,
            "country_reported": text["country"](cells),
            "division": self._find_code(division, country, self._divisions, problems, soft=True) if country else None,
            "division_reported": division,
            "information_date": self._date(cells, problems) if self._date is not None else None,
            "note_en": text["note_en"](cells),
            "note_zh": text["note_zh"](cells),
        }

    def _find_code(self, word: str | None, scope: str, terms: Any, problems: Problems, soft: bool) -> str | None:
        if word is None:
            return None
        term = terms.find(word, scope)
        if term is None:
            self._bound.tally.miss(terms.name, word)
            if not soft:
                column = self._spec.country.column if self._spec.country is not None else None
                problems.append(Problem("unknown-term", word, column, {"vocabulary": terms.name}))
            return None
        code: str = term.code
        return code

    @staticmethod
    def _build_deposit_readers(spec: TableSpec, bound: Columns) -> dict[str, Any]:
        taken: dict[str, Any] = _build_model_readers(spec, bound)
        if spec.discovery_year is not None:
            year = fields.build_cell_date_reader(spec.discovery_year, bound)
            taken["discovery_year"] = lambda cells, problems: (
                partial_date.first.year if (partial_date := year(cells, problems)) is not None else None
            )
        if spec.mine_status is not None:
            taken["mine_status"] = fields.bind_status(spec.mine_status, bound)
        return taken

    @staticmethod
    def _build_discovery_readers(spec: TableSpec, bound: Columns) -> dict[str, Any]:
        taken: dict[str, Any] = _build_model_readers(spec, bound)
        if spec.exploration_stage is not None:
            reported_text = fields.build_text_reader(spec.exploration_stage, bound)
            taken["exploration_stage"] = fields.bind_term(spec.exploration_stage, "exploration-stage", bound, soft=True)
            taken["stage_reported"] = lambda cells, problems: reported_text(cells)
        return taken

    @staticmethod
    def _build_project_readers(spec: TableSpec, bound: Columns) -> dict[str, Any]:
        if spec.facility_types is None:
            return {}
        reported_text = fields.build_text_reader(spec.facility_types.model_copy(update={"map": None}), bound)
        return {
            "facility_types": fields.bind_terms(spec.facility_types, "facility-type", bound),
            "facility_reported": lambda cells, problems: reported_text(cells),
        }


def _collapse_spaces(name: str) -> str:
    """Return a name with single spaces: tables pad names, as in ``Agua  Rica``."""
    return " ".join(name.split())


def _require_short(problems: Problems, *names: str | None) -> None:
    """Add a problem for the first name that is too long to be one."""
    for name in names:
        if name is not None and len(name) > MAX_NAME_CHARACTERS:
            detail = {"length": f"{len(name):,}", "longest": str(MAX_NAME_CHARACTERS)}
            problems.append(Problem("long-name", f"{name[:80]}…", None, detail))
            return


def _build_model_readers(spec: TableSpec, bound: Columns) -> dict[str, Any]:
    """Return readers of the deposit model: by the first of several columns with a known value, and all values as reported."""
    if not spec.deposit_model:
        return {}
    takers = [fields.build_text_reader(cell, bound) for cell in spec.deposit_model]
    reported_takers = [fields.build_text_reader(cell.model_copy(update={"map": None}), bound) for cell in spec.deposit_model]
    terms = load_vocabulary("deposit-model")

    def code(cells: Cells, problems: Problems) -> str | None:
        values = [value for take in takers if (value := take(cells)) is not None]
        for value in values:
            if (term := terms.find(value)) is not None:
                return term.code
        for value in values:
            bound.tally.miss("deposit-model", value)
        return None

    def reported(cells: Cells, problems: Problems) -> str | None:
        return "; ".join(dict.fromkeys(value for take in reported_takers if (value := take(cells)) is not None)) or None

    return {"deposit_model": code, "deposit_model_reported": reported}


def estimate_category(text: str) -> str | None:
    """Return the code of a resource or reserve category, combined ones included, or ``endowment``; None if unknown."""
    if text == UNDIVIDED:
        return text
    term = load_vocabulary("resource-category").find(text) or load_vocabulary("reserve-category").find(text)
    return term.code if term is not None else None


def _estimate(spec: EstimateSpec, bound: Columns) -> Callable[[Cells, Problems, str | None], Estimate | None]:
    category = fields.build_text_reader(spec.category, bound)
    category_cell = fields.build_text_reader(spec.category.model_copy(update={"map": None, "pattern": None}), bound)
    code = fields.bind_term(spec.code, "classification-code", bound) if spec.code is not None else None
    on = fields.build_cell_date_reader(spec.date, bound) if spec.date is not None else None
    ore = amounts.build_amount_reader(spec.ore, "mass", bound) if spec.ore is not None else None
    texts = {
        name: fields.build_text_reader(cell, bound)
        for name in ("cut_off", "competent_person", "zone", "covers")
        if (cell := getattr(spec, name)) is not None
    }
    measures = [_measure(m, bound) for m in spec.measures]
    usage = bound.usage
    places = bound.places(spec.code, spec.date, spec.cut_off, spec.competent_person, spec.zone, spec.covers)

    def build_estimate(cells: Cells, problems: Problems, main: str | None) -> Estimate | None:
        before = usage.taken[:]
        ore_mass = ore(cells, problems, None) if ore is not None else None
        commodity_measures = tuple(m for make in measures if (m := make(cells, problems)) is not None)
        reported = category(cells)
        has_figure = ore_mass is not None or bool(commodity_measures)
        not_stated = reported is None and category_cell(cells) is None
        if not has_figure or (reported is None and not not_stated):
            reason = "no-category" if has_figure else "no-figure"
            usage.undo(before, reason)
            usage.leave(places, reason)
            return None
        twice = next(
            (
                m.commodity
                for i, m in enumerate(commodity_measures)
                if any(m.commodity == n.commodity for n in commodity_measures[:i])
            ),
            None,
        )
        if twice is not None:
            term = load_vocabulary("commodity")[twice]
            problems.append(Problem("measure-twice", twice, None, {"commodity": Label(term.label_en, term.label_zh)}))
        if not_stated:
            problems.append(Problem("category-not-stated", "", spec.category.column))
        category_code = estimate_category(reported) if reported is not None else UNDIVIDED
        if category_code is None:
            problems.append(Problem("unknown-category", reported or "", spec.category.column))
            return None
        of_concentrate = convert_to_concentrate(ore_mass, commodity_measures)
        return Estimate(
            category=category_code,
            category_reported=category_cell(cells) or reported,
            code=code(cells, problems) if code is not None else None,
            on=on(cells, problems) if on is not None else None,
            ore=ore_mass if of_concentrate is None else None,
            includes_reserves=spec.includes_reserves,
            measures=commodity_measures if of_concentrate is None else of_concentrate,
            **{name: take(cells) for name, take in texts.items()},
        )

    return build_estimate


def _measure(spec: MeasureSpec, bound: Columns) -> Callable[[Cells, Problems], CommodityMeasure | None]:
    commodity = fields.bind_commodity(spec.commodity, bound)
    grade = amounts.build_amount_reader(spec.grade, "grade", bound) if spec.grade is not None else None
    contained = amounts.build_amount_reader(spec.contained, "mass", bound) if spec.contained is not None else None
    figures = bound.places(spec.grade, spec.contained)
    usage = bound.usage

    def build_measure(cells: Cells, problems: Problems) -> CommodityMeasure | None:
        before = usage.taken[:]
        named = commodity(cells, problems)
        if named is None:
            usage.leave(figures, "no-commodity")
            return None
        grade_found = grade(cells, problems, named) if grade is not None else None
        amount_found = contained(cells, problems, named) if contained is not None else None
        if grade_found is None and amount_found is None:
            usage.undo(before, "no-figure")
            return None
        return measure_on_basis(CommodityMeasure(named.code, grade_found, amount_found))

    return build_measure


def _build_phase_reader(spec: PhaseSpec, bound: Columns) -> Callable[[Cells, Problems, PartialDate | None], Phase | None]:
    texts: dict[str, Any] = {
        name: fields.build_text_reader(cell, bound)
        for name in ("name", "technology", "note")
        if (cell := getattr(spec, name)) is not None
    }
    dates: dict[str, Any] = {
        name: fields.build_cell_date_reader(cell, bound)
        for name in ("start", "end")
        if (cell := getattr(spec, name)) is not None
    }
    product = fields.bind_term(spec.product, "product", bound, soft=True) if spec.product is not None else None
    reported_text = (
        fields.build_text_reader(spec.product.model_copy(update={"map": None}), bound) if spec.product is not None else None
    )
    phase_type = fields.bind_term(spec.phase_type, "phase-type", bound) if spec.phase_type is not None else None
    capacity = amounts.build_amount_reader(spec.capacity, "rate", bound) if spec.capacity is not None else None
    status = fields.bind_status(spec.status, bound) if spec.status is not None else None

    def build_phase(cells: Cells, problems: Problems, row_date: PartialDate | None) -> Phase | None:
        phase = Phase(
            phase_type=phase_type(cells, problems) if phase_type is not None else None,
            product=product(cells, problems) if product is not None else None,
            product_reported=reported_text(cells) if reported_text is not None else None,
            capacity=capacity(cells, problems, None) if capacity is not None else None,
            status=status(cells, problems, row_date) if status is not None else None,
            **{name: take(cells) for name, take in texts.items()},
            **{name: take(cells, problems) for name, take in dates.items()},
        )
        if phase == Phase():
            return None
        own = phase.capacity.basis if phase.capacity is not None else None
        return set_capacity_basis(phase, own or find_stated_basis(phase.product_reported or ""))

    return build_phase
