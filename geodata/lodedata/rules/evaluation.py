"""Evaluation of one rule for one planned plant: met, not met, to be judged, not enough data or not applicable, with the reason.

A result is neither an approval nor a refusal. Whether the rule is in force is not considered here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from lodedata.layout import amounts
from lodedata.layout.feedstock import MATERIALS, is_kind_of
from lodedata.messages import Label, Message, Translatable, msg
from lodedata.rules import model
from lodedata.rules.quantities import PROPERTIES, QUANTITIES

Result = Literal["met", "not_met", "judgement", "not_enough_data", "not_applicable"]
Inside = Literal["inside", "possible", "outside", "unknown"]
NO_FEEDSTOCK = msg("the feedstock is not declared")


@dataclass(frozen=True, slots=True)
class ZoneFact:
    """The location of a site relative to zones of a kind: inside, possibly inside, outside or unknown; the nearest edge."""

    state: Inside
    name: Label = Label("", "")
    distance_m: float | None = None
    """Distance from the site to the nearest edge, 0 inside."""
    accuracy_m: float | None = None
    """Combined uncertainty of site and edge."""
    basis: Translatable | None = None
    """Basis of the state if the zones have no polygons."""


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
    properties: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The result of a rule with its reason, the measured figure and its threshold."""

    result: Result
    reason: Message
    figure: float | None = None
    threshold: float | None = None
    unit: str | None = None


def evaluate(rule: model.InstrumentRule, country: str, facts: Facts) -> RuleResult:
    """Return the result of a rule of a country's instrument for a plant."""
    inapplicable = _find_inapplicability(rule, country, facts)
    if inapplicable is not None:
        return inapplicable
    if rule.force == "context":
        return _build_inapplicable(msg("a definition, or a goal of the whole industry, and no requirement of one plant"))
    rule_result = _EVALUATORS[type(rule.condition)](rule.condition, facts)
    if rule.force == "guiding" and rule_result.result == "not_met":
        reason = msg(
            "the clause is guiding (in principle): %(reason)s; to be judged against the text", reason=rule_result.reason
        )
        return replace(rule_result, result="judgement", reason=reason)
    return rule_result


def _find_inapplicability(rule: model.InstrumentRule, country: str, facts: Facts) -> RuleResult | None:
    if facts.product not in rule.products:
        return _build_inapplicable(msg("the clause applies to other products"))
    if facts.country is not None and facts.country != country:
        return _build_inapplicable(msg("the site is in another country"))
    if rule.divisions and facts.division is not None and facts.division not in rule.divisions:
        return _build_inapplicable(msg("the clause applies to another province"))
    if rule.project_types and facts.project_type not in rule.project_types:
        return _build_inapplicable(msg("the clause applies to another project type"))
    if (facts.country is None) or (rule.divisions and facts.division is None):
        return _report_lacking(msg("the country or province of the site is unknown"))
    if rule.feedstock and not facts.feedstock:
        return _report_lacking(NO_FEEDSTOCK)
    if rule.feedstock and not _uses(facts.feedstock, rule.feedstock):
        return _build_inapplicable(msg("the clause applies to plants with other feedstock"))
    return None


def _uses(feedstock: tuple[str, ...], materials: tuple[str, ...]) -> bool:
    return any(is_kind_of(used, material) for used in feedstock for material in materials)


def _build_inapplicable(reason: Message) -> RuleResult:
    return RuleResult("not_applicable", reason)


def _leave_to_judgement(reason: Message) -> RuleResult:
    return RuleResult("judgement", reason)


def _report_lacking(reason: Message, threshold: float | None = None, unit: str | None = None) -> RuleResult:
    return RuleResult("not_enough_data", reason, None, threshold, unit)


def _evaluate_zone_ban(condition: model.ZoneBan, facts: Facts) -> RuleResult:
    zone = facts.zones.get(condition.zone_kind, ZoneFact("unknown"))
    if zone.state == "unknown":
        return _report_lacking(msg("there are neither boundaries nor a list of such zones for this date"))
    km = None if zone.distance_m is None else zone.distance_m / 1000
    if zone.state == "inside":
        return RuleResult("not_met", _add_basis(msg("the site is in %(zone)s", zone=zone.name), zone), km, None, "km")
    if zone.state == "possible":
        reason = msg("within the accuracy of site and boundary, the site may be in %(zone)s", zone=zone.name)
        return _report_lacking(_add_basis(reason, zone))
    return RuleResult("met", _add_basis(msg("the site is in none of these zones"), zone), km, None, "km")


def _add_basis(reason: Message, zone: ZoneFact) -> Message:
    """Return the reason with the basis of the state of the zone, if it has one."""
    return reason if zone.basis is None else msg("%(reason)s (%(basis)s)", reason=reason, basis=zone.basis)


def _evaluate_minimum_scale(condition: model.MinimumScale, facts: Facts) -> RuleResult:
    met = facts.capacity_tpa >= condition.capacity_tpa
    return RuleResult(
        "met" if met else "not_met",
        msg(
            "the capacity is %(capacity)s, the minimum is %(minimum)s",
            capacity=amounts.wrap_annual_tonnage(facts.capacity_tpa),
            minimum=amounts.wrap_annual_tonnage(condition.capacity_tpa),
        ),
        facts.capacity_tpa,
        condition.capacity_tpa,
        "t/a",
    )


