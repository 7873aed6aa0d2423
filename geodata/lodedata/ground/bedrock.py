"""Bedrock: ages of the International Chronostratigraphic Chart and rocks of CGI's Simple Lithology, by what a map states.

Colours of ages are those of the Commission for the Geological Map of the World (CGMW) on the chart of the International
Commission on Stratigraphy, https://stratigraphy.org/chart; its stages are those of their series here. Codes of rocks are the
ends of http://resource.geosciml.org/classifier/cgi/lithology/, a selection of common rocks.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lodedata.ground.cutting import GroundFeatures
from lodedata.messages import Label
from lodedata.vocab import fold

UNKNOWN_COLOUR = "#C8C8C8"
BETWEEN_AGES = re.compile(r"\s*(?:\bto\b|\band\b|\bthrough\b|[-–—/,;&+]|至|—|和|、|，)\s*", re.IGNORECASE)
BETWEEN_ROCKS = re.compile(r"\s*(?:\band\b|\bwith\b|[,;/&+|]|和|、|，|；)\s*", re.IGNORECASE)
PART_OF_PERIOD = re.compile(
    r"^(?:(?:earliest|early|lower(?:most)?|mid(?:dle)?|late|latest|upper(?:most)?)\s+|[早中晚])", re.IGNORECASE
)
MAX_TEXT = 120
"""Characters of a reported text that tiles have."""


@dataclass(frozen=True, slots=True)
class BedrockTerm:
    """An age or a rock; ages have the interval that holds them and a colour."""

    code: str
    label: Label
    broader: str | None = None
    colour: str = ""


@dataclass(frozen=True, slots=True)
class BedrockTerms:
    """Terms in the order of the chart, and their codes by each word for them."""

    terms: Mapping[str, BedrockTerm]
    codes: Mapping[str, str]

    def find(self, text: str) -> str | None:
        """Return the code of a word, None if it is none."""
        return self.codes.get(_fold_text(text))


@dataclass(slots=True)
class BedrockSummary:
    """What the features of a layer state: how many have each age and rock, and the texts that are none of them."""

    ages: dict[str, int] = field(default_factory=dict)
    rocks: dict[str, int] = field(default_factory=dict)
    unknown_ages: dict[str, int] = field(default_factory=dict)
    unknown_rocks: dict[str, int] = field(default_factory=dict)
    without_age: int = 0


@cache
def read_ages() -> BedrockTerms:
    """Return the intervals of the chart, the youngest first."""
    return _read("geologic-ages.csv")


@cache
def read_rocks() -> BedrockTerms:
    """Return the rocks."""
    return _read("lithologies.csv")


def find_age(text: str) -> str | None:
    """Return the interval that a text names; of several, the narrowest that holds all; None if one is not of the chart."""
    whole = read_ages().find(text)
    if whole is not None:
        return whole
    parts = [_find_part(part) for part in _complete_names(BETWEEN_AGES.split(text))]
    if not parts or None in parts:
        return None
    shared = [_list_ancestors(code) for code in parts if code is not None]
    return next((code for code in shared[0] if all(code in ancestors for ancestors in shared[1:])), None)


def _find_part(text: str) -> str | None:
    """Return an interval, that of the period if the chart has no such part of it: Lower Cambrian."""
    return read_ages().find(text) or read_ages().find(PART_OF_PERIOD.sub("", text))


def find_rocks(text: str) -> tuple[str, ...]:
    """Return the rocks that a text names in its order; none if one of them is not of the list."""
    whole = read_rocks().find(text)
    if whole is not None:
        return (whole,)
    parts = [read_rocks().find(part) for part in BETWEEN_ROCKS.split(text) if part.strip()]
    codes = [code for code in parts if code is not None]
    return tuple(dict.fromkeys(codes)) if len(codes) == len(parts) else ()


def describe(features: GroundFeatures, columns: Mapping[str, str]) -> tuple[GroundFeatures, BedrockSummary]:
    """Return features with age, rocks and name of their unit in place of their columns, and a summary.

    What is no age or rock keeps its text, so that it is shown as it was reported.
    """
    summary = BedrockSummary()
    stated = [_describe(properties, columns, summary) for properties in features.properties]
    return GroundFeatures(features.shapes, stated), summary


def _describe(properties: Mapping[str, Any], columns: Mapping[str, str], summary: BedrockSummary) -> dict[str, Any]:
    description: dict[str, Any] = {}
    unit, age, rock = (_read_text(properties, columns.get(name)) for name in ("unit", "age", "lithology"))
    if unit:
        description["unit"] = unit
    code = find_age(age) if age else None
    if code is not None:
        description["age"] = code
        _count(summary.ages, code)
    elif age:
        _count(summary.unknown_ages, age)
    else:
        summary.without_age += 1
    if age and (code is None or fold(age) != fold(read_ages().terms[code].label.in_language("en"))):
        description["age_text"] = age
    codes = find_rocks(rock) if rock else ()
    if codes:
        description["lithology"] = "|".join(codes)
        for rock_code in codes:
            _count(summary.rocks, rock_code)
    elif rock:
        description["lithology_text"] = rock
        _count(summary.unknown_rocks, rock)
    return description


def _read_text(properties: Mapping[str, Any], column: str | None) -> str:
    value = properties.get(column) if column else None
    return " ".join(str(value).split())[:MAX_TEXT] if value is not None else ""


def _count(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1


def _complete_names(parts: Sequence[str]) -> Iterator[str]:
    """Yield the parts of a text, in Early to Late Jurassic the first with the period of the next."""
    named = [part for part in parts if part.strip()]
    for n, part in enumerate(named):
        following = named[n + 1].split() if n + 1 < len(named) else []
        yield f"{part} {following[-1]}" if fold(part) in ("early", "middle", "late", "lower", "upper") and following else part


def _list_ancestors(code: str) -> list[str]:
    ancestors: list[str] = []
    step: str | None = code
    while step:
        ancestors.append(step)
        step = read_ages().terms[step].broader
    return ancestors


def _fold_text(text: str) -> str:
    return fold(text.replace("_", " ").replace("-", " "))


def _read(name: str) -> BedrockTerms:
    terms: dict[str, BedrockTerm] = {}
    codes: dict[str, str] = {}
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            code = row["code"]
            terms[code] = BedrockTerm(
                code, Label(row["label_en"], row["label_zh"]), row.get("broader") or None, row.get("colour") or ""
            )
            for word in (code, row["label_en"], row["label_zh"], *row["aliases"].split("|")):
                if word:
                    codes[_fold_text(word)] = code
    return BedrockTerms(terms, codes)
