"""Fields that mining rights and their events, sales and disclosures share."""

from lodedata.kinds.model import Field, Reference

MINERALS = (
    Field(
        "main_commodity",
        "Main mineral",
        "主矿种",
        vocabulary="commodity",
        facet=True,
        tile=True,
        imported=False,
    ),
    Field("commodities", "Minerals", "矿种", "array", "commodity", facet=True, required=True, default="{}"),
    Field("minerals_reported", "Minerals as reported", "矿种(原文)", optional=True),
)
RIGHT_NO = Field("right_no", "Licence or file number", "许可证号", tile=True)
OF_RIGHT = Reference("mining_right", "right_no", by="right_no")
"""The right that a row is about, by its number or a former one."""
RIGHT_KIND = Field("right_kind", "Kind of right", "矿业权类型", vocabulary="right-kind", facet=True, tile=True)
PLACE = (
    Field("country", "Country or area", "国家和地区", vocabulary="country", facet=True),
    Field("division", "First-level division", "一级行政区", vocabulary="division", facet=True),
    Field("location", "Location", "所在地"),
    Field("locality", "Locality", "地名", optional=True),
)


def build_party_fields(name: str, title_en: str, title_zh: str, role: str, tile: bool = False) -> tuple[Field, ...]:
    """Return the fields of a holder, buyer or seller: names of bodies, what kind of holder it is, and its code."""
    return (
        Field(name, title_en, title_zh, personal=True, organisation_role=role, tile=tile),
        Field(
            f"{name}_kind",
            f"{title_en}: kind",
            f"{title_zh}类别",
            vocabulary="holder-kind",
            facet=True,
            imported=False,
            tile=tile,
            optional=not tile,
        ),
        Field(
            f"{name}_uscc",
            f"{title_en}: unified social credit code",
            f"{title_zh}统一社会信用代码",
            format="uscc",
            optional=True,
        ),
    )


def declare_act(role: str) -> Field:
    """Return the field of the act that does something for a record."""
    return Field("act", "Official act", "公文号", optional=True, act_role=role)
