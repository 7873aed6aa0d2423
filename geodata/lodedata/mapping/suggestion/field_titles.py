"""Titles of the fields that a column may be chosen for, and of the open values of a suggested mapping, for forms."""

from collections.abc import Mapping
from dataclasses import dataclass

from lodedata.messages import Message, msg

FIGURE = "figure"
"""The choice of a column of figures whose heading names a metal: its grade or amount."""
FIELD_TITLES: Mapping[str, Message] = {
    "key": msg("Number of the row's object (key)"),
    "name": msg("Name"),
    "name_en": msg("Name in English"),
    "name_zh": msg("Name in Chinese"),
    "aliases": msg("Other names"),
    "lon": msg("Longitude or easting"),
    "lat": msg("Latitude or northing"),
    "wkt": msg("Geometry as text (WKT)"),
    "datum": msg("Coordinate system"),
    "country": msg("Country"),
    "division": msg("Province or division"),
    "commodities": msg("Commodities"),
    "by_products": msg("By-products"),
    "deposit_model": msg("Deposit model"),
    "occurrence_type": msg("Kind of occurrence"),
    "deposit_form": msg("Form of the orebody"),
    "host_unit": msg("Host rock or unit"),
    "age": msg("Age"),
    "facility_types": msg("Kind of facility"),
    "phase": msg("Name of the phase"),
    "phase_type": msg("Kind of phase"),
    "product": msg("Product"),
    "capacity": msg("Capacity"),
    "capacity_unit": msg("Unit of the capacity"),
    "status": msg("Status"),
    "start": msg("Start"),
    "end": msg("End"),
    "technology": msg("Technology"),
    "owner": msg("Owner"),
    "operator": msg("Operator"),
    "share": msg("Share in per cent"),
    "stage": msg("Stage of exploration"),
    "announced_by": msg("Announced by"),
    "activity_type": msg("Kind of activity"),
    "result": msg("Result of exploration"),
    "discovery_year": msg("Year of discovery"),
    "information_date": msg("Date of the information"),
    "estimate_date": msg("Date of the estimate"),
    "category": msg("Class of resource or reserve"),
    "code": msg("Reporting code"),
    "ore": msg("Ore tonnage"),
    "ore_unit": msg("Unit of the ore tonnage"),
    "grade": msg("Grade"),
    "grade_unit": msg("Unit of the grade"),
    "contained": msg("Contained metal"),
    "contained_unit": msg("Unit of the contained metal"),
    "cut_off": msg("Cut-off grade"),
    "competent_person": msg("Competent person"),
    "zone": msg("Zone of the deposit"),
    "right_no": msg("Number of the mining right"),
    "right_kind": msg("Kind of mining right"),
    "holder": msg("Holder of the mining right"),
    "valid_from": msg("Valid from"),
    "valid_to": msg("Valid to"),
    "area_km2_reported": msg("Area of the mining right"),
    FIGURE: msg("Grade or amount of the metal in the heading"),
    "unit": msg("Unit"),
    "basis": msg("Basis of the figures"),
    "source": msg("Source of the information"),
    "note_en": msg("Note in English"),
    "note_zh": msg("Note in Chinese"),
}
"""The fields in the order in which a form lists them."""
KIND_TITLES: Mapping[str, Message] = {
    "deposit": msg("mineral deposits"),
    "discovery": msg("discoveries"),
    "project": msg("mines, plants and other projects"),
    "mining_right": msg("mining rights"),
}


@dataclass(frozen=True, slots=True)
class OpenTitle:
    """What a form says of an open value: its title, an example or a hint, and its values with their titles if it has a few."""

    title: Message
    hint: Message | None = None
    values: Mapping[str, Message] | None = None
    closed: bool = False
    """Whether no other value may be entered."""


_SYSTEMS = {
    "EPSG:4490": msg("CGCS2000, degrees"),
    "EPSG:4326": msg("WGS 84, degrees"),
    "EPSG:4610": msg("Xian 1980, degrees"),
    "EPSG:4214": msg("Beijing 1954, degrees"),
}
_SYSTEM = OpenTitle(
    msg("Coordinate system"), msg("as the publisher of the table states it; for metres a code such as EPSG:4547"), _SYSTEMS
)
_REPEATED = OpenTitle(
    msg("Rows with the same key"),
    msg("several rows have one key"),
    {
        "merge": msg("describe one object together"),
        "number": msg("are objects of their own"),
        "refuse": msg("are a mistake: refuse all but the first"),
    },
    closed=True,
)
_ORDER = OpenTitle(
    msg("Order of day and month in the dates"),
    None,
    {"D/M/Y": msg("day, month, year"), "M/D/Y": msg("month, day, year")},
    closed=True,
)
OPEN_TITLES: Mapping[str, OpenTitle] = {
    "publisher": OpenTitle(msg("Who made the table"), msg("such as the name of the office or survey")),
    "licence.id": OpenTitle(
        msg("Licence"),
        msg("a code such as CC-BY-4.0, or internal for data that only people with a role read"),
    ),
    "licence.name": OpenTitle(msg("Name of the licence"), msg("such as CC BY 4.0, or internal data")),
    "citation": OpenTitle(msg("How the table is cited"), msg("maker, title and year")),
    "version": OpenTitle(msg("Edition of the table"), msg("such as 2026-11")),
    "as_of": OpenTitle(msg("Date of the information"), msg("a year or day, such as 2026")),
    "crs": _SYSTEM,
    "position.crs": _SYSTEM,
    "repeated_keys": _REPEATED,
    "kind.const": OpenTitle(msg("What the rows are"), None, KIND_TITLES, closed=True),
    "country.const": OpenTitle(msg("Country of all rows"), msg("a code such as CHN, or a name such as 中国")),
    "commodity.const": OpenTitle(msg("Commodity of the figures"), msg("no column names it; such as copper or 铜")),
    "commodities.const": OpenTitle(msg("Commodity of all rows"), msg("such as copper or 铜")),
    "key": OpenTitle(msg("Key of the rows"), msg("a column in braces, such as {编号}; {#} is the number of the row")),
    "date_order": _ORDER,
    "first_year": OpenTitle(msg("First year that two digits mean"), msg("1950 for 1950 to 2049")),
    "encoding": OpenTitle(msg("Encoding of the text"), msg("the one in which the cells read right, such as gb18030")),
    "unit": OpenTitle(msg("Unit of the figures"), msg("such as t, 万吨, kt, g/t or per cent")),
    "category.const": OpenTitle(
        msg("Class of the figures"), msg("such as inferred, 推断资源量, or endowment if they have none")
    ),
    "dip_sign": OpenTitle(
        msg("Sign of the dips"),
        None,
        {"negative-down": msg("-60 is downward"), "positive-down": msg("60 is downward")},
        closed=True,
    ),
    "decimal": OpenTitle(msg("Decimal mark"), None, {".": msg("point: 1.5"), ",": msg("comma: 1,5")}, closed=True),
}


def open_title(key: str) -> OpenTitle | None:
    """Return what a form says of an open value by its key, or by the last part of it; None for one without a title."""
    return OPEN_TITLES.get(key) or OPEN_TITLES.get(key.rpartition(".")[2])
