"""Labels and tables of a report in both languages, shared by all file formats."""

from collections.abc import Iterator, Mapping
from typing import Any

from lodebase.layout.findings import RESULTS
from lodebase.layout.place import area_km2
from lodebase.layout.statement_parameters import GROUPS
from lodedata.layout import amounts
from lodedata.layout.products import PRODUCTS
from lodedata.rules.quantities import DECLARED
from lodedata.rules.standing import LABELS
from lodedata.vocab import vocabulary

__all__ = ["COLUMNS", "LABELS", "RESULTS", "TITLES", "groups", "in_language", "input_rows"]
__all__ += ["localized", "name", "product", "size", "tables"]

TITLES: Mapping[str, tuple[str, str]] = {
    "report": ("Layout check", "布局检查报告"),
    "inputs": ("What was asked", "申报内容"),
    "findings": ("Findings of rules", "条款对照"),
    "measures": ("Measures without a threshold", "测算结果（无规定指标）"),
    "others": ("Rules that do not count on this day", "当日不计入的条款"),
    "radii": ("Same product by distance", "同类产品项目的距离分布"),
    "sites": ("Nearest sites of the same product", "邻近的同类产品项目"),
    "zones": ("Zones", "区域"),
    "feedstock": ("Feedstock", "原料"),
    "classes": ("Figures of deposits in reach, class by class", "可及矿床分类别的资源量与储量（各类别不相加）"),
    "places": ("Places of ore in reach", "可及范围内的矿床与矿山"),
    "concentration": ("Concentration", "集中度"),
    "catchment": ("Catchment (Huff's model)", "原料吸引范围（Huff 模型）"),
    "same_as": ("Is it in the store already?", "是否已在库中"),
    "uncertainty": ("What is not known", "不确定性"),
    "sources": ("Sources", "数据来源"),
}
COLUMNS: Mapping[str, tuple[str, str]] = {
    "rule": ("Rule", "条款"),
    "clause": ("Clause (paraphrased)", "条款内容（转述）"),
    "result": ("Result", "结果"),
    "reason": ("Why", "理由"),
    "standing": ("Standing", "效力"),
    "citation": ("Citation", "出处"),
    "figure": ("Figure", "数值"),
    "threshold": ("Threshold", "指标"),
    "unit": ("Unit", "单位"),
    "km": ("Within, km", "半径（千米）"),
    "status": ("Status", "状态"),
    "certain": ("Surely inside", "确定在内"),
    "placed": ("As placed", "按登记位置在内"),
    "possible": ("Possibly inside", "可能在内"),
    "tpa": ("t/a", "产能（万吨/年）"),
    "name": ("Name", "名称"),
    "distance": ("Distance, km", "距离（千米）"),
    "edge": ("To its edge, km", "距边界（千米）"),
    "accuracy": ("Accuracy, m", "位置精度（米）"),
    "capacity": ("Capacity by status", "分状态产能"),
    "note": ("Note", "说明"),
    "source": ("Sources", "来源"),
    "code": ("Source", "来源代码"),
    "title": ("Title", "名称"),
    "licence": ("Licence", "许可"),
    "as_of": ("As of", "数据日期"),
    "text": ("What was measured", "测算内容"),
    "kind": ("Kind", "类型"),
    "need": ("Need", "需求量"),
    "per_t": ("t per t of product", "吨产品用量（吨）"),
    "basis": ("Basis", "依据"),
    "class": ("Class", "类别"),
    "deposits": ("Deposits", "矿床数"),
    "ore": ("Ore, t", "矿石量（吨）"),
    "contained": ("Contained, t", "金属量（吨）"),
    "measure": ("Measure", "指标"),
    "before": ("Before", "项目前"),
    "after": ("After", "项目后"),
    "change": ("Change", "变化"),
    "beta": ("Beta", "β"),
    "taken": ("Taken, points of %", "被分走（百分点）"),
    "score": ("Score", "相似度"),
    "size": ("Size", "规模"),
    "without": ("Without a figure", "其中无产能数据"),
}
MEASURES: Mapping[str, tuple[str, str]] = {
    "share_pct": ("Share of the province in the nation, %", "本省占全国比例（%）"),
    "hhi_divisions": ("Herfindahl-Hirschman index over provinces", "按省计算的赫芬达尔—赫希曼指数"),
    "hhi_holders": ("Herfindahl-Hirschman index over owners", "按业主计算的赫芬达尔—赫希曼指数"),
    "location_quotient": ("Location quotient, by records", "区位商（按记录数）"),
    "nation": ("Pipeline over operating, nation, %", "全国在建及规划与在产之比（%）"),
    "province": ("Pipeline over operating, province, %", "本省在建及规划与在产之比（%）"),
}
MEANINGS: Mapping[str, tuple[str, str]] = {
    "share_pct": ("of known capacity, operating and planned; not of output", "按已知在产、在建及规划产能计，非产量"),
    "hhi_divisions": (
        "how few provinces hold the capacity; not whether plants are doubled",
        "反映产能集中于少数省份的程度；不反映是否重复建设",
    ),
    "hhi_holders": (
        "how few owners hold what operates; not whether plants are doubled",
        "反映在产产能集中于少数业主的程度；不反映是否重复建设",
    ),
    "location_quotient": (
        "above 1 the province has more than its share; counts records, not tonnes",
        "大于 1 表示本省该产品的比重高于全国平均；按记录数而非吨数计算",
    ),
    "nation": (
        "how much is coming for each tonne there is; announced plans may never be built",
        "反映新增产能相对现有产能的规模；已公布的规划未必建成",
    ),
    "province": ("the same for the province; small provinces jump easily", "同上，按本省计算；基数小的省份波动大"),
}
ORIGINS: Mapping[str, tuple[str, str]] = {
    "domestic": ("domestic", "国内"),
    "import": ("imported", "进口"),
    "recycled": ("recycled", "再生"),
}
STATES: Mapping[str, tuple[str, str]] = {
    "inside": ("inside", "在内"),
    "possible": ("possibly inside", "可能在内"),
    "outside": ("outside", "不在内"),
    "unknown": ("not known", "未知"),
}
UNITS: Mapping[str | None, tuple[str, str]] = {"records": ("records", "条"), None: ("", "")}
ORE_KINDS: Mapping[str, tuple[str, tuple[str, str]]] = {
    "deposit": ("deposits", ("deposit", "矿床")),
    "mine": ("projects", ("mine", "矿山")),
}
"""Collection and label of each kind of place of ore."""
ZONE_KINDS: Mapping[str, tuple[str, str]] = {
    "country": ("country", "国家"),
    "division": ("province", "省级行政区"),
    "prefecture": ("prefecture", "地级行政区"),
    "key-air-region": ("key region of air-pollution control", "大气污染防治重点区域"),
    "protected-area": ("protected area", "保护地"),
}
Table = tuple[str, tuple[str, ...], list[list[Any]]]
"""Name of a part, its columns and its rows."""


