"""Findings of a report: the result of each rule for the planned plant, then measures without a threshold.

A finding is never an approval or a refusal.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lodebase.layout.measures.duplicates import SAME
from lodebase.layout.measures.feedstock import materials, share
from lodebase.layout.measures.neighbours import live
from lodebase.layout.measures.zones import facts
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.statement_parameters import PIPELINE
from lodedata.layout import amounts
from lodedata.messages import Label, Message, in_each_language, msg, sentences
from lodedata.rules import Facts, Instrument, InstrumentRule, RuleResult, RuleSet, Standing, evaluate, standing
from lodedata.rules.standing import COUNTS, LABELS
from lodedata.vocab import vocabulary

RESULTS: Mapping[str, Message] = {
    "met": msg("Met"),
    "not_met": msg("Not met"),
    "judgement": msg("Applies, to be judged"),
    "not_enough_data": msg("Not enough data"),
    "not_applicable": msg("Not applicable"),
}
DISCLAIMER = msg(
    "This report lists findings with their sources. It is neither an approval nor a refusal, and no rule here replaces its "
    "original text."
)
SMALL_PCT = 0.1
MOST_WITH_DECIMALS = 1_000
Records = Sequence[Mapping[str, Any]]
NOT_RULED = msg("measured; no instrument sets a threshold")


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
            **in_each_language("text", _sentence(rule, found)),
            "clause_en": rule.text_en,
            "clause_zh": rule.text_zh,
            "citation": instrument.citation,
            "instrument": instrument.id,
            "instrument_en": instrument.title_en,
            "instrument_zh": instrument.title_zh,
            "read_in": rule.read_in,
            "read_as": rule.read_as,
            "clause_no": rule.clause,
            "url": rule.url,
            "force": rule.force,
            "note_en": rule.note_en,
            "note_zh": rule.note_zh,
            "standing": worth,
            "counts": worth in COUNTS,
            "result": found.result,
            **in_each_language("reason", found.reason),
            "figure": None if found.figure is None else round(found.figure, 4),
            "threshold": found.threshold,
            "unit": found.unit,
            "records": [],
        }


def _sentence(rule: InstrumentRule, found: RuleResult) -> Message:
    clause = Label(rule.text_en, rule.text_zh)
    return msg("%(clause)s %(result)s: %(reason)s.", clause=clause, result=RESULTS[found.result], reason=found.reason)


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
    if parts["inside"] is not None:
        yield _inside(parts["inside"], parts["zones"].get("area"), parts["neighbours"]["sites"])
    yield from (_around(radius, parts["neighbours"]["sites"]) for radius in parts["neighbours"]["radii"])
    yield from _doubles(parts)
    spread = parts["concentration"]
    if spread is not None:
        yield from _spread(spread)
    if parts["catchment"]["betas"]:
        yield _drawn(parts["catchment"], parts["feedstock"]["places"])
    if parts["feedstock"]["balance"] is not None:
        yield _fed(parts["feedstock"])


def _inside(found: Mapping[str, Any], area: Mapping[str, Any] | None, sites: Records) -> dict[str, Any]:
    every = found["all"]
    certain, placed, possible = (live(found["groups"], f"{name}_tpa") for name in ("certain", "placed", "possible"))
    text = msg(
        "Records of the same product inside %(area)s: %(count)s; operating, under construction or planned: %(capacity)s.",
        area=msg("the outline") if area is None else _name_of(area),
        count=_with_range(every["placed"], f"{every['certain']}–{every['possible']}", every["certain"] != every["possible"]),
        capacity=_with_range(amounts.amount(placed), amounts.AnnualTonnage(certain, possible), certain != possible),
    )
    sources = {one["id"]: one["sources"] for one in sites}
    records = [{"id": one, "sources": sources.get(one, ())} for one in found["sites"]]
    return _measure("inside", text, every["placed"], "records", records)


def _name_of(zone: Mapping[str, Any]) -> Label:
    return Label(zone["name_en"], zone["name_zh"])


def _around(radius: Mapping[str, Any], sites: list[dict[str, Any]]) -> dict[str, Any]:
    if sites and "farthest_km" in sites[0]:
        return _around_area(radius, sites)
    every, km = radius["all"], radius["km"]
    certain, placed, possible = (live(radius["groups"], f"{name}_tpa") for name in ("certain", "placed", "possible"))
    text = msg(
        "Records of the same product within %(km)s km: %(count)s; operating, under construction or planned: %(capacity)s.",
        km=f"{km:g}",
        count=_with_range(every["placed"], f"{every['certain']}–{every['possible']}", every["certain"] != every["possible"]),
        capacity=_with_range(amounts.amount(placed), amounts.AnnualTonnage(certain, possible), certain != possible),
    )
    records = [one for one in sites if one["distance_km"] <= km]
    return _measure(f"neighbours-{km:g}-km", text, every["placed"], "records", records)


def _around_area(radius: Mapping[str, Any], sites: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the measure of a radius around a plant whose place in its area is open: what is certain and what is possible."""
    every, km = radius["all"], radius["km"]
    certain, possible = (amounts.amount(live(radius["groups"], f"{name}_tpa")) for name in ("certain", "possible"))
    text = msg(
        "Records of the same product within %(km)s km wherever the plant is in the area: %(certain)s (operating, under "
        "construction or planned: %(certain_tpa)s); possible, depending on its place: %(possible)s (%(possible_tpa)s).",
        km=f"{km:g}",
        certain=every["certain"],
        certain_tpa=certain,
        possible=every["possible"],
        possible_tpa=possible,
    )
    records = [one for one in sites if one["distance_km"] <= km]
    return _measure(f"neighbours-{km:g}-km", text, every["placed"], "records", records)


