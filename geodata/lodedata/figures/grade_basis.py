"""What grades and contained amounts are of: the metal, an oxide or an equivalent; a concentrate is not ore."""

from collections.abc import Sequence
from dataclasses import replace

from lodedata.records import CommodityMeasure, Quantity
from lodedata.vocab import load_vocabulary

METAL, NOT_STATED = "metal", "not-stated"
"""The basis of a figure of most metals without a basis, and that of lithium, which is reported as Li, Li2O or Li2CO3."""
OF_CONCENTRATE = "concentrate of "
"""How the basis of an amount of concentrate begins; the grade follows."""
CONCENTRATE_FROM_PCT = {"tin": 40.0}
"""The grades from which a tonnage is one of concentrate: tin ores have up to some per cent, concentrates 50 to 75 per cent."""


def measure_on_basis(measure: CommodityMeasure) -> CommodityMeasure:
    """Return a measure; figures of lithium without a basis are marked, and no metal is derived from them."""
    if load_vocabulary("commodity")[measure.commodity].extra["group"] != "lithium":
        return measure
    return replace(measure, grade=_mark_quantity(measure.grade), contained=_remove_metal(_mark_quantity(measure.contained)))


def convert_to_concentrate(ore: Quantity | None, measures: Sequence[CommodityMeasure]) -> tuple[CommodityMeasure, ...] | None:
    """Return the measures of a tonnage of concentrate, each with the tonnage as its contained amount; None for ore.

    The basis says the grade: 100 t of a concentrate of 71 % Sn contain 71 t of tin.
    """
    if ore is None or not any(_is_concentrate(measure) for measure in measures):
        return None
    return tuple(_convert_measure(measure, ore) if _is_concentrate(measure) else measure for measure in measures)


def _mark_quantity(quantity: Quantity | None) -> Quantity | None:
    return quantity if quantity is None or quantity.basis is not None else replace(quantity, basis=NOT_STATED)


def _remove_metal(quantity: Quantity | None) -> Quantity | None:
    return quantity if quantity is None or quantity.basis != NOT_STATED else replace(quantity, factor=None)


def _is_concentrate(measure: CommodityMeasure) -> bool:
    percent = measure.grade.value if measure.grade is not None else None
    return percent is not None and percent >= CONCENTRATE_FROM_PCT.get(measure.commodity, 101.0)


def _convert_measure(measure: CommodityMeasure, ore: Quantity) -> CommodityMeasure:
    assert measure.grade is not None and measure.grade.value is not None
    symbol = load_vocabulary("commodity")[measure.commodity].extra["symbol"]
    basis = f"{OF_CONCENTRATE}{measure.grade.value:g} % {symbol}"
    factor = None if ore.factor is None else ore.factor * measure.grade.value / 100
    return CommodityMeasure(measure.commodity, None, replace(ore, basis=basis, factor=factor))
