"""Loading of rules files: those that ship, and those of an operator's folder, which are checked by the same model."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import ValidationError

from lodedata.layout.products import PRODUCTS
from lodedata.messages import msg
from lodedata.rules.model import Instrument
from lodedata.validation import joined, refusals
from lodedata.vocab import vocabulary


class RulesRefused(ValueError):
    """A folder of rules that can't be used; the message has one line for each error."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The instruments in use, and a checksum of their files."""

    instruments: tuple[Instrument, ...]
    sha256: str


def load_rules(folder: Path | None = None) -> RuleSet:
    """Return the instruments that ship, then those of an operator's folder. Raises RulesRefused."""
    found: dict[str, Instrument] = {}
    digest = hashlib.sha256()
    wrong: list[str] = []
    for path in _files(folder):
        data = path.read_bytes()
        digest.update(data)
        instrument, sentences = _read(path, data)
        if instrument is not None and instrument.id in found:
            sentences.append(f"{path.name}: there is an instrument with the id {instrument.id!r} already; use another id")
        elif instrument is not None:
            found[instrument.id] = instrument
        wrong += sentences
    if wrong:
        raise RulesRefused("\n".join(wrong))
    return RuleSet(tuple(found.values()), digest.hexdigest())


def rule_problems(folder: Path | None = None) -> list[str]:
    """Return one sentence for each error in the rules."""
    try:
        load_rules(folder)
    except RulesRefused as refused:
        return str(refused).split("\n")
    return []


def _files(folder: Path | None) -> Iterator[Path]:
    yield from sorted(Path(str(files("lodedata.rules") / "instruments")).glob("*.yml"))
    if folder is None:
        return
    if not folder.is_dir():
        raise RulesRefused(msg("%(folder)s: there is no such folder of rules", folder=folder))
    yield from sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])


def _read(path: Path, data: bytes) -> tuple[Instrument | None, list[str]]:
    try:
        loaded = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, [f"{path.name}: invalid YAML ({' '.join(str(error).split())})"]
    if not isinstance(loaded, dict):
        return None, [f"{path.name}: this is not an instrument, which has an `id:`"]
    try:
        instrument = Instrument.model_validate(loaded)
    except ValidationError as error:
        return None, [f"{path.name}: {joined([one])}" for one in refusals(error, {})]
    return instrument, [f"{path.name}: {sentence}" for sentence in _unknown_terms(instrument)]


def _unknown_terms(instrument: Instrument) -> Iterator[str]:
    kinds, divisions = vocabulary("phase-type"), vocabulary("division")
    for rule in instrument.rules:
        for product in rule.products:
            if product not in PRODUCTS:
                yield f"{rule.id}: {product!r} is not a product of the layout check; use one of {', '.join(PRODUCTS)}"
        for kind in rule.project_types:
            if kind not in kinds:
                yield f"{rule.id}: {kind!r} is not a term of the vocabulary phase-type"
        for division in rule.divisions:
            if division not in divisions:
                yield f"{rule.id}: {division!r} is not a term of the vocabulary division"
