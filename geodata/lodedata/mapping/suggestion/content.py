"""Likeness of a column's cells to the values of each field: vocabularies, ranges, angles, years and units."""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from lodedata.cells import Unreadable, parse_degrees
from lodedata.dates import OrderOpen, YearOpen, read_date
from lodedata.figures.units import parse_unit
from lodedata.geography.crs import COMMON_NAMES
from lodedata.mapping.builder import estimate_category
from lodedata.mapping.declared import FALSE, TRUE
from lodedata.mapping.suggestion.columns import DIMENSIONS, SampledColumn, is_number, parse_column_numbers
from lodedata.rights.corner_text import RingUnreadable, parse_printed_corners
from lodedata.vocab import fold, load_vocabulary

SEPARATORS = ",;、/，+-\n"
"""Characters that may divide several terms in one cell."""
WKT_POLYGON = re.compile(r"\s*(SRID=\d+;)?\s*(MULTI)?POLYGON\b", re.IGNORECASE)
WKT_POINT = re.compile(r"POINT\s*Z?\s*\(\s*[-+\d.]+\s+[-+\d.]+", re.IGNORECASE)
_COMPANY = re.compile(
    r"\b(ltd|inc|corp|co|plc|llc|gmbh|ag|s\.?\s?a\.?|ltda|limitada|pty|pt|tbk|n\.?l|spa|company|corporation|minera|mining"
    r"|resources|group|ооо|оао|пао|зао|ао)\b(?!\s*[:=])|公司|集团|总厂|矿业",
    re.IGNORECASE,
)
_NAMED = re.compile(r"[^\W\d_]{3,}")
_LATITUDE_LETTERS = re.compile(r"[NSns北南]|[сю]\.?\s?ш|L[SU]", re.IGNORECASE)
_LONGITUDE_LETTERS = re.compile(r"[EWOewo东西]|[вз]\.?\s?д|B[TB]", re.IGNORECASE)
_MANY = 0.6
"""Share of known terms from which a column holds the terms of a vocabulary."""
_FEW = 0.2
_HALF = 0.5
_SOME = 0.34
MAX_AMOUNT = 1e15
"""More than the number of any amount, in whatever unit a table has it."""
_MOSTLY_DATES = 0.7
_MAX_DIGITS = 18
MIN_DIVISIONS = 3
"""Different divisions from which a column says what country they are of."""
_NEARLY_ALL = 0.9
MOSTLY_RIGHTS = 0.5
MIN_CORNERS = 3
MIN_CODES = 3
"""Different codes of countries from which a column holds them whatever its name."""
_CODE = 3
_RIGHTS = re.compile(
    r"(?i)\b(licen[cs]es?|permits?|leases?|claims?|concesi[oó]n(es)?|concess[aã]o|concessions?|permiso|permis|licencia|licença"
    r"|autorização|requerimento)\b|(采矿|探矿|勘查许可|采矿许可)|лицензи"
)
"""Texts that name a right to explore or to mine."""
_EVENT = re.compile(r"(?i)construct|announce|idled|retire|clos(ed|ure|ing)|start|commission|discover|shut|建成|投产|开工|关停")
"""Names of columns of dates that are those of an event of the object itself."""
_GROUP = re.compile(r"(?i)\b(group|grupo|groupe|groupes|kelompok)\b|групп|矿类|矿种类别|矿产大类")
"""Names of columns of groups of commodities."""
_COUNTED = re.compile(
    r"(?i)\b(work ?force|employ\w*|staff|workers|persons|people|empleados|trabajadores|trabalhadores)\b|работник|人数|职工"
)
"""Names of columns that count people, which are no figures of ore."""

Score = float | None
"""The likeness of cells to a field, 1 at most; -1 if they contradict it, None if they are no sign."""
UNLIKELY = -0.5
"""The score of texts that a vocabulary does not have: another language, or another field."""


