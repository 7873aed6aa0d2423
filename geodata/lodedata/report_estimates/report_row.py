"""Rows of a report's mineral inventory, as a machine read them from a page."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lodedata.figures.compounds import parse_commodity
from lodedata.vocab import load_vocabulary

NO_ZONE = frozenset(
    {"", "-", "na", "n/a", "nan", "nil", "none", "null", "not specified", "not stated", "unknown", "unspecified"}
    | {"measured", "indicated", "inferred", "proven", "proved", "probable", "resource", "resources", "reserve", "reserves"}
)
"""Texts by which the reading says that a row has no zone, or that are its class."""
EQUIVALENT = re.compile(r"(?i)eq(uiv\w*)?\b|equivalen")
PERIOD = re.compile(
    r"(?:fy|cy)? ?(?:19|20)[0-9]{2}(?: ?(?:h[12]|q[1-4]))?|(?:year|yr|y|month|quarter|q|phase) ?-?[0-9]{1,2}.*"
    r"|.*\b(?:tpd|t/d|tpa|scenario|nameplate|concentrator|concentrate|life of mine|lom|mine plan|production)\b.*"
    r"|.*\b(?:sample|drill ?hole)\b.*"
)
"""Zones that are a period or a case of a plan of mining, or samples, and no part of a deposit."""
PRODUCTS = frozenset({"LCE", "LiCl", "LiOH", "KCl", "K2SO4"})
"""Bases whose tonnage is that of a product, and no ore."""
PRODUCT_TERMS = ("carbonate", "hydroxide", "potash", "chloride", "sulphate", "sulfate")
CLASSES: Mapping[frozenset[str], str] = {
    frozenset({"measured"}): "measured-mineral-resource",
    frozenset({"indicated"}): "indicated-mineral-resource",
    frozenset({"inferred"}): "inferred-mineral-resource",
    frozenset({"measured", "indicated"}): "measured-and-indicated-mineral-resource",
    frozenset({"indicated", "inferred"}): "indicated-and-inferred-mineral-resource",
    frozenset({"measured", "indicated", "inferred"}): "measured-indicated-inferred-mineral-resource",
    frozenset({"proven"}): "proved-ore-reserves",
    frozenset({"proved"}): "proved-ore-reserves",
    frozenset({"probable"}): "probable-ore-reserves",
    frozenset({"proven", "probable"}): "proved-and-probable-ore-reserves",
    frozenset({"proved", "probable"}): "proved-and-probable-ore-reserves",
}
"""Classes by the texts of a row; every other combination, such as measured with inferred, is no class of a code."""
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is no fact: the rule (see :mod:`lodedata.problems`), the text that it is about, and its place in the row."""

    rule: str
    value: str
    column: str
    detail: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(slots=True, eq=False)
class ReportRow:
    """One row: figures as read, then what the rules add to it. Exactly one of these holds at the end: it has a ``refusal``,
    it ``repeats`` another row, or it is a statement."""

    number: int
    page: int | None
    date: str | None
    commodity: str | None
    commodity_reported: str
    category: str | None
    category_reported: str
    zone: str | None
    ore: float | None
    ore_unit: str | None
    grade: float | None
    grade_unit: str | None
    cut_off: float | None
    cut_off_unit: str | None
    form: str | None
    basis: str | None
    confidence: float | None
    document: str | None = None
    title: str | None = None
    refusal: Refusal | None = None
    repeats: "ReportRow | None" = None
    ore_t: float | None = None
    ore_ground: str | None = None
    grade_pct: float | None = None
    grade_ground: str | None = None
    metal_reported_t: float | None = None
    role: str | None = None
    is_sum: bool = False
    """Whether its class is a sum of others on its page, which the figures confirm."""
    also_on: list[int] = field(default_factory=list)
    """Further pages that have the same figures."""

    @property
    def open(self) -> bool:
        """Whether no rule has refused it or found it a repetition."""
        return self.refusal is None and self.repeats is None

    def refuse(self, rule: str, value: Any, column: str, **detail: Any) -> None:
        """Refuse the row for a reason; an earlier reason stays."""
        if self.refusal is None:
            self.refusal = Refusal(rule, str(value), column, detail)


