"""What plants are fed with, and how much of it a tonne of product takes, as ranges with their sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Material:
    """Something that plants are fed with; ``kind_of`` is the wider material."""

    code: str
    label_en: str
    label_zh: str
    kind_of: str | None = None


MATERIALS: Mapping[str, Material] = {
    one.code: one
    for one in (
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


def is_kind_of(material: str, wider: str) -> bool:
    """Whether a material is another one or a kind of it."""
    return material == wider or (material in MATERIALS and MATERIALS[material].kind_of == wider)


@dataclass(frozen=True, slots=True)
class Need:
    """Tonnes of a material for a tonne of product, from low to high, with what they rest on."""

    material: str
    low: float
    high: float
    mark: Literal["verified", "computed", "unverified"]
    source_en: str
    source_zh: str


@dataclass(frozen=True, slots=True)
class Output:
    """What mines put out as it is told: a product of the vocabulary, the basis of its figure, and how many tonnes of it a
    tonne of the plant's product takes, from low to high. An output that is not listed can't be told in the plant's tonnes.
    The basis is UNTOLD where a source gives none; of copper concentrate that may be gross weight or metal, so it is not listed.
    """

    mined: str
    basis: str
    low: float
    high: float


UNTOLD = "untold"
# concentrate to metal at 98 to 97 % recovery; the other ranges are those of the needs
_METAL = (1 / 0.98, 1 / 0.97)
OUTPUTS: Mapping[str, tuple[Output, ...]] = {
    "alumina": tuple(Output("bauxite-ore", basis, 2.2, 2.7) for basis in ("ore", "product", UNTOLD)),
    "copper": (
        *(Output(mined, "metal", *_METAL) for mined in ("copper-concentrate", "copper-ore", "mine-copper")),
        # the product itself is metal in mine output
        Output("mine-copper", UNTOLD, *_METAL),
        Output("copper-concentrate", "product", 3.4, 5.2),
    ),
    "lithium-carbonate": (
        *(
            Output(mined, "LCE", 1.0, 1.0)
            for mined in ("spodumene-concentrate", "lepidolite-concentrate", "lithium-concentrate", "lithium-brine")
        ),
        *(Output("spodumene-concentrate", basis, 7.0, 8.0) for basis in ("product", UNTOLD)),
        *(Output("lepidolite-concentrate", basis, 10.1, 20.2) for basis in ("product", UNTOLD)),
    ),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """Tonnes a year, from low to high."""

    low_tpa: float
    high_tpa: float


def required(need: Need, capacity_tpa: float) -> Amount:
    """How much of a material a capacity takes in a year. Raises ValueError for a capacity below nought."""
    if capacity_tpa < 0:
        raise ValueError(f"{capacity_tpa} t/a: a capacity is not below nought")
    return Amount(need.low * capacity_tpa, need.high * capacity_tpa)


def least_t_per_t(grade_pct: float, factor: float = 1.0, recovery_pct: float = 100.0) -> float:
    """Tonnes of a material of a grade for one tonne of product, ``factor`` tonnes of which a tonne of the graded oxide or
    metal gives; without a recovery the stoichiometric least. Raises ValueError outside (0, 100].
    """
    for value in (grade_pct, recovery_pct):
        if not 0 < value <= 100:
            raise ValueError(f"{value} %: a grade or recovery lies above 0 and up to 100")
    return 1 / (grade_pct / 100 * recovery_pct / 100 * factor)