def parse_column_angles(column: SampledColumn) -> list[float]:
    """Return the coordinates that a column's distinct values can be read as."""
    column_angles = []
    for value in column.distinct:
        try:
            column_angles.append(parse_degrees(value, "," if column.decimal == "," else "."))
        except Unreadable:
            continue
    return column_angles


def share_known(column: SampledColumn, name: str, separators: str = SEPARATORS) -> float:
    """Return the share (0 to 1) of a column's distinct terms that a vocabulary has."""
    vocabulary_terms = load_vocabulary(name)
    divide = re.compile(f"[{re.escape(separators)}]") if separators else None
    terms = {
        part.strip(): None
        for value in column.distinct
        for part in ([value] if divide is None or vocabulary_terms.find(value) else divide.split(value))
    }
    terms.pop("", None)
    # a letter alone is a symbol, and as often a code of something else
    return sum(len(term) > 1 and vocabulary_terms.find(term) is not None for term in terms) / max(len(terms), 1)


def _build_term_scorer(name: str, separators: str = "") -> Callable[[SampledColumn], Score]:
    """Return a function that scores the share of cells which a vocabulary has."""

    def score(column: SampledColumn) -> Score:
        if not column.distinct or column.numeric:
            return -1.0
        share = share_known(column, name, separators)
        return share if share >= _MANY else (UNLIKELY if share < _FEW else None)

    return score


@lru_cache(maxsize=1)
def _load_division_names() -> frozenset[str]:
    terms = load_vocabulary("division")
    return frozenset(fold(text) for term in terms for text in (term.label_en, term.label_zh, *term.aliases))


@lru_cache(maxsize=1)
def _load_division_codes() -> frozenset[str]:
    """Return the parts of codes of divisions after the country's, such as MG of BR-MG."""
    return frozenset(term.code.partition("-")[2] for term in load_vocabulary("division"))


def _score_division(column: SampledColumn) -> Score:
    if not column.distinct or column.numeric:
        return -1.0
    share = sum(fold(value) in _load_division_names() for value in column.distinct) / len(column.distinct)
    coded = sum(value.upper() in _load_division_codes() for value in column.distinct) / len(column.distinct)
    return share if share >= 0.5 else (UNLIKELY if share < _FEW and coded < 0.5 else None)


def is_division(text: str) -> bool:
    """Return whether a text is the name of a division of any country."""
    return fold(text) in _load_division_names()


def find_divided_country(column: SampledColumn) -> str | None:
    """Return the only country whose divisions have nearly all names or codes of a column, None for none or several."""
    terms = load_vocabulary("division")
    countries = {term.code.partition("-")[0] for term in terms}
    by_alpha2 = {term.extra["alpha2"]: term.code for term in load_vocabulary("country")}
    values = [value for value in column.distinct if len(value) > 1]
    if len(values) < MIN_DIVISIONS:
        return None
    divided_countries = [
        by_alpha2[alpha2]
        for alpha2 in countries
        if alpha2 in by_alpha2
        and sum(terms.find(value, by_alpha2[alpha2]) is not None for value in values) >= _NEARLY_ALL * len(values)
    ]
    return divided_countries[0] if len(divided_countries) == 1 else None


def names_a_right(column: SampledColumn) -> bool:
    """Return whether nearly all texts of a column say that they are a licence, a permit, a lease or another right."""
    if not column.distinct or column.numeric:
        return False
    return sum(_RIGHTS.search(value) is not None for value in column.distinct) >= MOSTLY_RIGHTS * len(column.distinct)


def holds_rings(column: SampledColumn) -> bool:
    """Return whether nearly all texts of a column are lists of three corner points or more."""
    if not column.distinct or column.numeric:
        return False
    return sum(_is_ring(value) for value in column.distinct) >= _NEARLY_ALL * len(column.distinct)


