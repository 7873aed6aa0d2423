"""Metals in the ore of another: the pairs that are followed, the type of ore, and the metal that a figure contains."""

from dataclasses import dataclass
from functools import lru_cache

from lodedata.figures.amounts import derive_contained_t
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary

FORMULA = msg("contained metal as reported, else ore × grade ÷ 100 × metal in the oxide")
MODELS = "deposit-model"


@dataclass(frozen=True, slots=True)
class MetalPair:
    """A metal that is won with another one, its host."""

    host: str
    by_product: str

    @property
    def code(self) -> str:
        """Its name in addresses."""
        return f"{self.by_product}-in-{self.host}"


PAIRS = {
    pair.code: pair
    for pair in (
        MetalPair("copper", "cobalt"),
        MetalPair("nickel", "cobalt"),
        MetalPair("bauxite", "gallium"),
        MetalPair("tin", "indium"),
        MetalPair("tin", "tungsten"),
    )
}
"""The pairs by code. A deposit may be in several of them."""


def compute_contained_metal_t(
    commodity: str, ore_t: float | None, grade_pct: float | None, basis: str | None, contained_t: float | None = None
) -> float | None:
    """Return the tonnes of metal in an estimate: as reported, else by the formula; None if a figure or a factor is missing."""
    if contained_t is not None:
        return contained_t
    return derive_contained_t(commodity, ore_t, grade_pct, basis)


@lru_cache(maxsize=512)
def find_ore_type(model: str | None) -> str | None:
    """Return the type of ore of a deposit model: its ancestor below the root, such as laterite; None for no model."""
    terms = load_vocabulary(MODELS).terms
    if model is None or model not in terms:
        return None
    while (broader := terms[model].broader) is not None and terms[broader].broader is not None:
        model = broader
    return model
