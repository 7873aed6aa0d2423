"""Estimate statements: figures of resources and reserves as a technical report states them, each with its page.

One record is the ore and grade of one commodity in one class, zone and cut-off. Classes are never added up.
"""

from lodedata.kinds import shared
from lodedata.kinds.model import Field, Kind, Reference
from lodedata.kinds.shared import build_grade_field, build_quantity_field

KIND = Kind(
    "estimate_statement",
    "estimate-statements",
    "Estimate statements",
    "报告估算",
    "estimate statement",
    "报告估算",
    "Resources and reserves that technical reports state, by class, zone and cut-off, with document and page. Read by machine.",
    "技术报告所载资源量与储量，分类别、部位和边界品位，注明文件与页码。机器读取。",
    None,
    (
        *shared.NAMES,
        Field("deposit_source", "Source of the deposit", "矿床来源", required=True),
        Field("deposit", "Key of the deposit in its source", "矿床键", required=True),
        Field("report", "Report", "报告", required=True),
        Field("document", "Address of the document", "文件地址"),
        Field("page", "Page", "页码", "integer", required=True),
        Field("also_on", "Further pages with the figures", "其他所在页", "array", required=True, default="{}", optional=True),
        Field("report_date", "Date of the report", "报告日期", partial_date=True),
        Field("effective_date", "Effective date", "估算基准日", partial_date=True),
        Field("code", "Reporting code", "报告规范", vocabulary="classification-code"),
        Field(
            "competent_person_statement",
            "Competent person's statement",
            "合资格人声明",
            "boolean",
            optional=True,
        ),
        Field("category", "Class", "类别", required=True, facet=True),
        Field("category_reported", "Class as reported", "类别(原文)"),
        Field("estimate_kind", "Resource or reserve", "资源量或储量", required=True, facet=True),
        Field("combined", "Combined classes", "多个类别合计", "boolean", required=True),
        Field("estimate_role", "Role in the report", "在报告中的性质", vocabulary="estimate-role", facet=True, required=True),
        Field("zone", "Zone", "部位"),
        Field("cut_off", "Cut-off", "边界品位", "number"),
        Field("cut_off_unit", "Unit of the cut-off", "边界品位单位"),
        Field("commodity", "Commodity", "矿种", vocabulary="commodity", facet=True, required=True),
        Field("ore_reported", "Ore as reported", "矿石量(原文)", "number", imported=False),
        Field("ore_unit", "Ore unit", "矿石量单位", imported=False),
        build_quantity_field("ore_t", "Ore in tonnes", "矿石量(吨)", "t"),
        Field(
            "ore_unit_ground", "Ground for the unit of the ore", "矿石量单位依据", vocabulary="estimate-unit-ground", facet=True
        ),
        Field("grade_reported", "Grade as reported", "品位(原文)", "number", imported=False),
        Field("grade_unit", "Grade unit", "品位单位", imported=False),
        build_grade_field("grade_pct", "Grade in per cent", "品位(%)"),
        Field("grade_basis", "Grade basis", "品位所指物质"),
        Field("grade_unit_ground", "Ground for the unit of the grade", "品位单位依据", vocabulary="estimate-unit-ground"),
        build_quantity_field("metal_t", "Metal in tonnes", "金属量(吨)", "t"),
        Field("metal_derived", "Metal derived from ore and grade", "金属量由矿石量与品位推算", "boolean"),
        Field("sum_confirmed", "Sum of classes confirmed by the page", "类别合计与本页各类相符", "boolean"),
        Field("extracted_by_machine", "Read by machine", "机器读取", "boolean", required=True),
        Field("confidence", "Confidence that the reading states", "读取置信度", "number"),
        Field("country", "Country or area", "国家和地区", vocabulary="country", facet=True),
        shared.FIGURES_REPORTED,
        *shared.ORIGIN_FIELDS,
    ),
    (shared.FLAGS,),
    date_field="effective_date",
    type_field="commodity",
    references=(Reference("deposit", "deposit", source_field="deposit_source"),),
)