def read_row(number: int, entry: Mapping[str, Any]) -> ReportRow:
    """Return a row of an inventory; the rules that look at it alone are applied."""
    named_classes = filter(None, (_name(category) for category in entry.get("category") or ()))
    terms = list(dict.fromkeys(word.strip() for text in named_classes for word in text.split("+")))
    named = _name(entry.get("commodity")) or ""
    form = _name(entry.get("material_form"))
    commodity = parse_commodity(named) if named else None
    cut_off = entry.get("cutoff_grade") or {}
    ore, grade = entry.get("ore") or {}, entry.get("grade") or {}
    document = (entry.get("reference") or {}).get("document") or {}
    pages = [
        page
        for page_info in (entry.get("reference") or {}).get("page_info") or ()
        if isinstance(page := page_info.get("page"), int)
    ]
    row = ReportRow(
        number=number,
        page=pages[0] if pages else None,
        date=entry.get("date"),
        commodity=commodity.code if commodity else None,
        commodity_reported=named,
        category=CLASSES.get(frozenset(word.lower() for word in terms)),
        category_reported=" + ".join(terms),
        zone=_read_zone(entry.get("zone")),
        ore=_read_figure(ore.get("value")),
        ore_unit=_name(ore.get("unit")),
        grade=_read_figure(grade.get("value")),
        grade_unit=_name(grade.get("unit")),
        cut_off=_read_figure(cut_off.get("value")),
        cut_off_unit=_name(cut_off.get("unit")),
        form=form,
        basis=commodity.basis if commodity else None,
        confidence=min(_read_confidences(entry), default=None),
        document=document.get("uri"),
        title=document.get("title"),
    )
    _check_alone(row, terms)
    return row


def _check_alone(row: ReportRow, terms: Sequence[str]) -> None:
    """Refuse a row that is no estimate by itself, and read the compound of its grade."""
    if row.commodity is None:
        row.refuse("no-known-commodity", row.commodity_reported, "commodity")
    elif not terms:
        row.refuse("estimate-without-class", row.commodity_reported, "category")
    elif row.category is None:
        row.refuse("estimate-class-unknown", row.category_reported, "category")
    elif row.ore is None or row.ore <= 0:
        row.refuse("estimate-without-ore", row.commodity_reported, "ore")
    elif row.zone is not None and PERIOD.fullmatch(row.zone.lower()):
        row.refuse("estimate-of-period", row.zone, "zone")
    elif row.page is None:
        row.refuse("estimate-without-page", row.commodity_reported, "reference")
    elif EQUIVALENT.search(row.grade_unit or "") or EQUIVALENT.search(row.form or ""):
        row.refuse("estimate-equivalent", row.grade_unit or row.form, "grade")
    else:
        _read_form(row)


def _read_form(row: ReportRow) -> None:
    """Read the compound that the grade is of, such as Li2O."""
    named = parse_commodity(row.form.translate(_SUBSCRIPTS)) if row.form else None
    if row.form and (named is not None or re.fullmatch(r"(?:[A-Z][a-z]?\d*)+", row.form)):
        if named is not None and named.code != row.commodity:
            row.refuse("estimate-form-contradicts", row.form, "material_form", commodity=row.commodity_reported)
            return
        symbol = load_vocabulary("commodity")[row.commodity].extra["symbol"] if row.commodity else ""
        if named is None:
            row.basis = row.form
        elif named.basis is not None:
            row.basis = named.basis
        elif row.form in (symbol, row.commodity_reported, row.commodity_reported.title()):
            row.basis = "metal" if symbol else None
    elif "oxide" in (row.form or "").lower() and named is None:
        # an oxide by its name, whose metal is not known here
        row.basis = row.form
    if row.basis in PRODUCTS or any(word in (row.form or "").lower() for word in PRODUCT_TERMS):
        row.refuse("estimate-of-product", row.form or row.commodity_reported, "material_form")


def _read_zone(text: str | None) -> str | None:
    decoded = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text or "")
    folded = " ".join(decoded.strip().strip("\"'").split())
    return None if folded.lower() in NO_ZONE else folded


def _name(observation: Mapping[str, Any] | None) -> str | None:
    return (observation or {}).get("observed_name") or None


def _read_figure(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _read_confidences(entry: Mapping[str, Any]) -> Iterator[float]:
    """Yield the confidences that the reading states for the commodity, the classes, the units and the compound."""
    measured = (entry.get(name) for name in ("ore", "grade", "cutoff_grade"))
    units = ((figure or {}).get("unit") for figure in measured)
    for observation in (entry.get("commodity"), entry.get("material_form"), *(entry.get("category") or ()), *units):
        if observation and (value := _read_figure(observation.get("confidence"))) is not None:
            yield value
