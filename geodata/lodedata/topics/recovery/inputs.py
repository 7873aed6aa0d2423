"""What a minimum rate of recovery depends on: how the ore is mined, the ore body, and its grade."""

from collections.abc import Mapping
from dataclasses import dataclass

from lodedata.messages import Label


@dataclass(frozen=True, slots=True)
class RecoveryInput:
    """An input of the check: its titles, and its choices with their titles; a figure has a unit and no choices."""

    code: str
    title: Label
    choices: Mapping[str, Label]
    unit: str | None = None


INPUTS: Mapping[str, RecoveryInput] = {
    recovery_input.code: recovery_input
    for recovery_input in (
        RecoveryInput(
            "mining_method",
            Label("Mining method", "开采方式"),
            {"open-pit": Label("Open pit", "露天开采"), "underground": Label("Underground", "地下开采")},
        ),
        RecoveryInput(
            "size_class",
            Label("Size of the mine", "矿山规模"),
            {"large": Label("Large", "大型"), "medium": Label("Medium", "中型"), "small": Label("Small", "小型")},
        ),
        RecoveryInput(
            "ore_body",
            Label("Ore body", "矿体"),
            {
                "regular": Label("Regular", "规则、稳定"),
                "complex": Label("Complex, variable, thin or unstable", "复杂、变化大、薄或不稳固"),
            },
        ),
        RecoveryInput(
            "thickness",
            Label("Thickness of the ore body", "矿体厚度"),
            {"thin": Label("Thin", "薄矿体"), "medium-or-thick": Label("Medium or thick", "中厚及厚矿体")},
        ),
        RecoveryInput(
            "rock_stability",
            Label("Stability of the rock", "围岩稳固性"),
            {
                "stable": Label("Stable", "稳固"),
                "medium": Label("Of medium stability", "中等稳固"),
                "unstable": Label("Unstable", "不稳固"),
            },
        ),
        RecoveryInput(
            "co_products",
            Label("Co-products that are recovered", "回收的共伴生组分"),
            {
                "non-ferrous": Label("All non-ferrous", "均为有色金属"),
                "with-other": Label("With ferrous or non-metallic ones", "含黑色或非金属矿产"),
            },
        ),
        RecoveryInput(
            "amenability",
            Label("Amenability of the ore", "矿石可选性"),
            {
                "easy": Label("Easy", "易选"),
                "moderate": Label("Moderate", "中等可选"),
                "refractory": Label("Complex, refractory", "复杂难选"),
            },
        ),
        RecoveryInput("li2o_pct", Label("Grade of Li₂O", "Li₂O 品位"), {}, "%"),
    )
}
"""Every input by its code."""
