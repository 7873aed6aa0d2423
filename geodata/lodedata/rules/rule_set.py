"""Loading of rules files: those that ship, and those of an operator's folder, which are checked by the same model."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import ValidationError

from lodedata.errors import DataError
from lodedata.layout.products import PRODUCTS
from lodedata.messages import Message, msg
from lodedata.rules.model import Instrument, InstrumentRule
from lodedata.validation import describe_refusals, join_placed_sentences
from lodedata.vocab import load_vocabulary


class RulesRefused(DataError, ValueError):
    """A folder of rules that can't be used; ``problems`` are all its errors, and the sentence is that of the first."""

    def __init__(self, *problems: Message) -> None:
        super().__init__(problems[0])
        self.problems = problems


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The instruments in use, and a checksum of their files."""

    instruments: tuple[Instrument, ...]
    sha256: str


def load_rules(folder: Path | None = None) -> RuleSet:
    """Return the instruments that ship, then those of an operator's folder. Raises RulesRefused."""
    instrument_by_id: dict[str, Instrument] = {}
    digest = hashlib.sha256()
    wrong: list[Message] = []
    for path in _list_files(folder):
        data = path.read_bytes()
        digest.update(data)
        instrument, problems = _read(data)
        if instrument is not None and instrument.id in instrument_by_id:
            problems.append(msg("there is an instrument with the id %(name)r already; use another id", name=instrument.id))
        elif instrument is not None:
            instrument_by_id[instrument.id] = instrument
        wrong += [msg("%(place)s: %(sentence)s", place=path.name, sentence=problem) for problem in problems]
    if wrong:
        raise RulesRefused(*wrong)
    return RuleSet(tuple(instrument_by_id.values()), digest.hexdigest())


def find_rule_problems(folder: Path | None = None) -> tuple[Message, ...]:
    """Return one message for each error in the rules."""
    try:
        load_rules(folder)
    except RulesRefused as refused:
        return refused.problems
    return ()


def _list_files(folder: Path | None) -> Iterator[Path]:
    yield from sorted(Path(str(files("lodedata.rules") / "instruments")).glob("*.yml"))
    if folder is None:
        return
    if not folder.is_dir():
        raise RulesRefused(msg("%(folder)s: there is no such folder of rules", folder=folder))
    yield from sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])


def _read(data: bytes) -> tuple[Instrument | None, list[Message]]:
    try:
        loaded = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, [msg("invalid YAML (%(error)s)", error=" ".join(str(error).split()))]
    if not isinstance(loaded, dict):
        return None, [msg("this is not an instrument, which has an `id:`")]
    try:
        instrument = Instrument.model_validate(loaded)
    except ValidationError as error:
        return None, [join_placed_sentences([refusal]) for refusal in describe_refusals(error, {})]
    return instrument, [
        msg("%(place)s: %(sentence)s", place=rule.id, sentence=term)
        for rule in instrument.rules
        for term in _find_unknown_terms(rule)
    ]


def _find_unknown_terms(rule: InstrumentRule) -> Iterator[Message]:
    for product in rule.products:
        if product not in PRODUCTS:
            yield msg(
                "%(product)r is not a product of the layout check; use one of %(choices)s",
                product=product,
                choices=list(PRODUCTS),
            )
    for name, codes in (("phase-type", rule.project_types), ("division", rule.divisions)):
        for code in codes:
            if code not in load_vocabulary(name):
                yield msg("%(code)r is not a term of the vocabulary %(vocabulary)s", code=code, vocabulary=name)
