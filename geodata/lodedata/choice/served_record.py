"""The served record of several reported records: each value is chosen by the rules of its kind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lodedata.choice.conflicts import find_conflicts
from lodedata.choice.criteria import (
    CRITERIA,
    MISPLACED,
    NO_LONGER_IN_SOURCE,
    OUTSIDE_AREA,
    get_cited_source,
    is_position_doubtful,
    normalise_for_comparison,
)
from lodedata.choice.earlier_owners import add_earlier_owners
from lodedata.choice.estimate_criteria import FIGURE_FLAGS
from lodedata.choice.expert_values import (
    SETTLES,
    ExpertValue,
    convert_to_served_columns,
    find_expert_value_problems,
    find_latest_expert_values,
)
from lodedata.choice.figure_judgements import (
    find_figure_judgements,
    find_judgement_problems,
    judge_measures,
    judge_phases,
)
from lodedata.choice.reported_record import ReportedRecord, choose_lead_record, find_site_units
from lodedata.choice.rules import RULES, UNION_FIELDS
from lodedata.choice.site_status import state_site_status, take_statuses
from lodedata.figures.amounts import EstimateAmounts, compute_row_amounts
from lodedata.figures.leading_figures import (
    PhaseCapacity,
    compute_capacity_figures,
    estimate_figures,
    find_contradicting_metal,
    list_current_owner_names,
)
from lodedata.figures.size import build_size_columns, classify_size
from lodedata.kinds import ChoiceRule
from lodedata.kinds.deposit import SIZE_RULE
from lodedata.kinds.estimates import CONTRADICTING, ESTIMATE_RULE
from lodedata.kinds.project import STATUS_RULE
from lodedata.normal_form import normalise_search_text
from lodedata.problem_rules.positions import UNREAD_POSITION
from lodedata.problems import Problem
from lodedata.search_terms import search_text

_REFUTED_RULES = frozenset({"position-refuted", "country-refuted", "name-refuted", "figure-refuted"})
_IDS: Mapping[str, tuple[str, ...]] = {
    "estimate": ("id", "deposit_id", "discovery_id"),
    "estimate_measure": ("estimate_id",),
    "exploration_activity": ("id", "deposit_id"),
    "owner": ("id", "project_id"),
}
"""Columns of child tables that hold the record's id or begin with it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The result of one rule: the chosen reported record, the reason, and all candidates. ``chosen`` is None without any.

    A value of an expert is in ``expert_value``; ``chosen`` is then None.
    """

    rule: ChoiceRule
    chosen: ReportedRecord | None
    reason: str
    candidates: tuple[ReportedRecord, ...]
    expert_value: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ServedRecord:
    """A served record: its row, its child rows by table, the origin of each value, and conflicts of its sources."""

    record_id: str
    row: Mapping[str, Any]
    parts: Mapping[str, Sequence[Mapping[str, Any]]]
    choices: tuple[Choice, ...]
    conflicts: tuple[Problem, ...]


def combine_reported_records(kind: str, reported_records: Sequence[ReportedRecord]) -> ServedRecord:
    """Return the served record of reported records of one kind; the order of reported records doesn't matter."""
    ordered = sorted(reported_records, key=ReportedRecord.sort_key)
    lead = choose_lead_record(ordered)
    row, parts = dict(lead.row), dict[str, Sequence[Mapping[str, Any]]]()
    expert_values = find_latest_expert_values(ordered, lead.row)
    judgements = find_figure_judgements(ordered)
    judged = [_apply_judgements(t, judgements) for t in ordered]
    chosen: dict[str, Choice] = {}
    for rule in (*RULES[kind], *_build_expert_rules(kind, expert_values)):
        if rule is ESTIMATE_RULE:
            choice = _choose_estimates(ordered, judged, row, chosen)
        else:
            choice = _choose_value(rule, ordered, row, chosen)
        if (value := expert_values.get(rule.name)) is not None:
            choice = Choice(rule, None, "given", choice.candidates, value)
        chosen[rule.name] = choice
        row |= {name: choice.chosen.row.get(name) if choice.chosen else None for name in rule.fields}
        row |= {} if value is None else convert_to_served_columns(rule.name, value)
        for table in rule.children:
            parts[table] = _build_children(table, choice, ordered, lead.record_id)
    if row["geom"] is None:
        row |= _find_reported_coordinates(ordered)
    if kind == "project":
        chosen[STATUS_RULE.name] = _choose_value(STATUS_RULE, state_site_status(ordered), row, chosen)
        status = chosen[STATUS_RULE.name]
        phases = take_statuses(parts["phase"], chosen["phase"].chosen, status.chosen, status.candidates, ordered)
        parts["phase"] = judge_phases(_number_phases(phases, lead.record_id), judgements)
        capacities = [
            PhaseCapacity(p.get("product"), p.get("capacity_basis"), p.get("capacity_tpa"), p.get("status"))
            for p in parts["phase"]
        ]
        row |= compute_capacity_figures(capacities, row["main_commodity"])
        parts["owner"] = add_earlier_owners(parts["owner"], chosen["owner"].chosen, ordered, lead.record_id)
        row["owner_names"] = list_current_owner_names(parts["owner"])
    row["access_level"] = row["access_level"] or lead.row["access_level"]
    row |= {name: _combine_values(name, ordered, row) for name in UNION_FIELDS[kind]}
    if "estimate" in parts:
        parts["estimate_measure"] = judge_measures(parts["estimate_measure"], judgements)
        served_amounts = compute_row_amounts(parts["estimate"], parts["estimate_measure"])
        row |= estimate_figures(served_amounts, row["main_commodity"])
        elsewhere = _list_figures_elsewhere(judged, chosen["estimate"])
        row |= {CONTRADICTING.name: find_contradicting_metal(served_amounts, elsewhere, row["main_commodity"])}
    if kind == "deposit":
        chosen[SIZE_RULE.name] = _choose_size(judged, row, chosen)
        row |= _build_size_values(chosen[SIZE_RULE.name], chosen["estimate"], lead.record_id)
    row["aliases"] = _collect_aliases(ordered, row)
    row["search_text"] = search_text([n for n in (row["name_zh"], row["name_en"]) if n], row["aliases"])
    row["value_sources"] = _collect_citations(chosen.values()) or None
    problems = (
        *(conflict for conflict in find_conflicts(ordered) if SETTLES.get(conflict.rule) not in expert_values),
        *find_expert_value_problems(expert_values),
        *find_judgement_problems(judgements),
    )
    parts["flag"] = _collect_flags(ordered, row, chosen, problems, lead.record_id)
    row["flags"] = list(dict.fromkeys(flag["rule"] for flag in parts["flag"]))
    row["position_doubtful"] = is_position_doubtful(row["flags"])
    row["id"] = lead.record_id
    return ServedRecord(lead.record_id, row, parts, tuple(chosen.values()), tuple(problems))


