"""Evaluation of one rule for one planned plant: met, not met, not enough data or not applicable, with figure and reason.

A result is neither an approval nor a refusal. Whether the rule is in force is not considered here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lodedata.layout import amounts
from lodedata.layout.feedstock import MATERIALS, is_kind_of
from lodedata.rules import model
from lodedata.rules.quantities import DECLARED

Result = Literal["met", "not_met", "not_enough_data", "not_applicable"]
Inside = Literal["inside", "possible", "outside", "unknown"]


@dataclass(frozen=True, slots=True)
class ZoneFact:
    """The location of a site relative to zones of a kind: inside, possibly inside, outside or unknown; the nearest edge."""

    state: Inside
    name_en: str = ""
    name_zh: str = ""
    distance_m: float | None = None
    """Distance from the site to the nearest edge, 0 inside."""
    accuracy_m: float | None = None
    """Combined uncertainty of site and edge."""
    basis_en: str = ""
    """Basis of the state if the zones have no polygons."""
    basis_zh: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a planned plant for the evaluation of rules; None and empty values are unknown."""

    product: str
    capacity_tpa: float
    project_type: str = "new"
    country: str | None = None
    division: str | None = None
    feedstock: tuple[str, ...] = ()
    equity_pct: float | None = None
    contract_pct: float | None = None
    declared: Mapping[str, float] = field(default_factory=dict)
    zones: Mapping[str, ZoneFact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The result of a rule with the measured figure, its threshold, and the reason in both languages."""

    result: Result
    reason_en: str
    reason_zh: str
    figure: float | None = None
    threshold: float | None = None
    unit: str | None = None


def evaluate(rule: model.InstrumentRule, country: str, facts: Facts) -> RuleResult:
    """Return the result of a rule of a country's instrument for a plant."""
    inapplicable = _not_applicable(rule, country, facts)
    if inapplicable is not None:
        return inapplicable
    return _EVALUATORS[type(rule.condition)](rule.condition, facts)


def _not_applicable(rule: model.InstrumentRule, country: str, facts: Facts) -> RuleResult | None:
    if facts.product not in rule.products:
        return _inapplicable("the clause is about other products", "该条款针对其他产品")
    if facts.country is not None and facts.country != country:
        return _inapplicable("the site lies in another country", "项目位于其他国家")
    if rule.divisions and facts.division is not None and facts.division not in rule.divisions:
        return _inapplicable("the clause holds in another province", "该条款适用于其他省份")
    if rule.project_types and facts.project_type not in rule.project_types:
        return _inapplicable("the clause is about another kind of project", "该条款针对其他建设性质的项目")
    if (facts.country is None) or (rule.divisions and facts.division is None):
        return _lacking("it is not known in which country or province the site lies", "无法确定项目所在国家或省份")
    if rule.feedstock and not facts.feedstock:
        return _lacking("the feedstock is not declared", "未申报原料种类")
    if rule.feedstock and not _uses(facts.feedstock, rule.feedstock):
        return _inapplicable("the clause is about plants of other feedstock", "该条款针对使用其他原料的项目")
    return None


def _uses(feedstock: tuple[str, ...], materials: tuple[str, ...]) -> bool:
    return any(is_kind_of(used, material) for used in feedstock for material in materials)


def _inapplicable(en: str, zh: str) -> RuleResult:
    return RuleResult("not_applicable", en, zh)


def _lacking(en: str, zh: str, threshold: float | None = None, unit: str | None = None) -> RuleResult:
    return RuleResult("not_enough_data", en, zh, None, threshold, unit)


def _zone_ban(condition: model.ZoneBan, facts: Facts) -> RuleResult:
    zone = facts.zones.get(condition.zone_kind, ZoneFact("unknown"))
    name_zh = zone.name_zh or zone.name_en
    if zone.state == "unknown":
        return _lacking(
            "neither polygons nor a list of such zones are in the store for the day", "库中没有当日此类区域的边界或名单"
        )
    by_en, by_zh = (f" ({zone.basis_en})" if zone.basis_en else "", f"（{zone.basis_zh}）" if zone.basis_zh else "")
    km = None if zone.distance_m is None else zone.distance_m / 1000
    if zone.state == "inside":
        return RuleResult("not_met", f"the site lies in {zone.name_en}{by_en}", f"项目位于{name_zh}{by_zh}", km, None, "km")
    if zone.state == "possible":
        return _lacking(
            f"as accurately as site and boundary are known the site may or may not lie in {zone.name_en}{by_en}",
            f"按现有位置与边界精度，无法确定项目是否位于{name_zh}{by_zh}",
        )
    return RuleResult("met", f"the site lies in none of these zones{by_en}", f"项目不在此类区域内{by_zh}", km, None, "km")


def _minimum_scale(condition: model.MinimumScale, facts: Facts) -> RuleResult:
    met = facts.capacity_tpa >= condition.capacity_tpa
    return RuleResult(
        "met" if met else "not_met",
        f"the capacity is {amounts.format_en(facts.capacity_tpa)}, the least is {amounts.format_en(condition.capacity_tpa)}",
        f"产能为 {amounts.format_zh(facts.capacity_tpa)}，下限为 {amounts.format_zh(condition.capacity_tpa)}",
        facts.capacity_tpa,
        condition.capacity_tpa,
        "t/a",
    )


def _feedstock_share(condition: model.FeedstockShare, facts: Facts) -> RuleResult:
    equity, contract = facts.equity_pct, facts.contract_pct
    if condition.share_pct is None:
        return _lacking("the clause names no figure to hold the declared share against", "条款未给出可供比较的具体比例")
    figure = equity
    if equity is not None and condition.counts == "equity-and-contract":
        figure = equity + (contract or 0.0)
    if figure is None:
        return _lacking("the share of own feedstock is not declared", "未申报权益原料比例", condition.share_pct, "%")
    met = figure >= condition.share_pct
    own = (
        ("own feedstock", "权益原料")
        if condition.counts == "equity"
        else ("own and contracted feedstock", "权益与长期合同原料")
    )
    return RuleResult(
        "met" if met else "not_met",
        f"the declared share of {own[0]} is {figure:g} %, the least is {condition.share_pct:g} %",
        f"申报的{own[1]}比例为 {figure:g}%，下限为 {condition.share_pct:g}%",
        figure,
        condition.share_pct,
        "%",
    )


def _feedstock_ban(condition: model.FeedstockBan, facts: Facts) -> RuleResult:
    if not facts.feedstock:
        return _lacking("the feedstock is not declared", "未申报原料种类")
    banned = [used for used in facts.feedstock if any(is_kind_of(used, one) for one in condition.materials)]
    if banned:
        material = MATERIALS[banned[0]]
        return RuleResult("not_met", f"{material.label_en.lower()} is declared", f"申报的原料含{material.label_zh}")
    wider = [used for used in facts.feedstock if any(is_kind_of(one, used) for one in condition.materials)]
    if wider:
        material = MATERIALS[wider[0]]
        return _lacking(f"{material.label_en.lower()} is declared without its kind", f"申报了{material.label_zh}但未说明类型")
    return RuleResult("met", "none of the declared feedstock is of that kind", "申报的原料不含此类")


def _limit(condition: model.Limit, facts: Facts) -> RuleResult:
    about = DECLARED[condition.quantity]
    figure = facts.declared.get(condition.quantity)
    bound, holds, comparison_en, comparison_zh = _bound(condition)
    if figure is None:
        return _lacking(f"not declared: {about.title_en.lower()}", f"未申报：{about.title_zh}", bound, about.unit)
    return RuleResult(
        "met" if holds(figure) else "not_met",
        f"{about.title_en.lower()} is {figure:g} {about.unit}, it has to be {comparison_en} {bound:g} {about.unit}",
        f"{about.title_zh}为 {figure:g} {about.unit}，要求{comparison_zh} {bound:g} {about.unit}",
        figure,
        bound,
        about.unit,
    )


def _bound(condition: model.Limit) -> tuple[float, Callable[[float], bool], str, str]:
    if condition.at_least is not None:
        least = condition.at_least
        return least, lambda figure: figure >= least, "at least", "不低于"
    if condition.at_most is not None:
        most = condition.at_most
        return most, lambda figure: figure <= most, "at most", "不高于"
    if condition.above is not None:
        above = condition.above
        return above, lambda figure: figure > above, "above", "高于"
    assert condition.below is not None
    below = condition.below
    return below, lambda figure: figure < below, "below", "低于"


def _distance(condition: model.Distance, facts: Facts) -> RuleResult:
    zone = facts.zones.get(condition.zone_kind, ZoneFact("unknown"))
    least = condition.at_least_km
    if zone.state == "unknown" or zone.distance_m is None:
        return _lacking("no polygons of such zones are in the store", "库中没有此类区域的边界", least, "km")
    km, doubt = zone.distance_m / 1000, (zone.accuracy_m or 0.0) / 1000
    if abs(km - least) < doubt:
        return _lacking(
            f"{zone.name_en} is {km:.2f} km away, give or take {doubt:.2f} km; the least is {least:g} km",
            f"距{zone.name_zh or zone.name_en} {km:.2f} 千米（误差 {doubt:.2f} 千米），下限为 {least:g} 千米",
            least,
            "km",
        )
    return RuleResult(
        "met" if km >= least else "not_met",
        f"{zone.name_en} is {km:.2f} km away, the least is {least:g} km",
        f"距{zone.name_zh or zone.name_en} {km:.2f} 千米，下限为 {least:g} 千米",
        km,
        least,
        "km",
    )


def _general_clause(_condition: model.GeneralClause, _facts: Facts) -> RuleResult:
    return _inapplicable(
        "the clause gives a direction or a list, and no figure to measure", "该条款为原则性或名录性规定，未给出可测量的指标"
    )


_EVALUATORS: Mapping[type[model.RulePart], Callable[[Any, Facts], RuleResult]] = {
    model.ZoneBan: _zone_ban,
    model.MinimumScale: _minimum_scale,
    model.FeedstockShare: _feedstock_share,
    model.FeedstockBan: _feedstock_ban,
    model.Limit: _limit,
    model.Distance: _distance,
    model.GeneralClause: _general_clause,
}