def _is_ring(text: str) -> bool:
    try:
        corners = parse_printed_corners(text).corners
    except RingUnreadable:
        return False
    # a corner list is nearly all numbers; a text with some figures is none
    digits = sum(c.isdigit() for c in text)
    return len(corners) >= MIN_CORNERS and 2 * digits >= len("".join(text.split()))


def names_companies(column: SampledColumn) -> bool:
    """Return whether most texts of a column are names of companies by their form."""
    return bool(column.distinct) and (_score_company(column) or 0.0) > 0.5


def _score_commodities(column: SampledColumn) -> Score:
    """Score names of commodities; a column that is named for groups of them, such as precious metals, is none."""
    return -1.0 if _GROUP.search(column.name) else _build_term_scorer("commodity", SEPARATORS)(column)


def _score_country(column: SampledColumn) -> Score:
    """Score names and codes of countries; one or two short codes may be of anything, such as TM of tonnes."""
    few = len(column.distinct) < MIN_CODES and all(len(value) <= _CODE for value in column.distinct)
    return None if few and column.distinct and not column.numeric else _build_term_scorer("country")(column)


def _score_category(column: SampledColumn) -> Score:
    if not column.distinct:
        return -1.0
    share = sum(estimate_category(value) is not None for value in column.distinct) / len(column.distinct)
    return share if share >= 0.5 else (-1.0 if column.numeric else UNLIKELY)


def _score_units(column: SampledColumn) -> Score:
    if not column.distinct or column.numeric:
        return -1.0
    are_units = [load_vocabulary("unit").find(value) is not None or _is_unit(value) for value in column.distinct]
    return sum(are_units) / len(are_units) if sum(are_units) >= 0.5 * len(are_units) else (None if any(are_units) else -1.0)


def _is_unit(text: str) -> bool:
    """Return whether a text is or holds a unit: ``Mt``, ``% Cu``."""
    parts = [text, *text.replace("%", "% ").split()]
    return any(parse_unit(part, dimension) for part in parts for dimension in DIMENSIONS)


def _build_angle_scorer(letters: re.Pattern[str], others: re.Pattern[str], most: float) -> Callable[[SampledColumn], Score]:
    """Return a function that scores coordinates: by hemisphere letters, decimals and range."""

    def score(column: SampledColumn) -> Score:
        column_angles = parse_column_angles(column)
        if len(column_angles) < 0.6 * max(len(column.distinct), 1):
            return None
        # names of degrees, minutes and seconds have the letters of hemispheres
        written = [_NAMED.sub("", value) for value in column.distinct]
        if sum(bool(others.search(value)) for value in written) > 0.5 * len(written):
            return -1.0
        if sum(bool(letters.search(value)) for value in written) > 0.5 * len(written):
            return 1.0
        largest = max(map(abs, column_angles))
        if largest > 400:
            return 0.3 if is_metres(column_angles) else -1.0
        return None if largest > most else 0.4 * _share_with_decimals(column.distinct)

    return score


def _share_with_decimals(values: list[str]) -> float:
    return sum(bool(re.search(r"[.,]\d\d|['′分]", value)) for value in values) / max(len(values), 1)


def is_metres(values: list[float]) -> bool:
    """Return whether all are eastings or northings of a projected system."""
    return all(1e5 < abs(value) < 1e8 for value in values)


def _score_wkt(column: SampledColumn) -> Score:
    if not column.distinct:
        return -1.0
    polygons = sum(WKT_POLYGON.match(value) is not None for value in column.distinct)
    # one that is damaged does not hide the others
    of_polygons = polygons >= 0.9 * len(column.distinct)
    return 1.0 if of_polygons or all(WKT_POINT.match(value) for value in column.distinct) else -1.0


def _score_datum(column: SampledColumn) -> Score:
    names = (fold(value) for value in column.distinct)
    is_datum = column.distinct and all(COMMON_NAMES.get(name) or re.fullmatch(r"epsg:\d{4,5}", name) for name in names)
    return 1.0 if is_datum else None