def _list_figures_elsewhere(among: Iterable[ReportedRecord], estimates: Choice) -> list[list[EstimateAmounts]]:
    """Return the amounts by sources other than that of the served estimates, of records without a flag on figures."""
    source = None if estimates.chosen is None else estimates.chosen.source
    return [
        compute_row_amounts(t.part("estimate"), t.part("estimate_measure"))
        for t in among
        if t.source != source and not t.rules & FIGURE_FLAGS
    ]


def _find_reported_coordinates(among: Sequence[ReportedRecord]) -> dict[str, Any]:
    """Return the coordinates as reported that are no position, of the first source that has any."""
    first = next((t for t in among if t.row.get("coord_original") is not None), among[0])
    return {name: first.row.get(name) for name in ("coord_original", "coord_crs")}


def _choose_value(
    rule: ChoiceRule, among: Sequence[ReportedRecord], row: Mapping[str, Any], before: Mapping[str, Choice]
) -> Choice:
    field = rule.name
    candidates = tuple(t for t in among if (t.part(rule.children[0]) if rule.children else t.row.get(field) is not None))
    left = [t for t in candidates if rule.within is None or t.row.get(rule.within) in (None, row[rule.within])]
    if not left:
        return Choice(rule, None, "only", candidates)
    preferred = _find_preferred(rule, before)
    if preferred in left and not (rule.same_source_as == "geom" and _agree(candidates, field)):
        follows = "same-position" if rule.same_source_as == "geom" else "same-source"
        return Choice(rule, preferred, "only" if len(candidates) == 1 else follows, candidates)
    reason = "only" if len(candidates) == 1 else "key"
    if rule.of is not None:
        of = [t for t in left if any(m["commodity"] == row[rule.of] for m in t.part("estimate_measure"))]
        left, reason = (of, rule.of) if 0 < len(of) < len(left) else (left, reason)
    for name in rule.criteria:
        among = left if CRITERIA[name].among_left else candidates
        measured = [CRITERIA[name].measure(t, field, among) for t in left]
        best = min(measured)
        if max(measured) != best:
            left, reason = [t for t, measure in zip(left, measured, strict=True) if measure == best], name
    alike = not rule.children and field != "geom" and len(candidates) > 1 and _agree(candidates, field)
    if alike:
        cites = len({t.source for t in candidates}) > len({get_cited_source(t, field) for t in candidates}) == 1
        reason = "cited" if cites else "alike"
    return Choice(rule, left[0], reason, candidates)


