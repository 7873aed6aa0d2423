"""Uncertainties of a report as sentences: positions, statuses, missing figures, and what could change a finding."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lodebase.layout.candidate import Candidate

OLD_YEARS = 2
"""Years without news after which Global Energy Monitor's trackers count a project as shelved."""


def uncertainty(candidate: Candidate, parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each uncertainty with its count and a sentence in both languages."""
    return [
        {"id": name, "count": count, "text_en": en, "text_zh": zh} for name, count, en, zh in _all(candidate, parts) if count
    ]


def _all(candidate: Candidate, parts: Mapping[str, Any]) -> Iterator[tuple[str, int, str, str]]:
    sites = parts["neighbours"]["sites"]
    yield from _of_sites(sites, candidate)
    spread = parts["concentration"]
    province = spread["province"] if spread else None
    if province and province["sites"]:
        missing, count = province["without_figure"], province["sites"]
        yield (
            "missing-capacity",
            missing,
            f"{missing} of {count} entries of the product in the province have no capacity; shares are of what is known.",
            f"本省同类产品的 {count} 条记录中有 {missing} 条没有产能数据，各项比例仅按已知产能计算。",
        )
    if spread:
        nowhere = spread["without_division"]
        yield (
            "without-province",
            nowhere,
            f"{nowhere} entries of the product in the nation name no province; they count for the nation and for no province.",
            f"全国同类产品记录中有 {nowhere} 条未注明省份，只计入全国，不计入任何省份。",
        )
        yield (
            "not-merged",
            1,
            "Records of one plant that are not known to be one count each in the sums and shares of province and nation.",
            "同一工厂在不同来源中的记录如尚未识别为同一对象，在省级与全国的合计和比例中会分别计入。",
        )
    if not parts["zones"]["kinds"]:
        yield (
            "no-boundaries",
            1,
            "No boundaries are in the store (`lode import natural-earth`), so place and zones follow from what was declared.",
            "库中没有行政边界（可运行 `lode import natural-earth`），位置与区域仅按申报内容判断。",
        )
    for kind, position in parts["zones"]["to_kinds"].items():
        if position["by"] == "division":
            yield (
                f"zones-by-division-{kind}",
                1,
                "The key air-pollution regions are told by province here, as the store has no boundary of the prefecture "
                f"(`lode import echarts-prefectures`). {_capital(position['basis_en'])}.",
                "库中没有项目所在地级市的边界（可运行 `lode import echarts-prefectures`），大气污染防治重点区域暂按省级判断："
                f"{position['basis_zh'] or '省份未知'}。",
            )
        elif position["by"] == "city":
            yield (
                f"zones-by-city-{kind}",
                1,
                f"The key air-pollution regions are told by prefecture: {position['basis_en']}. Its boundary is generalised.",
                f"大气污染防治重点区域按地级市判断：{position['basis_zh']}；所用地级市边界为概化边界。",
            )
    lacking = [one for one in parts["findings"] if one["counts"] and one["result"] == "not_enough_data"]
    yield (
        "undecided-rules",
        len(lacking),
        f"Findings of rules that count and lack data: {len(lacking)} ({'; '.join(one['reason_en'] for one in lacking)}).",
        f"计入的条款中有 {len(lacking)} 项因数据不足未能判断：{'；'.join(one['reason_zh'] for one in lacking)}。",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] or "The province is not known"


def _of_sites(sites: list[dict[str, Any]], candidate: Candidate) -> Iterator[tuple[str, int, str, str]]:
    unknown = sum(one["accuracy_m"] is None for one in sites)
    yield (
        "accuracy-unknown",
        unknown,
        f"The position of {unknown} listed sites has no stated accuracy; they are never counted as certain.",
        f"所列项目中，{unknown} 个项目未注明位置精度，一律不计为“确定在内”。",
    )
    hanging = sum(bool(one["uncertain_radii_km"]) for one in sites)
    yield (
        "depends-on-accuracy",
        hanging,
        f"Whether {hanging} listed sites lie inside a radius hangs on the accuracy of their position; figures are ranges.",
        f"所列项目中，{hanging} 个项目是否位于某一半径内取决于位置精度，有关数字以范围给出。",
    )
    old = sum(_old(one, candidate.on) for one in sites)
    yield (
        "status-old",
        old,
        f"The status of {old} listed sites is older than {OLD_YEARS} years or not dated.",
        f"所列项目中，{old} 个项目的状态信息超过 {OLD_YEARS} 年未更新或未注明日期。",
    )
    inferred = sum(any(phase["status_inferred"] for phase in one["phases"]) for one in sites)
    yield (
        "status-inferred",
        inferred,
        f"The status of {inferred} listed sites is inferred and was not reported.",
        f"所列项目中，{inferred} 个项目的状态系推断得出，并非来源所报。",
    )
    doubles = sum(bool(one["likely_same_as"]) for one in sites)
    yield (
        "likely-duplicates",
        doubles,
        f"{doubles} listed records are likely the same plant as another one from another source; each is counted.",
        f"所列记录中有 {doubles} 条疑与其他来源的记录为同一工厂，此处分别计入。",
    )


def _old(site: Mapping[str, Any], on: date) -> bool:
    dates = [phase["status_date"] for phase in site["phases"] if phase["status_date"]]
    return not dates or max(dates) < f"{on.year - OLD_YEARS:04}{on.isoformat()[4:]}"
