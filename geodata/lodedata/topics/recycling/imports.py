"""Rules on imports of recycled raw materials by date: clause by clause, then pass, fail or not enough data; no approval."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from lodedata.messages import Message, msg
from lodedata.rules import Facts, Instrument, InstrumentRule, determine_legal_status, evaluate
from lodedata.rules.evaluation import RuleResult
from lodedata.rules.legal_status import LegalStatus
from lodedata.topics.recycling.streams import StreamTreatment, list_stream_treatments

ImportResult = Literal["pass", "fail", "not_enough_data"]
DESTINATION = "CHN"
RESULTS: Mapping[ImportResult, Message] = {
    "pass": msg("The data entered meet the clauses that are known here."),
    "fail": msg("The data entered do not meet a clause."),
    "not_enough_data": msg("Not enough data."),
}
DISCLAIMER = msg(
    "A comparison of the entered data with the texts that are known here. It is no approval and no customs decision; "
    "the announcement and the inspection at the port count."
)
NO_RULE = msg("No verified rule for this stream on this day is known here; that says neither yes nor no.")
NOT_MET = msg("%(n)s clause(s) not met.")
LACKING = msg("%(n)s clause(s) can't be checked with these data.")
ALL_MET = msg("All %(n)s clause(s) met.")


@dataclass(frozen=True, slots=True)
class ImportClause:
    """A clause with its legal status on the day and its result, None where it is not in force."""

    instrument: Instrument
    rule: InstrumentRule
    standing: LegalStatus
    result: RuleResult | None


@dataclass(frozen=True, slots=True)
class ImportCheck:
    """The result of a check with its reason, the treatment of the stream on the day, and every clause on the stream."""

    stream: str
    on: date
    result: ImportResult
    reason: Message
    treatment: StreamTreatment | None
    clauses: tuple[ImportClause, ...]


@cache
def load_instruments() -> tuple[Instrument, ...]:
    """Return the instruments on imports, the earliest first."""
    folder = files(__package__) / "instruments"
    loaded = [
        Instrument.model_validate(yaml.safe_load(entry.read_text(encoding="utf-8")))
        for entry in folder.iterdir()
        if entry.name.endswith(".yml")
    ]
    return tuple(sorted(loaded, key=lambda instrument: (instrument.valid_from or date.max, instrument.id)))


def list_regulated_streams() -> tuple[str, ...]:
    """Return the streams that a rule on imports names, in order."""
    return tuple(
        dict.fromkeys(stream for instrument in load_instruments() for rule in instrument.rules for stream in rule.products)
    )


def check_import(
    stream: str, on: date, assays: Mapping[str, float] | None = None, properties: Mapping[str, bool] | None = None
) -> ImportCheck:
    """Return whether the data of a raw material meet the rules on its import on a day."""
    facts = Facts(stream, 0.0, country=DESTINATION, declared=assays or {}, properties=properties or {})
    clauses = tuple(
        ImportClause(instrument, rule, state, evaluate(rule, DESTINATION, facts) if state == "in_force" else None)
        for instrument in load_instruments()
        for rule in instrument.rules
        if stream in rule.products
        for state in (determine_legal_status(instrument, rule, on),)
    )
    result, reason = _combine_results([clause.result for clause in clauses if clause.result is not None])
    treatment = next(
        (stream_treatment for stream_treatment in list_stream_treatments(stream) if stream_treatment.holds(on)), None
    )
    return ImportCheck(stream, on, result, reason, treatment, clauses)


def _combine_results(results: list[RuleResult]) -> tuple[ImportResult, Message]:
    if not results:
        return "not_enough_data", NO_RULE
    if failed := sum(result.result == "not_met" for result in results):
        return "fail", NOT_MET.filled(n=failed)
    if lacking := sum(result.result != "met" for result in results):
        return "not_enough_data", LACKING.filled(n=lacking)
    return "pass", ALL_MET.filled(n=len(results))