def _choose_estimates(
    among: Sequence[ReportedRecord],
    judged: Sequence[ReportedRecord],
    row: Mapping[str, Any],
    before: Mapping[str, Choice],
) -> Choice:
    """Return the choice of the estimates, by the figures that each source states of the served main commodity."""
    reported = {t.record_id: t for t in among}
    of_main = [replace(t, row={**t.row, "main_commodity": row["main_commodity"]}) for t in judged]
    choice = _choose_value(ESTIMATE_RULE, of_main, row, before)
    chosen = None if choice.chosen is None else reported[choice.chosen.record_id]
    return replace(choice, chosen=chosen, candidates=tuple(reported[t.record_id] for t in choice.candidates))


def _choose_size(among: Sequence[ReportedRecord], row: Mapping[str, Any], before: Mapping[str, Choice]) -> Choice:
    """Return the choice of the size class: of the sources' classes by the served commodities, that with the largest figure."""
    for commodity in dict.fromkeys([row["main_commodity"], *row["major_commodities"]]):
        sized = [_add_size(t, commodity, row["deposit_form"]) for t in among]
        if any(t.row["size_class"] for t in sized):
            return _choose_value(SIZE_RULE, sized, row, before)
    return Choice(SIZE_RULE, None, "only", ())


def _apply_judgements(reported_record: ReportedRecord, judgements: Mapping[str, ExpertValue]) -> ReportedRecord:
    """Return the reported record with its grades as people judged them."""
    parts = {**reported_record.parts, "estimate_measure": judge_measures(reported_record.part("estimate_measure"), judgements)}
    return replace(reported_record, parts=parts)


def _add_size(reported_record: ReportedRecord, commodity: str, form: str | None) -> ReportedRecord:
    """Return the reported record with the size class that its own estimates give by a commodity."""
    size = classify_size(
        [commodity], form, compute_row_amounts(reported_record.part("estimate"), reported_record.part("estimate_measure"))
    )
    return replace(reported_record, row={**reported_record.row, **build_size_columns(size, reported_record.source)})


def _build_size_values(size: Choice, estimates: Choice, identity: str) -> Mapping[str, Any]:
    """Return the served columns of the size class; the id of its estimate only if that estimate is served."""
    if size.chosen is None:
        return build_size_columns(None, "")
    served = estimates.chosen is not None and estimates.chosen.record_id == size.chosen.record_id
    values = {name: size.chosen.row[name] for name in SIZE_RULE.fields}
    return values | {"size_estimate_id": _derive_child_id(values["size_estimate_id"], identity) if served else None}


def _find_preferred(rule: ChoiceRule, before: Mapping[str, Choice]) -> ReportedRecord | None:
    """Return the reported record that an earlier rule chose; not that of a position which lies outside its stated area."""
    chosen = before[rule.same_source_as].chosen if rule.same_source_as is not None else None
    if chosen is not None and rule.same_source_as == "geom" and chosen.rules & OUTSIDE_AREA:
        return None
    return chosen


def _build_expert_rules(kind: str, columns: Iterable[str]) -> Iterable[ChoiceRule]:
    """Return a rule for each column of an expert's value that is no rule's first, such as the accuracy of a position."""
    first = {rule.name for rule in RULES[kind]}
    return [ChoiceRule((column,)) for column in columns if column not in first]


def _agree(candidates: Sequence[ReportedRecord], field: str) -> bool:
    first = normalise_for_comparison(candidates[0], field)
    return all(normalise_for_comparison(t, field) == first for t in candidates[1:])