def _evaluate_feedstock_share(condition: model.FeedstockShare, facts: Facts) -> RuleResult:
    equity, contract = facts.equity_pct, facts.contract_pct
    if condition.share_pct is None:
        if equity is None:
            return _leave_to_judgement(msg("the clause gives no figure, and the share of own feedstock is not declared"))
        return _leave_to_judgement(
            msg("the clause gives no figure; the declared share of own feedstock is %(share)s %%", share=f"{equity:g}")
        )
    if equity is None:
        return _report_lacking(msg("the share of own feedstock is not declared"), condition.share_pct, "%")
    values = {"minimum": f"{condition.share_pct:g}"}
    if condition.counts == "equity":
        figure = equity
        reason = msg("the share of own feedstock is %(share)s %%, the minimum is %(minimum)s %%", share=f"{figure:g}", **values)
    else:
        figure = equity + (contract or 0.0)
        reason = msg(
            "the share of own and contracted feedstock is %(share)s %%, the minimum is %(minimum)s %%",
            share=f"{figure:g}",
            **values,
        )
    return RuleResult("met" if figure >= condition.share_pct else "not_met", reason, figure, condition.share_pct, "%")


def _evaluate_feedstock_ban(condition: model.FeedstockBan, facts: Facts) -> RuleResult:
    if not facts.feedstock:
        return _report_lacking(NO_FEEDSTOCK)
    banned = [used for used in facts.feedstock if any(is_kind_of(used, material) for material in condition.materials)]
    if banned:
        return RuleResult("not_met", msg("declared feedstock: %(material)s", material=MATERIALS[banned[0]].label))
    wider = [used for used in facts.feedstock if any(is_kind_of(material, used) for material in condition.materials)]
    if wider:
        return _report_lacking(msg("feedstock declared without its type: %(material)s", material=MATERIALS[wider[0]].label))
    return RuleResult("met", msg("none of the declared feedstock is of this type"))


def _limit(condition: model.Limit, facts: Facts) -> RuleResult:
    quantity = QUANTITIES[condition.quantity]
    figure = facts.declared.get(condition.quantity)
    bound, holds, requirement = _read_bound(condition)
    if figure is None:
        return _report_lacking(msg("not declared: %(quantity)s", quantity=quantity.title), bound, quantity.unit)
    reason = msg(
        "%(quantity)s: %(figure)s, required: %(requirement)s",
        quantity=quantity.title,
        figure=f"{figure:g} {quantity.unit}",
        requirement=requirement.filled(bound=f"{bound:g} {quantity.unit}"),
    )
    return RuleResult("met" if holds(figure) else "not_met", reason, figure, bound, quantity.unit)


def _read_bound(condition: model.Limit) -> tuple[float, Callable[[float], bool], Message]:
    if condition.at_least is not None:
        least = condition.at_least
        return least, lambda figure: figure >= least, msg("at least %(bound)s")
    if condition.at_most is not None:
        most = condition.at_most
        return most, lambda figure: figure <= most, msg("at most %(bound)s")
    if condition.above is not None:
        above = condition.above
        return above, lambda figure: figure > above, msg("above %(bound)s")
    assert condition.below is not None
    below = condition.below
    return below, lambda figure: figure < below, msg("below %(bound)s")


def _evaluate_distance(condition: model.Distance, facts: Facts) -> RuleResult:
    zone = facts.zones.get(condition.zone_kind, ZoneFact("unknown"))
    least = condition.at_least_km
    if zone.state == "unknown" or zone.distance_m is None:
        return _report_lacking(msg("there are no boundaries of such zones"), least, "km")
    km, doubt = zone.distance_m / 1000, (zone.accuracy_m or 0.0) / 1000
    values = {"zone": zone.name, "distance": f"{km:.2f}", "minimum": f"{least:g}"}
    if abs(km - least) < doubt:
        reason = msg(
            "the distance to %(zone)s is %(distance)s km ± %(accuracy)s km, the minimum is %(minimum)s km",
            accuracy=f"{doubt:.2f}",
            **values,
        )
        return _report_lacking(reason, least, "km")
    reason = msg("the distance to %(zone)s is %(distance)s km, the minimum is %(minimum)s km", **values)
    return RuleResult("met" if km >= least else "not_met", reason, km, least, "km")


def _evaluate_property(condition: model.MaterialProperty, facts: Facts) -> RuleResult:
    title, has_property = PROPERTIES[condition.of], facts.properties.get(condition.of)
    if has_property is None:
        return _report_lacking(msg("not stated: %(property)s", property=title))
    reason = (
        msg("stated: %(property)s", property=title)
        if has_property
        else msg("stated not to apply: %(property)s", property=title)
    )
    return RuleResult("met" if has_property == condition.required else "not_met", reason)


def _evaluate_general_clause(_condition: model.GeneralClause, _facts: Facts) -> RuleResult:
    return _leave_to_judgement(msg("the clause gives a direction or a list, and no measurable figure"))


_EVALUATORS: Mapping[type[model.RulePart], Callable[[Any, Facts], RuleResult]] = {
    model.ZoneBan: _evaluate_zone_ban,
    model.MinimumScale: _evaluate_minimum_scale,
    model.FeedstockShare: _evaluate_feedstock_share,
    model.FeedstockBan: _evaluate_feedstock_ban,
    model.Limit: _limit,
    model.Distance: _evaluate_distance,
    model.MaterialProperty: _evaluate_property,
    model.GeneralClause: _evaluate_general_clause,
}
