"""Units in which the figures of a field may be entered: those of the dimension of its own unit."""

from collections.abc import Iterable
from fractions import Fraction

from lodedata.figures.units import Dimension, find_conversion, find_unit_dimension, list_convertible_units
from lodedata.kinds import Field
from lodedata.messages import Message, msg


def find_field_dimension(field: Field) -> Dimension:
    """Return the dimension of a field's unit. Raises ValueError for a unit that the vocabulary lacks."""
    dimension = find_unit_dimension(field.unit or "")
    if dimension is None:
        raise ValueError(f"{field.name}: {field.unit!r} is no unit of the vocabulary")
    return "share" if dimension == "grade" and not field.grade else dimension


def list_field_units(field: Field) -> tuple[str, ...]:
    """Return how the units that may be entered for a field are written."""
    return list_convertible_units(find_field_dimension(field))


def compute_factor_to_field(field: Field, unit: str) -> Fraction | None:
    """Return the factor from a unit to that of a field, None for a unit that does not convert to it."""
    assert field.unit is not None
    return find_conversion(unit, field.unit, find_field_dimension(field))


def convert(field: Field, unit: str, figure: float) -> float:
    """Return a figure in the unit of a field, rounded once; ``unit`` is one that converts to it."""
    factor = compute_factor_to_field(field, unit)
    assert factor is not None
    return figure if factor == 1 else float(Fraction(repr(figure)) * factor)


def find_unit_refusal(field: Field, units: Iterable[str]) -> Message | None:
    """Return why one of the units may not be entered for a field, None if all may."""
    for unit in units:
        if not field.convertible:
            return msg(
                "%(field)s has no unit of its own, so %(unit)r can't be converted; leave it out", field=field.name, unit=unit
            )
        if compute_factor_to_field(field, unit) is None:
            return msg(
                "%(unit)r is not a unit that converts to the %(own)s of %(field)s; write one of %(choices)s",
                unit=unit,
                own=field.unit,
                field=field.name,
                choices=list(list_field_units(field)),
            )
    return None