def _combine_values(name: str, among: Sequence[ReportedRecord], row: Mapping[str, Any]) -> list[str]:
    """Return the values of any source in an array field, in the order of the sources; the main commodity first."""
    first = [row["main_commodity"]] if name == "commodities" else []
    return list(dict.fromkeys([*first, *(value for t in among for value in t.row.get(name) or ())]))


def _collect_aliases(among: Sequence[ReportedRecord], row: Mapping[str, Any]) -> list[str]:
    """Return every distinct name other than the served ones."""
    seen = {normalise_search_text(row[name]) for name in ("name_en", "name_zh") if row[name]}
    aliases = []
    for t in among:
        for name in (t.row.get("name_en"), t.row.get("name_zh"), *(t.row.get("aliases") or ())):
            if name and normalise_search_text(name) not in seen:
                seen.add(normalise_search_text(name))
                aliases.append(name)
    return aliases


def _collect_citations(choices: Iterable[Choice]) -> dict[str, str]:
    """Return the citations of the served values by column."""
    citations: dict[str, str] = {}
    for choice in choices:
        if choice.chosen is not None:
            cited = choice.chosen.row.get("value_sources") or {}
            names = ("position",) if choice.rule.name == "geom" else choice.rule.fields
            citations |= {name: cited[name] for name in names if name in cited}
        elif choice.expert_value is not None:
            citations["position" if choice.rule.name == "geom" else choice.rule.name] = choice.expert_value["cited"]
    return citations


def _build_children(table: str, choice: Choice, among: Sequence[ReportedRecord], identity: str) -> list[dict[str, Any]]:
    """Return the child rows of the chosen reported record as child rows of the served record."""
    if choice.chosen is None:
        return []
    if choice.rule.units:
        return list(find_site_units(t for t in among if t.source == choice.chosen.source))
    return [
        dict(row) | {name: _derive_child_id(row.get(name), identity) for name in _IDS[table]}
        for row in choice.chosen.part(table)
    ]


def _number_phases(phases: Iterable[Mapping[str, Any]], identity: str) -> list[dict[str, Any]]:
    return [{**phase, "id": f"{identity}.p{n}", "project_id": identity, "ordinal": n} for n, phase in enumerate(phases)]


def _derive_child_id(name: str | None, identity: str) -> str | None:
    if name is None:
        return None
    _, point, rest = name.partition(".")
    return f"{identity}{point}{rest}"


def _collect_flags(
    among: Sequence[ReportedRecord],
    row: Mapping[str, Any],
    chosen: Mapping[str, Choice],
    problems: Sequence[Problem],
    identity: str,
) -> list[dict[str, Any]]:
    """Return the flags that apply to the served values, then the conflicts."""
    applicable = [flag for t in among for flag in t.part("flag") if _is_flag_applicable(flag["rule"], t, among, row, chosen)]
    distinct = {(flag["rule"], flag["value"]): dict(flag) for flag in reversed(applicable)}
    flags = list(reversed(distinct.values()))
    for problem in problems:
        flag_row = {"rule": problem.rule, "column_name": problem.column, "value": problem.value, "suggestion": None}
        flags.append(flag_row | {"sentence_en": problem.sentence("en"), "sentence_zh": problem.sentence("zh")})
    return [flag | {"record_id": identity, "ordinal": n} for n, flag in enumerate(flags)]


def _is_flag_applicable(
    rule: str, of: ReportedRecord, among: Sequence[ReportedRecord], row: Mapping[str, Any], chosen: Mapping[str, Choice]
) -> bool:
    """Return whether a flag of one reported record applies to the served record."""
    if rule == NO_LONGER_IN_SOURCE:
        return all(NO_LONGER_IN_SOURCE in t.rules for t in among)
    if rule == "name-missing":
        return not (row["name_en"] or row["name_zh"])
    if rule == "no-position":
        return row["geom"] is None and row["coord_original"] is None
    if rule in UNREAD_POSITION:
        return row["geom"] is None
    if rule in MISPLACED:
        return chosen["geom"].chosen is of
    if rule == "country-from-position":
        return chosen["country"].chosen is of
    if rule in _REFUTED_RULES:
        return True
    if rule in FIGURE_FLAGS:
        return any(chosen[name].chosen is of for name in ("estimate", "phase") if name in chosen)
    return of is among[0]