class Linked(str):
    """A table cell that links to the record or rule it names; in a file it is plain text."""

    href: str

    def __new__(cls, text: str, href: str) -> "Linked":
        made = super().__new__(cls, text)
        made.href = href
        return made


def in_language(labels: tuple[str, str], language: str) -> str:
    """Return the text in one of two languages."""
    return labels[1] if language == "zh" else labels[0]


def localized(row: Mapping[str, Any], name: str, language: str) -> str:
    """Return a field of a row in a language, or in the other one if it is missing."""
    first, second = (f"{name}_zh", f"{name}_en") if language == "zh" else (f"{name}_en", f"{name}_zh")
    return str(row.get(first) or row.get(second) or "")


def name(row: Mapping[str, Any], language: str) -> str:
    """Return the name of a record."""
    return localized(row, "name", language) or str(row["id"])


def product(code: str, language: str) -> str:
    """Return the label of a product, or its code if the product no longer exists."""
    made = PRODUCTS.get(code)
    return code if made is None else in_language((made.label_en, made.label_zh), language)


def groups(found: Mapping[str, float | None], language: str) -> str:
    """Return the capacity by status as text."""
    comma = "；" if language == "zh" else "; "
    unknown = in_language(("without a figure", "无产能数据"), language)
    return comma.join(
        f"{in_language(GROUPS[one], language)} {unknown if tpa is None else amounts.format_amount(tpa, language)}"
        for one, tpa in found.items()
    )


