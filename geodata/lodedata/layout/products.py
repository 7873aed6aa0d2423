"""Products of the layout check, and the products and facility types of the store that correspond to them."""

from collections.abc import Mapping
from dataclasses import dataclass

from lodedata.layout.feedstock import Need
from lodedata.messages import Label

_PRACTICE = ("ranges of practice; to be checked against the project's own design", "行业经验范围，须以项目设计为准")


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the layout check.

    ``stages`` are groups of codes of the vocabulary product: successive steps of one metal, so a site's
    capacity is the largest of its stages, never their sum. A site of a facility type in ``facilities`` counts as one of the
    product even without a phase that states it; it then has no figure. ``ores`` are commodities of the deposits that supply it.
    """

    code: str
    label_en: str
    label_zh: str
    stages: tuple[tuple[str, ...], ...]
    facilities: tuple[str, ...]
    ores: tuple[str, ...]
    mined: tuple[str, ...]
    needs: tuple[Need, ...]
    largest_tpa: float
    """About the largest single site in the world, rounded up; the check queries a far larger capacity."""

    @property
    def label(self) -> Label:
        """The label in both languages."""
        return Label(self.label_en, self.label_zh)

    @property
    def codes(self) -> tuple[str, ...]:
        """All its codes of the vocabulary product."""
        return tuple(code for stage in self.stages for code in stage)

    @property
    def materials(self) -> tuple[str, ...]:
        """Codes of its feedstock materials."""
        return tuple(need.material for need in self.needs)


_BAUXITE = Need("bauxite", 2.2, 2.7, "unverified", *_PRACTICE)
_COPPER = (
    Need(
        "copper-concentrate",
        3.4,
        5.2,
        "computed",
        "concentrate of 20 to 30 % Cu and 97 to 98 % recovery; about 4 t at 25 % Cu",
        "按铜精矿含铜 20%–30%、回收率 97%–98% 计算；含铜 25% 时约 4 吨",
    ),
    Need("copper-scrap", 1.02, 1.6, "unverified", *_PRACTICE),
)
_LITHIUM = (
    Need(
        "spodumene-concentrate",
        7.0,
        8.0,
        "unverified",
        "concentrate of 6 % Li2O: 6.74 t by stoichiometry without loss, 7 to 8 t in practice",
        "按含 Li2O 6% 的精矿：化学计量无损失为 6.74 吨，实际 7–8 吨",
    ),
    Need(
        "lepidolite-concentrate",
        10.1,
        20.2,
        "computed",
        "stoichiometric least at 4 to 2 % Li2O, no loss counted",
        "按含 Li2O 4%–2% 的化学计量最小值，未计损失",
    ),
    Need(
        "lithium-brine",
        1.0,
        1.0,
        "computed",
        "in tonnes of contained LCE, no loss counted; brine is not measured by mass",
        "以所含 LCE 吨数计，未计损失；卤水不以质量计",
    ),
    Need("spent-batteries", 1.0, 1.0, "computed", "in tonnes of contained LCE, no loss counted", "以所含 LCE 吨数计，未计损失"),
)
_LITHIUM_ORES = ("lithium", "spodumene", "lepidolite", "petalite", "lithium-oxide")

PRODUCTS: Mapping[str, Product] = {
    product.code: product
    for product in (
        Product(
            "alumina",
            "Alumina",
            "氧化铝",
            (("alumina", "metallurgical-alumina", "chemical-alumina"),),
            ("alumina-refinery",),
            ("bauxite", "alumina"),
            ("bauxite-ore",),
            (_BAUXITE,),
            10e6,
        ),
        Product(
            "copper",
            "Copper (smelting and refining)",
            "铜冶炼",
            (
                ("smelter-copper", "blister-copper", "copper-anode"),
                ("refined-copper", "secondary-copper", "copper-metal"),
            ),
            ("copper-smelter", "copper-refinery", "secondary-copper-plant"),
            ("copper",),
            ("copper-concentrate", "copper-ore", "mine-copper"),
            _COPPER,
            2e6,
        ),
        Product(
            "lithium-carbonate",
            "Lithium carbonate",
            "碳酸锂",
            (("lithium-carbonate", "battery-lithium-carbonate", "technical-lithium-carbonate"),),
            ("lithium-carbonate-plant", "lithium-brine-plant"),
            _LITHIUM_ORES,
            ("spodumene-concentrate", "lepidolite-concentrate", "lithium-concentrate", "lithium-brine"),
            _LITHIUM,
            300e3,
        ),
        Product(
            "lithium-hydroxide",
            "Lithium hydroxide",
            "氢氧化锂",
            (("lithium-hydroxide",),),
            ("lithium-hydroxide-plant",),
            _LITHIUM_ORES,
            ("spodumene-concentrate", "lepidolite-concentrate", "lithium-concentrate"),
            (),
            300e3,
        ),
        Product(
            "aluminium",
            "Primary aluminium",
            "电解铝",
            (("primary-aluminium", "aluminium-metal"),),
            ("aluminium-smelter",),
            (),
            ("alumina", "metallurgical-alumina"),
            (
                Need(
                    "alumina",
                    1.889,
                    1.93,
                    "computed",
                    "1.889 t by stoichiometry (Al2O3 holds 52.93 % Al), about 1.93 t in practice",
                    "化学计量 1.889 吨（Al2O3 含 Al 52.93%），实际约 1.93 吨",
                ),
            ),
            7e6,
        ),
        Product(
            "nickel",
            "Nickel (metal and salts)",
            "镍（金属与镍盐）",
            (("refined-nickel", "nickel-metal"), ("nickel-sulphate",)),
            ("nickel-refinery",),
            ("nickel",),
            ("nickel-concentrate", "nickel-ore", "laterite-nickel-ore", "mine-nickel"),
            (),
            500e3,
        ),
        Product(
            "cobalt",
            "Cobalt (metal and salts)",
            "钴（金属与钴盐）",
            (
                ("refined-cobalt", "cobalt-metal", "cobalt-powder"),
                ("cobalt-sulphate", "cobalt-chloride", "cobalt-carbonate", "cobalt-oxide"),
            ),
            ("cobalt-refinery",),
            ("cobalt",),
            ("cobalt-concentrate", "cobalt-ore", "mine-cobalt"),
            (),
            150e3,
        ),
        Product(
            "tin",
            "Tin (smelting and refining)",
            "锡冶炼",
            (("crude-tin",), ("refined-tin", "tin-metal", "secondary-tin")),
            ("tin-smelter",),
            ("tin",),
            ("tin-concentrate", "tin-ore", "mine-tin"),
            (Need("tin-concentrate", 1.4, 2.8, "unverified", *_PRACTICE),),
            200e3,
        ),
        Product(
            "bauxite",
            "Bauxite mining",
            "铝土矿开采",
            (("bauxite-ore",),),
            (),
            ("bauxite", "alumina"),
            ("bauxite-ore",),
            (),
            80e6,
        ),
        Product(
            "secondary-aluminium",
            "Secondary aluminium",
            "再生铝",
            (("secondary-aluminium",),),
            ("secondary-aluminium-plant",),
            (),
            (),
            (Need("aluminium-scrap", 1.02, 1.4, "unverified", *_PRACTICE),),
            2e6,
        ),
        Product(
            "battery-recycling",
            "Battery recycling",
            "废旧电池综合利用",
            (("black-mass",),),
            ("battery-recycling-plant",),
            (),
            (),
            (),
            1e6,
        ),
    )
}