def _score_dates(column: SampledColumn) -> Score:
    share = compute_date_share(column)
    if share >= _HALF and not column.numeric:
        # mistakes in some cells say nothing against a column that its heading names
        return 0.8 if share >= _MOSTLY_DATES else None
    return 0.8 if share >= _MOSTLY_DATES else -1.0


def _score_information_dates(column: SampledColumn) -> Score:
    """Score dates of information: those whose name is another event's, such as construction, are none."""
    return -1.0 if _EVENT.search(column.name) else _score_dates(column)


def compute_date_share(column: SampledColumn) -> float:
    """Return the share (0 to 1) of a column's distinct values that can be read as dates."""
    readable = 0
    for value in column.distinct:
        try:
            read_date(value)
            readable += 1
        except (OrderOpen, YearOpen):
            readable += 1
        except Unreadable:
            continue
    return readable / max(len(column.distinct), 1)


def _build_figure_scorer(dimension: str, most: float = MAX_AMOUNT) -> Callable[[SampledColumn], Score]:
    """Return a function that scores numbers, by the unit of the column's name where it has one."""

    def score(column: SampledColumn) -> Score:
        column_numbers = parse_column_numbers(column)
        if not column.numeric or not column_numbers or _COUNTED.search(column.name):
            return -1.0
        impossible = sum(not 0 <= value <= most for value in column_numbers)
        # a few such numbers are mistakes in their cells, more of them where the heading has the unit
        stated = column.unit is not None and parse_unit(column.unit, dimension) is not None
        if impossible > (_HALF if stated else _SOME) * len(column_numbers):
            return -1.0
        if column.unit is None and column.ambiguous_unit is None:
            return None
        if column.unit is not None and parse_unit(column.unit, dimension):
            return 0.9
        # a capacity is often written without its time
        mass = column.ambiguous_unit is not None or column.measures("mass")
        return 0.3 if mass and dimension in ("mass", "rate") else -1.0

    return score


def _share(column: SampledColumn) -> Score:
    numbers = [float(v.rstrip("%")) for v in column.distinct if is_number(v.rstrip("%"))]
    return 0.6 if numbers and len(numbers) == len(column.distinct) and min(numbers) >= 0 and max(numbers) <= 100 else -1.0


def _score_text(column: SampledColumn) -> Score:
    """Score texts that are no numbers."""
    return -1.0 if not column.distinct or column.numeric else None


def _name(column: SampledColumn) -> Score:
    if not column.distinct or column.numeric or _score_dates(column) != -1.0:
        return -1.0
    varied = len(set(column.values)) / len(column.values)
    length = sum(map(len, column.distinct)) / len(column.distinct)
    if length > 120 or share_known(column, "commodity", "") > _MANY or share_known(column, "country", "") > _MANY:
        return -1.0
    filled = len(column.values) / len(column.cells)
    return 0.5 * varied * filled if varied > 0.3 else None


def _score_key(column: SampledColumn) -> Score:
    """Score keys: filled in every row, and neither a number with decimals nor a long text."""
    if not column.filled or any(re.fullmatch(r"-?\d+\.\d+", value) for value in column.distinct[:20]):
        return -1.0
    if max(map(len, column.distinct)) > 200:
        return -1.0
    return 0.6 if column.unique else None


def is_row_number(column: SampledColumn) -> bool:
    """Return whether a column numbers the rows."""
    # not more digits than Python converts
    if len(column.values) < 2 or not all(value.isdecimal() and len(value) <= _MAX_DIGITS for value in column.values):
        return False
    return all(int(after) - int(before) == 1 for before, after in pairwise(column.values)) and int(column.values[0]) <= 1


def is_flag(column: SampledColumn) -> bool:
    """Return whether a column only states yes or no."""
    return bool(column.distinct) and not column.numeric and {value.casefold() for value in column.distinct} <= TRUE | FALSE


