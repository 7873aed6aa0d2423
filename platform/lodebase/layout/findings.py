"""Findings of a report: the result of each rule for the planned plant, then measures without a threshold.

A finding is never an approval or a refusal.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lodebase.layout.candidate import Candidate
from lodebase.layout.duplicates import SAME
from lodebase.layout.feedstock import materials, share
from lodebase.layout.neighbours import live
from lodebase.layout.zones import facts
from lodedata.layout import amounts
from lodedata.rules import Facts, Instrument, InstrumentRule, RuleSet, Standing, evaluate, standing
from lodedata.rules.standing import COUNTS, LABELS
from lodedata.vocab import vocabulary

RESULTS: Mapping[str, tuple[str, str]] = {
    "met": ("met", "符合"),
    "not_met": ("not met", "不符合"),
    "not_enough_data": ("not enough data", "数据不足"),
    "not_applicable": ("not applicable", "不适用"),
}
DISCLAIMER = (
    "This report lists findings with their sources. It is neither an approval nor a refusal, and no rule here replaces its "
    "original text.",
    "本报告列出对照结果及其出处，既非批准，也非否决；所述条款不能代替文件原文。",
)


SMALL_PCT = 0.1
Records = Sequence[Mapping[str, Any]]
BRACKETS = (" ({})", "（{}）")


def findings(candidate: Candidate, rules: RuleSet, parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all findings: first rules that count, then other rules, then measures."""
    judged = list(_of_rules(candidate, rules, parts))
    judged.sort(key=lambda one: (not one["counts"], list(LABELS).index(one["standing"])))
    return [*judged, *_of_measures(candidate, parts)]


