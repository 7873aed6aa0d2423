"""Intervals of drill holes: rock, or the grade of one element or oxide, from a depth to a depth. The hole is one of the source.

A grade below or above the range of a method has no value: its sign and its limit are fields of their own.
"""

from dataclasses import replace

from lodedata.kinds import shared
from lodedata.kinds.drill_hole import HOLE_ID, HOLE_NAMES, OF_HOLE
from lodedata.kinds.model import Field, Kind

CODED_GRADES = (-1e6, 1e6)
"""Grades below zero say that a grade is below the limit of the method; a check of the row says what to write."""
KIND = Kind(
    "drill_interval",
    "drill-intervals",
    "Drill hole intervals",
    "钻孔样段",
    "drill hole interval",
    "钻孔样段",
    "Intervals of drill holes with rock, sample and the grade of one element or oxide each.",
    "钻孔样段：岩性、样品号及一种元素或氧化物的品位。",
    None,
    (
        HOLE_ID,
        Field("from_m", "From in metres", "自(米)", "number", unit="m", required=True),
        Field("to_m", "To in metres", "至(米)", "number", unit="m", required=True),
        Field("sample", "Sample", "样品号"),
        Field("lithology", "Rock as reported", "岩性(原文)", facet=True),
        Field("lithology_code", "Code of the rock as reported", "岩性代码(原文)"),
        Field("analyte", "Element or oxide", "分析项目", facet=True),
        Field(
            "commodity",
            "Commodity of the element or oxide",
            "分析项目对应矿种",
            vocabulary="commodity",
            facet=True,
            imported=False,
        ),
        replace(
            shared.build_grade_field("grade_pct", "Grade of the element or oxide in per cent", "品位(%)"), possible=CODED_GRADES
        ),
        Field(
            "grade_pct_qualifier",
            "Grade: about, bound or range",
            "品位：约数、界限或区间",
            vocabulary="figure-qualifier",
            imported=False,
        ),
        Field("grade_pct_bound", "Limit of the method in per cent", "检出限(%)", "number", unit="%", imported=False),
        Field("grade_pct_unit", "Unit of the grade as reported", "品位单位(原文)", imported=False),
        Field(
            "core_recovery_pct",
            "Core recovery in per cent",
            "岩心采取率(%)",
            "number",
            unit="%",
            possible=(0, 200),
            optional=True,
        ),
        shared.FIGURES_REPORTED,
        *shared.ORIGIN_FIELDS,
    ),
    (shared.FLAGS,),
    type_field="analyte",
    name_fields=HOLE_NAMES,
    alias_fields=(),
    references=(OF_HOLE,),
)
