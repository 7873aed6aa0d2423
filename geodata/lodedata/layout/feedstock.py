"""Feedstock of plants, and tonnes of it per tonne of product as ranges with their sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lodedata.messages import Label


@dataclass(frozen=True, slots=True)
class Material:
    """A feedstock; ``kind_of`` is the broader material."""

    code: str
    label_en: str
    label_zh: str
    kind_of: str | None = None

    @property
    def label(self) -> Label:
        """Return the label as an argument of a message."""
        return Label(self.label_en, self.label_zh)


MATERIALS: Mapping[str, Material] = {
    material.code: material
    for material in (
        Material("bauxite", "Bauxite", "铝土矿"),
        Material("bauxite-gibbsite", "Gibbsitic bauxite", "三水铝石型铝土矿", "bauxite"),
        Material("bauxite-boehmite", "Boehmitic bauxite", "一水软铝石型铝土矿", "bauxite"),
        Material("bauxite-diaspore", "Diasporic bauxite", "一水硬铝石型铝土矿", "bauxite"),
        Material("copper-concentrate", "Copper concentrate", "铜精矿"),
        Material("copper-scrap", "Copper scrap and other secondary copper", "含铜二次资源"),
        Material("spodumene-concentrate", "Spodumene concentrate", "锂辉石精矿"),
        Material("lepidolite-concentrate", "Lepidolite concentrate", "锂云母精矿"),
        Material("lithium-brine", "Lithium brine", "含锂卤水"),
        Material("spent-batteries", "Spent batteries, production scrap and black mass", "废旧电池、极片废料与黑粉"),
        Material("alumina", "Alumina", "氧化铝"),
        Material("aluminium-scrap", "Aluminium scrap", "废铝"),
        Material("nickel-concentrate", "Nickel concentrate", "镍精矿"),
        Material("laterite-nickel-ore", "Laterite nickel ore", "红土镍矿"),
        Material("nickel-cobalt-intermediate", "Nickel and cobalt intermediates", "镍钴中间品"),
        Material("tin-concentrate", "Tin concentrate", "锡精矿"),
    )
}


def is_kind_of(material: str, broader: str) -> bool:
    """Return whether a material is another one or a kind of it."""
    return material == broader or (material in MATERIALS and MATERIALS[material].kind_of == broader)


@dataclass(frozen=True, slots=True)
class Need:
    """Tonnes of a material per tonne of product, from low to high, with their source."""

    material: str
    low: float
    high: float
    mark: Literal["verified", "computed", "unverified"]
    source_en: str
    source_zh: str


@dataclass(frozen=True, slots=True)
class Output:
    """An output of mines: a product of the vocabulary, its basis, and tonnes of it per tonne of the plant's product.

    An output that is not listed can't be converted to the plant's tonnes. The basis is UNSTATED if a source gives none;
    for mine output and concentrate of copper that may be gross weight or metal, so it is not listed.
    """

    mined: str
    basis: str
    low: float
    high: float


UNSTATED = "unstated"
# concentrate to metal at 98 to 97 % recovery; the other ranges are those of the needs
_METAL = (1 / 0.98, 1 / 0.97)
OUTPUTS: Mapping[str, tuple[Output, ...]] = {
    "alumina": tuple(Output("bauxite-ore", basis, 2.2, 2.7) for basis in ("ore", "product", UNSTATED)),
    "copper": (
        *(Output(mined, "metal", *_METAL) for mined in ("copper-concentrate", "copper-ore", "mine-copper")),
        Output("copper-concentrate", "concentrate", 3.4, 5.2),
    ),
    "lithium-carbonate": (
        *(
            Output(mined, "LCE", 1.0, 1.0)
            for mined in ("spodumene-concentrate", "lepidolite-concentrate", "lithium-concentrate", "lithium-brine")
        ),
        *(Output("spodumene-concentrate", basis, 7.0, 8.0) for basis in ("concentrate", UNSTATED)),
        *(Output("lepidolite-concentrate", basis, 10.1, 20.2) for basis in ("concentrate", UNSTATED)),
    ),
}


@dataclass(frozen=True, slots=True)
class FeedstockAmount:
    """Tonnes per year of a material, from low to high."""

    low_tpa: float
    high_tpa: float


def compute_required_amount(need: Need, capacity_tpa: float) -> FeedstockAmount:
    """Return how much of a material a capacity requires per year. Raises ValueError for a negative capacity."""
    if capacity_tpa < 0:
        raise ValueError(f"{capacity_tpa} t/a: a capacity is not below nought")
    return FeedstockAmount(need.low * capacity_tpa, need.high * capacity_tpa)


def compute_least_t_per_t(grade_pct: float, factor: float = 1.0, recovery_pct: float = 100.0) -> float:
    """Return the tonnes of a material of a grade per tonne of product; without a recovery the stoichiometric minimum.

    ``factor`` is tonnes of product per tonne of the graded oxide or metal. Raises ValueError outside (0, 100].
    """
    for value in (grade_pct, recovery_pct):
        if not 0 < value <= 100:
            raise ValueError(f"{value} %: a grade or recovery lies above 0 and up to 100")
    return 1 / (grade_pct / 100 * recovery_pct / 100 * factor)