def _of_rules(candidate: Candidate, rules: RuleSet, parts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    known = facts_of(candidate, parts["zones"])
    for instrument, rule, worth in rules_of(candidate, rules):
        found = evaluate(rule, instrument.country, known)
        yield {
            "id": rule.id,
            "kind": rule.condition.kind,
            "text_en": f"{rule.text_en} {_capital(RESULTS[found.result][0])}: {found.reason_en}.",
            "text_zh": f"{rule.text_zh}{RESULTS[found.result][1]}：{found.reason_zh}。",
            "clause_en": rule.text_en,
            "clause_zh": rule.text_zh,
            "citation": instrument.citation,
            "instrument_en": instrument.title_en,
            "instrument_zh": instrument.title_zh,
            "read_in": rule.read_in,
            "note_en": rule.note_en,
            "note_zh": rule.note_zh,
            "standing": worth,
            "counts": worth in COUNTS,
            "result": found.result,
            "reason_en": found.reason_en,
            "reason_zh": found.reason_zh,
            "figure": None if found.figure is None else round(found.figure, 4),
            "threshold": found.threshold,
            "unit": found.unit,
            "records": [],
        }


def rules_of(candidate: Candidate, rules: RuleSet) -> Iterator[tuple[Instrument, InstrumentRule, Standing]]:
    """Yield the rules about a product, each with its standing on the requested day."""
    for instrument in rules.instruments:
        for rule in instrument.rules:
            if candidate.product in rule.products:
                yield instrument, rule, standing(instrument, rule, candidate.on)


def facts_of(candidate: Candidate, where: Mapping[str, Any]) -> Facts:
    """Return the facts that rules are evaluated against; ``where`` is the position of the site relative to zones."""
    return Facts(
        candidate.product,
        candidate.capacity_tpa,
        candidate.project_type,
        where["country"],
        where["division"],
        materials(candidate),
        share(candidate, "equity_pct"),
        share(candidate, "contract_pct"),
        dict(candidate.declared),
        facts(where),
    )


def _of_measures(candidate: Candidate, parts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (_around(radius, parts["neighbours"]["sites"]) for radius in parts["neighbours"]["radii"])
    yield from _doubles(parts)
    spread = parts["concentration"]
    if spread is not None:
        yield from _spread(spread)
    if parts["catchment"]["betas"]:
        yield _drawn(parts["catchment"], parts["feedstock"]["places"])
    if parts["feedstock"]["balance"] is not None:
        yield _fed(parts["feedstock"])


def _around(radius: Mapping[str, Any], sites: list[dict[str, Any]]) -> dict[str, Any]:
    every, km = radius["all"], radius["km"]
    tpa = {name: live(radius["groups"], f"{name}_tpa") for name in ("certain", "placed", "possible")}
    low, high = every["certain"], every["possible"]
    count, counted = (f"{every['placed']}" + ("" if low == high else form.format(f"{low}–{high}")) for form in BRACKETS)
    counted += " " if low == high else ""
    here = [
        amounts.format_amount(tpa["placed"], lang)
        + (
            ""
            if tpa["certain"] == tpa["possible"]
            else form.format(amounts.format_range(tpa["certain"], tpa["possible"], lang))
        )
        for lang, form in zip(("en", "zh"), BRACKETS, strict=True)
    ]
    return _measure(
        f"neighbours-{km:g}-km",
        f"Records of the same product within {km:g} km: {count}; operating, being built or planned: {here[0]}.",
        f"{km:g} 千米范围内有同类产品项目记录 {counted}条，在产、在建及规划产能合计 {here[1]}。",
        every["placed"],
        "records",
        [one for one in sites if one["distance_km"] <= km],
    )


def _doubles(parts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    likely = [one for one in parts["same_as"] if one["score"] >= SAME]
    if likely:
        yield _measure(
            "duplicate-record",
            f"The planned plant may be in the store already. Likely records: {len(likely)}, first {_name(likely[0], 'en')}.",
            f"拟建项目可能已在库中：疑似为同一项目的记录 {len(likely)} 条，最可能为“{_name(likely[0], 'zh')}”。",
            len(likely),
            "records",
            likely,
        )
    others = [
        one for one in parts["neighbours"]["sites"] if one["distance_km"] <= 50 and one["id"] not in {o["id"] for o in likely}
    ]
    coming = [one for one in others if any(name in one["groups"] for name in ("construction", "permitted", "announced"))]
    yield _measure(
        "duplicate-construction",
        f"Other records of the same product within 50 km that are being built or planned: {len(coming)}.",
        f"50 千米范围内另有同类产品在建或规划项目记录 {len(coming)} 条。",
        len(coming),
        "records",
        coming,
    )


def _spread(spread: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    terms = vocabulary("division")
    term = terms.terms.get(spread["division"])
    place = ("the province", "该省") if term is None else (term.label_en, term.label_zh)
    share, index = spread["share_pct"], spread["hhi_divisions"]
    if share["after"] is not None:
        yield _measure(
            "province-share",
            f"Share of {place[0]} in the nation's known capacity: {_percent(share['before'])} %, with the plant "
            f"{_percent(share['after'])} %.",
            f"{place[1]}占全国已知产能（在产、在建及规划）的比例为 {_percent(share['before'])}%，计入拟建项目后为 "
            f"{_percent(share['after'])}%。",
            share["after"],
            "%",
            [],
            spread["sources"],
        )
    if index["after"] is not None:
        yield _measure(
            "hhi-divisions",
            f"The Herfindahl-Hirschman index over provinces goes from {_percent(index['before'])} to "
            f"{_percent(index['after'])}. It shows how few provinces hold the capacity, not if plants are duplicated.",
            f"按省计算的赫芬达尔—赫希曼指数（产能集中度）为 {_percent(index['before'])}，计入拟建项目后为 "
            f"{_percent(index['after'])}。"
            "该指数反映产能集中于少数省份的程度，不反映是否重复建设。",
            index["after"],
            None,
            [],
            spread["sources"],
        )
    for name, (en, zh) in {"nation": ("the nation", "全国"), "province": place}.items():
        coming = spread["pipeline_pct"].get(name)
        if coming is not None and coming["after"] is not None:
            yield _measure(
                f"pipeline-{name}",
                f"Being built or planned over operating in {en}: {_percent(coming['before'])} %, with the plant "
                f"{_percent(coming['after'])} %.",
                f"{zh}在建及规划产能相当于在产产能的 {_percent(coming['before'])}%，计入拟建项目后为 "
                f"{_percent(coming['after'])}%。",
                coming["after"],
                "%",
                [],
                spread["sources"],
            )


def _drawn(drawn: Mapping[str, Any], places: Records) -> dict[str, Any]:
    shares = [one["share_pct"] for one in drawn["betas"]]
    return _measure(
        "catchment",
        f"By Huff's model (beta 1 to 3) the plant would draw {_drawn_share(min(shares), max(shares))} of the "
        f"{drawn['demands']} places of ore in reach, each counted once.",
        f"按 Huff 模型（β 取 1 至 3），可及范围内 {drawn['demands']} 处矿床、矿山（每处计一次）中归拟建项目的份额为 "
        f"{_drawn_share(min(shares), max(shares))}。",
        shares[len(shares) // 2],
        "%",
        places,
    )


def _fed(fed: Mapping[str, Any]) -> dict[str, Any]:
    balance, km = fed["balance"], fed["within_km"]
    (low, high), capacity, ratio = balance["feeds_tpa"], balance["capacity_after_tpa"], balance["ratio_after"]
    mines, without = balance["mines"] - balance["mines_without_figure"], balance["mines_without_figure"]
    could = ("no mine there has a figure that tells how much it could feed", "范围内没有可折算产量的矿山")
    if ratio is not None:
        times = f"{ratio[0]:.1f}" if ratio[0] == ratio[1] else f"{ratio[0]:.1f}–{ratio[1]:.1f}"
        could = (
            f"the mines with a figure ({mines}) could feed {amounts.format_range(low, high, 'en')} of the product, "
            f"capacity is {times} "
            "times that",
            f"有产量数据的 {mines} 处矿山按单耗折算可供 {amounts.format_range(low, high, 'zh')}，产能为其 {times} 倍",
        )
    others = (f"Mines without such a figure: {without}. ", f"；另有无法折算的矿山 {without} 处") if without else ("", "")
    return _measure(
        "capacity-over-feedstock",
        f"Within {km:g} km all plants and the planned one have {amounts.format_en(capacity)}; {could[0]}. "
        f"{others[0]}Imported ore is not counted.",
        f"{km:g} 千米范围内在产、在建、规划及拟建产能合计 {amounts.format_zh(capacity)}；{could[1]}{others[1]}。未计进口矿。",
        None if ratio is None else ratio[0],
        None,
        [one for one in fed["places"] if one["kind"] == "mine"],
    )


def _measure(
    name: str, en: str, zh: str, figure: float | None, unit: str | None, records: Records, sources: Iterable[str] | None = None
) -> dict[str, Any]:
    """Return a measure with the records that it is based on; ``sources`` defaults to the sources of these records."""
    return {
        "id": name,
        "kind": "measure",
        "text_en": en,
        "text_zh": zh,
        "citation": None,
        "standing": None,
        "counts": False,
        "result": "not_applicable",
        "reason_en": "measured; no instrument gives a threshold",
        "reason_zh": "仅为测算结果，没有文件规定其指标",
        "figure": figure,
        "threshold": None,
        "unit": unit,
        "records": [one["id"] for one in records],
        "sources": sorted(set(sources or ()) | {name for one in records for name in one["sources"]}),
    }


def _drawn_share(low: float, high: float) -> str:
    least = f"{low:.1f}%" if low >= SMALL_PCT else f"<{SMALL_PCT}%"
    most = f"{high:.1f}%" if high >= SMALL_PCT else f"<{SMALL_PCT}%"
    return least if least == most else f"{least}–{most}"


def _percent(value: float | None) -> str:
    return "?" if value is None else f"{value:,.1f}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _name(site: Mapping[str, Any], lang: str) -> str:
    names = (site["name_zh"], site["name_en"]) if lang == "zh" else (site["name_en"], site["name_zh"])
    return names[0] or names[1] or str(site["id"])
