"""Output of countries and of the world by commodity and stage, shipped with Lode, and the products that are compared with it.

The table ``national-output`` has the larger of the years 2023 and 2024 of each country in USGS Mineral Commodity Summaries
2025, else the largest of 2017 to 2021 in the World Mineral Statistics of the BGS, so that one bad year of a plant does not cast
doubt on its capacity. It works without imported statistics.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lodedata.figures.stage_labels import label_stage
from lodedata.messages import Message, msg
from lodedata.vocab import label, load_vocabulary, load_vocabulary_rows

WORLD = "WLD"
MAX_OUTPUT_RATIO = 1.5
"""Capacity divided by output, above which a sum is over-full: plants of a country seldom run at less than two thirds."""
_PRODUCTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("copper", "mine"): ("mine-copper",),
    ("copper", "smelter"): ("smelter-copper",),
    ("copper", "refinery"): ("refined-copper",),
    ("aluminium", "smelter"): ("primary-aluminium",),
    ("aluminium", "secondary"): ("secondary-aluminium",),
    ("alumina", "refinery"): ("alumina",),
    ("bauxite", "mine"): ("bauxite-ore",),
    ("nickel", "mine"): ("mine-nickel",),
    ("nickel", "refinery"): ("refined-nickel", "nickel-in-alloy"),
    ("cobalt", "mine"): ("mine-cobalt",),
    ("cobalt", "refinery"): ("refined-cobalt", "cobalt-powder"),
    ("tin", "mine"): ("mine-tin",),
    ("tin", "smelter"): ("refined-tin",),
}
_UNDIVIDED: Mapping[tuple[str, str], str] = {
    ("copper", "refinery"): "copper-metal",
    ("aluminium", "smelter"): "aluminium-metal",
    ("nickel", "refinery"): "nickel-metal",
    ("cobalt", "refinery"): "cobalt-metal",
    ("tin", "smelter"): "tin-metal",
}
"""Products of sources that name the metal only: they are compared with its last stage."""
UNLIKE_CONTENT = frozenset({"ore", "concentrate", "LCE", "Li2O"})
"""Bases of a capacity that is not comparable with the metal content of mine output."""


@dataclass(frozen=True, slots=True)
class NationalOutput:
    """The output of an area in one year, in tonnes, and its source."""

    year: str
    tonnes: float
    source: str


@dataclass(frozen=True, slots=True)
class OutputStage:
    """A stage of a commodity, and the codes of the products whose capacities are compared with its output."""

    commodity: str
    stage: str
    products: frozenset[str]

    @property
    def label(self) -> Message:
        """The commodity and the stage."""
        names = {"commodity": label("commodity", self.commodity), "stage": label_stage(self.commodity, self.stage)}
        return msg("%(commodity)s, %(stage)s").filled(**names)

    @property
    def counts_content(self) -> bool:
        """Whether the output is that of metal in ore, with which tonnes of ore or concentrate are not comparable."""
        return self.stage == "mine" and self.commodity != "bauxite"

    def compares(self, basis: str | None) -> bool:
        """Return whether a capacity of a basis is comparable with the output; one without a basis is."""
        return not self.counts_content or basis not in UNLIKE_CONTENT


@lru_cache(maxsize=1)
def load_output_stages() -> Mapping[tuple[str, str], OutputStage]:
    """Return the stages with an output to compare with, by commodity and stage."""
    terms = load_vocabulary("product")
    return {
        key: OutputStage(*key, frozenset().union(*map(terms.within, codes), {_UNDIVIDED[key]} if key in _UNDIVIDED else ()))
        for key, codes in _PRODUCTS.items()
    }


@lru_cache(maxsize=1)
def _index_stages() -> Mapping[str, OutputStage]:
    return {product: stage for stage in load_output_stages().values() for product in stage.products}


def find_stage(product: str | None) -> OutputStage | None:
    """Return the stage whose output includes a product, None for one that no output is known of."""
    return None if product is None else _index_stages().get(product)


@lru_cache(maxsize=1)
def load_national_outputs() -> Mapping[tuple[str, str, str], NationalOutput]:
    """Return the outputs by commodity, stage and area."""
    return {
        (row["commodity"], row["stage"], row["area"]): NationalOutput(row["year"], float(row["output_t"]), row["source"])
        for row in load_vocabulary_rows("national-output")
    }


def find_output(commodity: str, stage: str, area: str | None) -> NationalOutput | None:
    """Return the recent output of a country or, as ``WLD``, of the world; None if none is known."""
    return None if area is None else load_national_outputs().get((commodity, stage, area))