def tables(report: Mapping[str, Any], language: str) -> Iterator[Table]:
    """Yield the tables of a report with their rows in a language; parts without rows are left out."""
    yield from (make(report, language) for make in (_rules, _others, _measures, _radii))
    yield from (one for one in _rest(report, language) if one[2])


def input_rows(report: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """Return the inputs of a report as pairs of title and value."""
    inputs, place = report["inputs"], report["zones"]["place"]
    where = " · ".join(
        localized(place[kind], "name", language) for kind in ("country", "division", "prefecture") if place[kind]["code"]
    )
    lines = [
        (("Name", "名称"), inputs["name"]),
        (("Product", "产品"), localized(report["summary"], "label", language)),
        (("Capacity", "产能"), amounts.format_amount(inputs["capacity_tpa"], language)),
        (("Project type", "建设性质"), _term("phase-type", inputs["project_type"], language)),
        (("Place", "位置"), " · ".join(filter(None, (_position(inputs, language), where)))),
        (("Area of the outline", "场址面积"), _area(inputs, language)),
        (("Accuracy of the place", "位置精度"), _reach(inputs, language)),
        *((("Feedstock", "原料"), _fed(one, language)) for one in report["feedstock"]["declared"]),
        (("Owner", "业主"), inputs["owner"]),
        (("Technology", "工艺"), inputs["technology"]),
        *((_declared(code), f"{value:g} {DECLARED[code].unit}") for code, value in inputs["declared"].items()),
        (
            ("Rules and data of", "条款与数据日期"),
            f"{report['rules_on']} / {in_language(('data version', '数据版本'), language)} {report['data_version']}",
        ),
        (("Checksum (SHA-256)", "校验和（SHA-256）"), report["checksum"]),
    ]
    return [(in_language(title, language), str(value)) for title, value in lines if value]


def _position(inputs: Mapping[str, Any], language: str) -> str:
    lon, lat = inputs["lon"], inputs["lat"]
    if language != "zh":
        return f"{abs(lon):.5f}° {'E' if lon >= 0 else 'W'}, {abs(lat):.5f}° {'N' if lat >= 0 else 'S'}"
    return f"{'东经' if lon >= 0 else '西经'} {abs(lon):.5f}°，{'北纬' if lat >= 0 else '南纬'} {abs(lat):.5f}°"


def _area(inputs: Mapping[str, Any], language: str) -> str:
    km2 = area_km2(inputs["wkt"])
    return f"{km2:,.{0 if km2 >= 100 else 2}f} {in_language(('km²', '平方千米'), language)}" if km2 else ""


def _reach(inputs: Mapping[str, Any], language: str) -> str:
    if not inputs["reach_m"]:
        return ""
    outline = in_language((" with its outline", "（含场址范围）"), language) if inputs["reach_m"] > inputs["accuracy_m"] else ""
    return f"{inputs['reach_m']:,.0f} m{outline}" if language != "zh" else f"{inputs['reach_m']:,.0f} 米{outline}"


def _fed(one: Mapping[str, Any], language: str) -> str:
    parts = [localized(one, "label", language)]
    if one["origin"]:
        parts.append(in_language(ORIGINS[one["origin"]], language))
    for share, labels in (("equity_pct", ("own", "权益")), ("contract_pct", ("contracted", "长期合同"))):
        if one[share] is not None:
            parts.append(in_language((f"{labels[0]} {one[share]:g} %", f"{labels[1]} {one[share]:g}%"), language))
    return in_language((", ", "，"), language).join(parts)


def _term(vocabulary_name: str, code: str, language: str) -> str:
    terms = vocabulary(vocabulary_name)
    return in_language((terms[code].label_en, terms[code].label_zh), language) if code in terms else code


def size(code: str | None, language: str) -> str:
    """Return the label of a size class."""
    return "" if code is None else _term("size-class", code, language)


def _record(collection: str, row: Mapping[str, Any], language: str) -> "Linked":
    """Return the name of a record as a link to it."""
    return Linked(name(row, language), f"/api/collections/{collection}/items/{row['id']}?f=html")


def _label(labels: Mapping[Any, tuple[str, str]], code: str | None, language: str) -> str:
    """Return the label of a code, or the code if it has none."""
    return in_language(labels[code], language) if code in labels else str(code)


def _declared(code: str) -> tuple[str, str]:
    return DECLARED[code].title_en, DECLARED[code].title_zh


def _finding(one: Mapping[str, Any], on: str, language: str) -> list[Any]:
    citation = in_language((f"{one['instrument_en']}: {one['citation']}", one["citation"]), language)
    note = (
        in_language((f" Note: {one['note_en']}", f"（注：{one['note_zh'] or one['note_en']}）"), language)
        if one["note_en"]
        else ""
    )
    return [
        Linked(one["id"], f"/layout/rules?on={on}#{one['id']}"),
        localized(one, "clause", language) + note,
        in_language(RESULTS[one["result"]], language),
        localized(one, "reason", language),
        in_language(LABELS[one["standing"]], language),
        citation,
    ]


_OF_RULES = ("rule", "clause", "result", "reason", "standing", "citation")


def _rules(report: Mapping[str, Any], language: str) -> Table:
    on = report["rules_on"]
    return "findings", _OF_RULES, [_finding(one, on, language) for one in report["findings"] if one["counts"]]


def _others(report: Mapping[str, Any], language: str) -> Table:
    on = report["rules_on"]
    rows = [_finding(one, on, language) for one in report["findings"] if one["standing"] and not one["counts"]]
    return "others", _OF_RULES, rows


def _measures(report: Mapping[str, Any], language: str) -> Table:
    measured = [one for one in report["findings"] if one["kind"] == "measure"]
    return (
        "measures",
        ("text", "figure", "unit", "source"),
        [
            [localized(one, "text", language), _rounded(one["figure"]), _label(UNITS, one["unit"], language)]
            + [", ".join(one.get("sources", ()))]
            for one in measured
        ],
    )


def _rounded(figure: float | None) -> float | None:
    """Return a figure rounded for display; the report as data has full precision."""
    return None if figure is None else round(figure, 2)


def _amount(tpa: float | None, language: str) -> float | None:
    """Return a table cell of tonnes a year, in Chinese in units of 万吨, as in the column title."""
    return tpa if tpa is None or language != "zh" else round(tpa / amounts.MYRIAD, 4)


def _radii(report: Mapping[str, Any], language: str) -> Table:
    rows = []
    for radius in report["neighbours"]["radii"]:
        for group, label in GROUPS.items():
            found = radius["groups"][group]
            if found["possible"]:
                figures = [found[one] for one in ("certain", "placed", "possible")]
                figures += [_amount(found["placed_tpa"], language), found["without_figure"]]
                rows.append([radius["km"], in_language(label, language), *figures])
    return "radii", ("km", "status", "certain", "placed", "possible", "tpa", "without"), rows


def _rest(report: Mapping[str, Any], language: str) -> Iterator[Table]:
    fed, comma = report["feedstock"], ", "
    sites = report["neighbours"]["sites"]
    rows = [
        [_record("projects", one, language), one["distance_km"], one["accuracy_m"]]
        + [groups(one["groups"], language), _note(one, language)]
        + [comma.join(one["sources"])]
        for one in sites
    ]
    yield "sites", ("name", "distance", "accuracy", "capacity", "note", "source"), rows
    rows = [
        [
            localized(one, "name", language),
            _label(ZONE_KINDS, one["zone_kind"], language),
            in_language(STATES[one["state"]], language),
            one["edge_km"],
            one["accuracy_m"],
        ]
        + [comma.join(one["sources"])]
        for one in report["zones"]["found"]
    ]
    yield "zones", ("name", "kind", "result", "edge", "accuracy", "source"), rows
    rows = [
        [localized(one, "label", language), "–".join(dict.fromkeys(f"{t:g}" for t in one["t_per_t"]))]
        + [amounts.format_range(one["tpa"][0], one["tpa"][1], language), localized(one, "source", language)]
        for one in fed["needs"]
    ]
    yield "feedstock", ("name", "per_t", "need", "basis"), rows
    rows = [[localized(one, "label", language), one["deposits"], *_sums(one, language)] for one in fed["classes"]]
    yield "classes", ("class", "deposits", "ore", "contained"), rows
    rows = [
        [
            _record(ORE_KINDS[one["kind"]][0], one, language),
            in_language(ORE_KINDS[one["kind"]][1], language),
            one["distance_km"],
        ]
        + [size(one["size_class"], language), comma.join(one["sources"])]
        for one in fed["places"]
    ]
    yield "places", ("name", "kind", "distance", "size", "source"), rows
    yield "concentration", ("measure", "before", "after", "change", "note"), _spread(report["concentration"], language)
    rows = [
        [beta["beta"], _record("projects", one, language)]
        + [_rounded(one[name]) for name in ("before_pct", "after_pct", "taken_pct")]
        for beta in report["catchment"]["betas"]
        for one in beta["taken"]
    ]
    yield "catchment", ("beta", "name", "before", "after", "taken"), rows
    rows = [
        [_record("projects", one, language), one["score"], one["distance_km"]]
        + [in_language(("; ", "；"), language).join(one[f"reasons_{language}"])]
        for one in report["same_as"]
    ]
    yield "same_as", ("name", "score", "distance", "reason"), rows
    yield "uncertainty", ("note",), [[localized(one, "text", language)] for one in report["uncertainty"]]
    rows = [
        [one["name"], localized(one, "title", language), one["licence_name"], one["citation"], one["as_of"]]
        for one in report["sources"]
    ]
    yield "sources", ("code", "title", "licence", "citation", "as_of"), rows


def _sums(one: Mapping[str, Any], language: str) -> list[Any]:
    """Return the ore and the metal of a class, or a note for classes that are never added up."""
    if one["ore_t"] is None and one["contained_t"] is None:
        return [in_language(("not added", "不加总"), language)] * 2
    return [one["ore_t"], one["contained_t"]]


def _note(site: Mapping[str, Any], language: str) -> str:
    notes = []
    if site["uncertain_radii_km"]:
        notes.append(in_language(("depends on position accuracy", "取决于位置精度"), language))
    if site["likely_same_as"]:
        notes.append(in_language(("likely a double record", "疑为重复记录"), language))
    return in_language(("; ", "；"), language).join(notes)


def _spread(spread: Mapping[str, Any] | None, language: str) -> list[list[Any]]:
    if spread is None:
        return []
    measured = {**spread, **spread["pipeline_pct"]}
    return [
        [
            in_language(MEASURES[one], language),
            *(_rounded(measured[one][when]) for when in ("before", "after", "change")),
            in_language(MEANINGS[one], language),
        ]
        for one in MEASURES
        if one in measured and "after" in (measured[one] or {})
    ]