def _with_range(value: object, range_: object, differs: bool) -> object:
    """Return a value as an argument of a message, with its range in brackets if the ends differ."""
    return msg("%(value)s (%(range)s)", value=value, range=range_) if differs else value


def _doubles(parts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    likely = [one for one in parts["same_as"] if one["score"] >= SAME]
    if likely:
        text = msg(
            "The planned plant may already be in the store: %(count)s likely records, the likeliest is %(name)s.",
            count=len(likely),
            name=_name(likely[0]),
        )
        yield _measure("duplicate-record", text, len(likely), "records", likely)
    others = [
        one for one in parts["neighbours"]["sites"] if one["distance_km"] <= 50 and one["id"] not in {o["id"] for o in likely}
    ]
    coming = [one for one in others if any(name in one["groups"] for name in PIPELINE)]
    certain = sum(one.get("farthest_km", one["distance_km"]) <= 50 for one in coming)
    text = msg(
        "Other records of the same product within 50 km that are under construction or planned: %(count)s.",
        count=len(coming)
        if certain == len(coming)
        else msg("%(count)s possible, %(certain)s certain", count=len(coming), certain=certain),
    )
    yield _measure("duplicate-construction", text, len(coming), "records", coming)


def _spread(spread: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    term = vocabulary("division").terms.get(spread["division"])
    province = msg("the province") if term is None else Label(term.label_en, term.label_zh)
    share, index = spread["share_pct"], spread["hhi_divisions"]
    if share["after"] is not None:
        text = msg(
            "Share of %(place)s in the known capacity of the country: %(before)s %%, with the plant %(after)s %%.",
            place=province,
            **_before_after(share),
        )
        yield _measure("province-share", text, share["after"], "%", [], spread["sources"])
    if index["after"] is not None:
        text = msg(
            "The Herfindahl-Hirschman index over provinces is %(before)s, with the plant %(after)s. It shows how few provinces "
            "hold the capacity, not whether plants are duplicated.",
            **_before_after(index),
        )
        yield _measure("hhi-divisions", text, index["after"], None, [], spread["sources"])
    for name, place in (("nation", msg("the country")), ("province", province)):
        coming = spread["pipeline_pct"].get(name)
        if coming is not None and coming["after"] is not None:
            text = msg(
                "Capacity under construction or planned in %(place)s: %(before)s %% of the operating capacity, with the plant "
                "%(after)s %%.",
                place=place,
                **_before_after(coming),
            )
            yield _measure(f"pipeline-{name}", text, coming["after"], "%", [], spread["sources"])


def _drawn(drawn: Mapping[str, Any], places: Records) -> dict[str, Any]:
    shares = [one["share_pct"] for one in drawn["betas"]]
    text = msg(
        "By Huff's model (beta 1 to 3) the plant would draw %(share)s of the %(count)s ore deposits and mines in reach, each "
        "counted once.",
        share=_drawn_share(min(shares), max(shares)),
        count=drawn["demands"],
    )
    return _measure("catchment", text, shares[len(shares) // 2], "%", places)


def _fed(fed: Mapping[str, Any]) -> dict[str, Any]:
    balance = fed["balance"]
    ratio, without = balance["ratio_after"], balance["mines_without_figure"]
    values = {"km": f"{fed['within_km']:g}", "capacity": amounts.amount(balance["capacity_after_tpa"])}
    if ratio is None:
        text = msg(
            "Within %(km)s km all plants with the planned one have a capacity of %(capacity)s; no mine there has a figure that "
            "can be converted.",
            **values,
        )
    else:
        text = msg(
            "Within %(km)s km all plants with the planned one have a capacity of %(capacity)s; the %(mines)s mines with a "
            "figure could feed %(supply)s of the product, and the capacity is %(times)s times that.",
            mines=balance["mines"] - without,
            supply=amounts.AnnualTonnage(*balance["feeds_tpa"]),
            times="–".join(dict.fromkeys(f"{one:.1f}" for one in ratio)),
            **values,
        )
    others = [msg("Mines without such a figure: %(count)s.", count=without)] if without else []
    mines = [one for one in fed["places"] if one["kind"] == "mine"]
    text = sentences(text, *others, msg("Imported ore is not counted."))
    return _measure("capacity-over-feedstock", text, None if ratio is None else ratio[0], None, mines)


def _measure(
    name: str, text: Message, figure: float | None, unit: str | None, records: Records, sources: Iterable[str] | None = None
) -> dict[str, Any]:
    """Return a measure with the records that it is based on; ``sources`` defaults to the sources of these records."""
    return {
        "id": name,
        "kind": "measure",
        **in_each_language("text", text),
        "citation": None,
        "standing": None,
        "counts": False,
        "result": "not_applicable",
        **in_each_language("reason", NOT_RULED),
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


def _before_after(measured: Mapping[str, float | None]) -> dict[str, str]:
    """Return a measure before and with the plant as arguments of a message."""
    return {name: _rounded(measured[name]) for name in ("before", "after")}


def _rounded(figure: float | None) -> str:
    """Return a figure with one decimal below 1,000 and none from there on, ``?`` for an unknown one."""
    return "?" if figure is None else f"{figure:,.1f}" if abs(figure) < MOST_WITH_DECIMALS else f"{figure:,.0f}"


def _name(site: Mapping[str, Any]) -> Label:
    return Label(site["name_en"] or site["name_zh"] or str(site["id"]), site["name_zh"])