def _score_age(column: SampledColumn) -> Score:
    """Score geological ages: texts, or numbers of millions of years; years of a plant are no geological age."""
    return -1.0 if column.numeric and not re.search(r"(?i)\b(ma|ga|m\.y\.)\b|_ma$", column.name) else None


def _score_host(column: SampledColumn) -> Score:
    return -1.0 if (_score_units(column) or 0.0) > 0 else _score_text(column)


def _score_company(column: SampledColumn) -> Score:
    if not column.distinct or column.numeric:
        return -1.0
    share = sum(bool(_COMPANY.search(value)) for value in column.distinct) / len(column.distinct)
    return share if share > 0.3 else None


CONTENT: dict[str, tuple[Callable[[SampledColumn], Score], float]] = {
    "key": (_score_key, 0.0),
    "lon": (_build_angle_scorer(_LONGITUDE_LETTERS, _LATITUDE_LETTERS, 180), 0.7),
    "lat": (_build_angle_scorer(_LATITUDE_LETTERS, _LONGITUDE_LETTERS, 90), 0.7),
    "wkt": (_score_wkt, 0.9),
    "datum": (_score_datum, 0.7),
    "name": (_name, 0.3),
    "name_zh": (_name, 0.0),
    "name_en": (_name, 0.0),
    "aliases": (_score_text, 0.0),
    "country": (_score_country, 0.8),
    "division": (_score_division, 0.6),
    "commodities": (_score_commodities, 0.8),
    "by_products": (_build_term_scorer("commodity", SEPARATORS), 0.2),
    "deposit_model": (_build_term_scorer("deposit-model", ";"), 0.75),
    "occurrence_type": (_build_term_scorer("mineral-occurrence-type"), 0.7),
    "deposit_form": (_build_term_scorer("deposit-form"), 0.6),
    "product": (_build_term_scorer("product", ";、，"), 0.75),
    "facility_types": (_build_term_scorer("facility-type", ";,、，/"), 0.75),
    "status": (_build_term_scorer("status"), 0.75),
    "stage": (_build_term_scorer("exploration-stage"), 0.8),
    "phase_type": (_build_term_scorer("phase-type"), 0.7),
    "activity_type": (_build_term_scorer("exploration-activity-type"), 0.6),
    "result": (_build_term_scorer("exploration-result"), 0.6),
    "code": (_build_term_scorer("classification-code"), 0.8),
    "category": (_score_category, 0.8),
    "capacity": (_build_figure_scorer("rate"), 0.8),
    "ore": (_build_figure_scorer("mass"), 0.5),
    "contained": (_build_figure_scorer("mass"), 0.2),
    "grade": (_build_figure_scorer("grade", 1e6), 0.6),
    "unit": (_score_units, 0.7),
    "capacity_unit": (_score_units, 0.3),
    "ore_unit": (_score_units, 0.3),
    "grade_unit": (_score_units, 0.3),
    "contained_unit": (_score_units, 0.3),
    "owner": (_score_company, 0.6),
    "operator": (_score_company, 0.0),
    "share": (_share, 0.0),
    "discovery_year": (_score_dates, 0.0),
    "information_date": (_score_information_dates, 0.0),
    "estimate_date": (_score_dates, 0.0),
    "start": (_score_dates, 0.0),
    "end": (_score_dates, 0.0),
    "host_unit": (_score_host, 0.0),
    "age": (_score_age, 0.0),
    "technology": (_score_text, 0.0),
    "announced_by": (_score_company, 0.0),
    "competent_person": (_score_text, 0.0),
    "note_en": (_score_text, 0.0),
    "note_zh": (_score_text, 0.0),
    "basis": (_score_text, 0.0),
    "source": (_score_text, 0.0),
}
"""For each field a score of cells, and the likeness of a column that only its cells speak for. Others go by name alone."""
