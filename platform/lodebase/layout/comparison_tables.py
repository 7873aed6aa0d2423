"""Tables and summary of a comparison of two reports in both languages, for the page and the command."""

from collections.abc import Iterator, Mapping
from typing import Any

from lodebase.layout.findings import RESULTS
from lodebase.layout.report_tables import STATES, groups, in_language, localized, name, size
from lodedata.rules.standing import LABELS

Part = Mapping[str, list[dict[str, Any]]]
Row = tuple[str, str, str, str]
TITLES: Mapping[str, tuple[str, str]] = {
    "basis": ("What the two reports rest on", "两份报告的依据"),
    "inputs": ("What was asked otherwise", "申报内容的变化"),
    "results": ("Counted rules by result", "计入条款的结果"),
    "findings": ("Findings of rules", "条款对照的变化"),
    "measures": ("Measures", "测算结果的变化"),
    "neighbours": ("Sites of the same product", "同类产品项目的变化"),
    "zones": ("Zones", "区域的变化"),
    "ore": ("Places of ore in reach", "可及矿点的变化"),
}
COLUMNS = (("What", "项"), ("Change", "变化"), ("Before", "先前"), ("After", "其后"))
CHANGES: Mapping[str, tuple[str, str]] = {
    "added": ("new", "新增"),
    "removed": ("gone", "减少"),
    "changed": ("changed", "变更"),
    "unchanged": ("unchanged", "未变"),
}
BASIS: Mapping[str, tuple[str, str]] = {
    "data_version": ("Version of the data", "数据版本"),
    "rules_on": ("Date of the rules", "条款日期"),
    "rules_sha256": ("Rules files (SHA-256)", "条款文件（SHA-256）"),
    "checksum": ("Report (SHA-256)", "报告（SHA-256）"),
}
SAME = ("Nothing has changed: the two reports are the same.", "没有变化：两份报告完全相同。")
CUT = (
    "A report lists the nearest sites and places of ore alone; what lies beyond those is not compared.",
    "报告只列出最近的项目与矿点，更远者未作比较。",
)
HEX = 64


def tables(found: Mapping[str, Any], language: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield the parts of a comparison with their rows: item, change, before, after. Parts without changes are left out, except
    the basis and the results.
    """
    for part in ("basis", "results"):
        names = BASIS if part == "basis" else RESULTS
        rows = [
            (in_language(names[one["name"]], language), _changed(one, language), _short(one["before"]), _short(one["after"]))
            for one in found[part]
        ]
        yield part, rows
    inputs = [(one["name"], _changed(one, language), _short(one["before"]), _short(one["after"])) for one in found["inputs"]]
    if inputs:
        yield "inputs", inputs
    for part, shown in _SHOWN.items():
        rows = list(_rows(found[part], shown, language, part))
        if rows:
            yield part, rows


def summary(found: Mapping[str, Any], language: str) -> str:
    """Return a summary of the changes in one sentence."""
    if found["same"]:
        return in_language(SAME, language)
    counts = {part: {change: len(rows) for change, rows in found[part].items()} for part in ("neighbours", "findings")}
    sites, rules = counts["neighbours"], counts["findings"]
    return in_language(
        (
            f"Sites of the same product: {sites['added']} new, {sites['removed']} gone, {sites['changed']} changed. "
            f"Rules: {rules['added']} new, {rules['removed']} gone, {rules['changed']} with another result or standing.",
            f"同类产品项目：新增 {sites['added']} 个、减少 {sites['removed']} 个、变更 {sites['changed']} 个；"
            f"条款：新增 {rules['added']} 条、减少 {rules['removed']} 条、结果或效力变化 {rules['changed']} 条。",
        ),
        language,
    )


def _changed(one: Mapping[str, Any], language: str) -> str:
    return in_language(CHANGES["changed" if one["changed"] else "unchanged"], language)


def _short(value: Any) -> str:
    if isinstance(value, str) and len(value) == HEX:
        return value[:16] + "…"
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return "" if value is None else str(value)


def _rows(part: Part, shown: Any, language: str, name_of: str) -> Iterator[Row]:
    for change in ("added", "removed", "changed"):
        for one in part[change]:
            before = one["before"] if change == "changed" else None if change == "added" else one
            after = one["after"] if change == "changed" else None if change == "removed" else one
            title = _title(after or before or one, name_of, language)
            old, new = ("" if each is None else str(shown(each, language)) for each in (before, after))
            yield title, in_language(CHANGES[change], language), old, new


def _title(one: Mapping[str, Any], part: str, language: str) -> str:
    if part == "findings":
        return f"{one['id']}: {localized(one, 'clause', language)}"
    return str(one["id"]) if part == "measures" else name(one, language)


def _finding(one: Mapping[str, Any], language: str) -> str:
    result, standing = in_language(RESULTS[one["result"]], language), in_language(LABELS[one["standing"]], language)
    return in_language((f"{result} ({standing})", f"{result}（{standing}）"), language)


def _measure(one: Mapping[str, Any], language: str) -> str:
    return localized(one, "text", language)


def _site(one: Mapping[str, Any], language: str) -> str:
    return _km(one["distance_km"], language) + in_language(("; ", "；"), language) + groups(one["groups"], language)


def _zone(one: Mapping[str, Any], language: str) -> str:
    return in_language(STATES[one["state"]], language) + in_language((", ", "，"), language) + _km(one["edge_km"], language)


def _ore(one: Mapping[str, Any], language: str) -> str:
    known = in_language((", ", "，"), language) + size(one["size_class"], language) if one["size_class"] else ""
    return _km(one["distance_km"], language) + known


def _km(km: float, language: str) -> str:
    return f"{km:,.1f} {in_language(('km', '千米'), language)}"


_SHOWN: Mapping[str, Any] = {"findings": _finding, "measures": _measure, "neighbours": _site, "zones": _zone, "ore": _ore}
