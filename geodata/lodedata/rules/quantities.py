"""Quantities that a planner can declare for a planned plant in addition to its capacity, for comparison with limits."""

from collections.abc import Mapping
from dataclasses import dataclass

from lodedata.messages import Label


@dataclass(frozen=True, slots=True)
class DeclaredQuantity:
    """A declared quantity: its unit, titles, the products it applies to, and the greatest plausible value."""

    code: str
    unit: str
    title_en: str
    title_zh: str
    products: tuple[str, ...]
    most: float

    @property
    def title(self) -> Label:
        """Return the title as an argument of a message."""
        return Label(self.title_en, self.title_zh)


_LITHIUM = ("lithium-carbonate", "lithium-hydroxide")
_RECYCLED = (*_LITHIUM, "battery-recycling")

DECLARED: Mapping[str, DeclaredQuantity] = {
    quantity.code: quantity
    for quantity in (
        DeclaredQuantity(
            "energy_kgce_per_t",
            "kgce/t",
            "Comprehensive energy use per tonne of product",
            "单位产品综合能耗",
            ("alumina", "copper", "nickel", "cobalt", "tin", *_RECYCLED),
            100_000,
        ),
        DeclaredQuantity(
            "energy_blister_kgce_per_t",
            "kgce/t",
            "Energy use per tonne of blister copper",
            "粗铜单位产品综合能耗",
            ("copper",),
            100_000,
        ),
        DeclaredQuantity(
            "energy_electrolysis_kgce_per_t",
            "kgce/t",
            "Energy use of electrolytic refining per tonne of copper",
            "铜电解单位产品综合能耗",
            ("copper",),
            100_000,
        ),
        DeclaredQuantity(
            "energy_underground_kgce_per_t",
            "kgce/t",
            "Energy use per tonne of bauxite mined underground",
            "铝土矿地下开采单位能耗",
            ("bauxite",),
            10_000,
        ),
        DeclaredQuantity(
            "energy_open_pit_kgce_per_t",
            "kgce/t",
            "Energy use per tonne of bauxite mined in open pits",
            "铝土矿露天开采单位能耗",
            ("bauxite",),
            10_000,
        ),
        DeclaredQuantity(
            "power_kwh_per_t",
            "kWh/t",
            "Electricity use per tonne of molten aluminium in all",
            "铝液综合交流电耗",
            ("aluminium",),
            100_000,
        ),
        DeclaredQuantity(
            "power_ac_kwh_per_t",
            "kWh/t",
            "Alternating current per tonne of molten aluminium",
            "铝液交流电耗",
            ("aluminium",),
            100_000,
        ),
        DeclaredQuantity(
            "energy_bayer_kgce_per_t",
            "kgce/t",
            "Comprehensive energy use of the Bayer process per tonne of alumina",
            "拜耳法氧化铝单位产品综合能耗",
            ("alumina",),
            100_000,
        ),
        DeclaredQuantity(
            "capital_pct",
            "%",
            "Share of own capital",
            "资本金比例",
            ("alumina", "aluminium", "bauxite", "copper", "secondary-aluminium"),
            100,
        ),
        DeclaredQuantity("red_mud_use_pct", "%", "Share of new red mud put to use", "新增赤泥综合利用率", ("alumina",), 100),
        DeclaredQuantity("sulphur_capture_pct", "%", "Total sulphur capture", "总硫利用率", ("copper",), 100),
        DeclaredQuantity(
            "land_m2_per_t", "m²/t", "Land per tonne of yearly copper capacity", "吨铜占地面积", ("copper",), 10_000
        ),
        DeclaredQuantity("clean_energy_pct", "%", "Share of clean energy", "清洁能源使用比例", ("aluminium",), 100),
        DeclaredQuantity("recovery_lithium_pct", "%", "Recovery of lithium", "锂回收率", _RECYCLED, 100),
        DeclaredQuantity(
            "recovery_nickel_cobalt_manganese_pct",
            "%",
            "Recovery of Ni, Co and Mn",
            "镍钴锰回收率",
            ("battery-recycling",),
            100,
        ),
        DeclaredQuantity(
            "recovery_powder_pct", "%", "Recovery of electrode powder", "电极粉料回收率", ("battery-recycling",), 100
        ),
        DeclaredQuantity(
            "powder_aluminium_pct", "%", "Aluminium in electrode powder", "电极粉料铝含量", ("battery-recycling",), 100
        ),
        DeclaredQuantity("powder_copper_pct", "%", "Copper in electrode powder", "电极粉料铜含量", ("battery-recycling",), 100),
        DeclaredQuantity("water_reuse_pct", "%", "Reuse of process water", "工艺废水循环利用率", ("battery-recycling",), 100),
    )
}

_MASS, _LFP = ("black-mass-ncm", "black-mass-lfp"), ("black-mass-lfp",)
ASSAYS: Mapping[str, DeclaredQuantity] = {
    quantity.code: quantity
    for quantity in (
        DeclaredQuantity("nickel_cobalt_pct", "%", "Nickel and cobalt", "镍钴含量", _MASS[:1], 100),
        DeclaredQuantity("lithium_pct", "%", "Lithium", "锂含量", _MASS, 100),
        DeclaredQuantity("phosphorus_pct", "%", "Phosphorus", "磷含量", _MASS, 100),
        DeclaredQuantity("iron_pct", "%", "Iron", "铁含量", _LFP, 100),
        DeclaredQuantity("soluble_fluorine_pct", "%", "Water-soluble fluorine", "水溶性氟含量", _MASS, 100),
    )
}
"""Assays of an imported raw material; ``products`` are the streams that a limit applies to."""
QUANTITIES: Mapping[str, DeclaredQuantity] = {**DECLARED, **ASSAYS}
PROPERTIES: Mapping[str, Label] = {
    "conforms": Label("Conforms to the standard, by a test report", "经检验符合标准"),
    "bulk": Label("Shipped in bulk", "散装"),
    "mixed": Label("Kinds are mixed", "不同种类混装"),
}
"""What is true or false of an imported raw material."""
