"""Conversion of a quantity to another basis: only by a stoichiometric factor, which is returned with its source."""

from dataclasses import dataclass

from lodedata.messages import Message, msg
from lodedata.vocab import load_vocabulary, load_vocabulary_rows

OXIDES = {"lithium": "Li2O", "aluminium": "Al2O3", "tin": "SnO2"}
"""The oxide that the basis ``oxide`` means for a commodity."""


class NotConvertible(ValueError):
    """A conversion that has no factor; the message says what is missing."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted value with its factor and where the factor is from; the reported value stays with its observation."""

    value: float
    factor: float
    source: str


def convert(value: float, commodity: str, basis: str, wanted: str) -> Converted:
    """Return a value on another basis. Raises NotConvertible for gross weight or ore, which need a grade."""
    if basis == wanted:
        return Converted(value, 1.0, "")
    for basis_code in (basis, wanted):
        if basis_code in ("gross", "ore"):
            raise NotConvertible(
                msg("Gross weight and content can't be converted without a grade; give the grade, or compare like with like.")
            )
    here, there = (_find_substance(commodity, end_basis) for end_basis in (basis, wanted))
    for row in load_vocabulary_rows("conversion"):
        if row["commodity"] != commodity:
            continue
        factor = float(row["factor"])
        if (row["from_basis"], row["to_basis"]) == (here, there):
            return Converted(value * factor, factor, row["source"])
        if (row["to_basis"], row["from_basis"]) == (here, there):
            return Converted(value / factor, 1 / factor, row["source"])
    raise NotConvertible(
        msg("There is no factor from %(basis)s to %(wanted)s for %(commodity)s.", basis=here, wanted=there, commodity=commodity)
    )


def _find_substance(commodity: str, basis: str) -> str:
    """Return the substance of a basis as the conversion table names it: the symbol of the metal, an oxide, or LCE."""
    if basis == "content":
        return load_vocabulary("commodity")[commodity].extra["symbol"]
    return "LCE" if basis == "lce" else OXIDES.get(commodity, basis)
