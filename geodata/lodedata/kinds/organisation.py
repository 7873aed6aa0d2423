"""Organisations: enterprises, state geological units and authorities that own, hold, list or approve.

A record is imported, or derived from the names that other records mention (:mod:`lodebase.organisations`).
"""

from lodedata.kinds.model import Field, Kind
from lodedata.kinds.shared import FIGURES_REPORTED, FLAGS, NAMES, ORIGIN_FIELDS

KIND = Kind(
    "organisation",
    "organisations",
    "Organisations",
    "企业与机构",
    "organisation",
    "企业与机构",
    "Enterprises, state geological units and authorities, with their former and short names and codes.",
    "企业、地勘单位和主管部门，附曾用名、简称与代码。",
    None,
    (
        *NAMES,
        Field("aliases", "Other names", "其他名称", "array", required=True, default="{}", optional=True),
        Field("former_names", "Former names", "曾用名", "array", required=True, default="{}", optional=True),
        Field("short_names", "Short names", "简称", "array", required=True, default="{}", optional=True),
        Field(
            "organisation_kind",
            "Kind of organisation",
            "单位类别",
            vocabulary="organisation-kind",
            facet=True,
        ),
        Field("uscc", "Unified social credit code", "统一社会信用代码", format="uscc"),
        Field("lei", "Legal entity identifier", "全球法人识别编码（LEI）", format="lei"),
        Field("stock_codes", "Stock codes", "证券代码", "array", required=True, default="{}", optional=True),
        Field("parent", "Parent organisation", "上级单位", organisation_role="parent"),
        Field("parent_share_pct", "Share of the parent in per cent", "上级单位持股比例(%)", "number", unit="%", optional=True),
        Field("parent_date", "Share of the parent as of", "上级单位持股时点", partial_date=True, optional=True),
        Field("parent_uscc", "Parent's unified social credit code", "上级单位统一社会信用代码", format="uscc", optional=True),
        Field("group_name", "Group", "所属集团", organisation_role="group"),
        Field("country", "Country or area of the seat", "住所所在国家和地区", vocabulary="country", facet=True),
        Field(
            "site_countries",
            "Countries of the records that name it",
            "提及该单位的记录所在国家",
            "array",
            "country",
            facet=True,
            imported=False,
            optional=True,
        ),
        Field("division", "First-level division", "一级行政区", vocabulary="division", facet=True),
        Field("derived", "Derived from names in records", "由记录中的名称归并", "boolean", imported=False),
        Field("information_date", "Data as of", "资料时点", partial_date=True),
        Field(
            "unchecked",
            "Not checked against a document",
            "未与文件核对",
            "array",
            "organisation-fact",
            required=True,
            default="{}",
            optional=True,
        ),
        FIGURES_REPORTED,
        *ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    (FLAGS,),
    date_field="information_date",
    type_field="organisation_kind",
    alias_fields=("former_names", "short_names", "aliases"),
    search_code="8",
)
