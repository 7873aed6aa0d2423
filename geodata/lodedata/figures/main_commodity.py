"""The main commodity of a record, and the ground on which it is the main one.

A source states it, or lists metals without an order of importance. Of a list, the metal of the greatest contained value is the
main one, else that of the deposit model, else the first of the list, which is a guess. Where the source names a metal whose ore
is bauxite, the main commodity of the deposit is bauxite. A deposit model that is reported without its metal is narrowed by the
main commodity: a laterite of nickel is a nickel laterite.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from lodedata.figures.by_products import compute_contained_metal_t
from lodedata.records import Commodity, Deposit, Discovery, Estimate, MineralRecord
from lodedata.vocab import load_vocabulary, load_vocabulary_rows

MIN_VALUES = 2
"""Metals with a contained value that must be known before they are compared."""
BAUXITE = "bauxite"
NOT_BAUXITE = re.compile(r"igneous|hydrothermal|metamorphic|alunit|nephelin|kyanit|sillimanit|andalusit", re.IGNORECASE)
"""Deposit types and minerals of ores of aluminium other than bauxite."""
Mineral = TypeVar("Mineral", bound=MineralRecord)


def set_main_commodity(record: Mineral) -> Mineral:
    """Return the record with its main commodity first and the ground of that, and the deposit model narrowed by it.

    The commodities are unchanged if the source states the main one; a main one that is a guess narrows nothing.
    """
    decided = _set_main(record)
    if not isinstance(decided, Deposit | Discovery) or not decided.commodities or decided.main_commodity_ground == "listed":
        return decided
    narrowed = narrow_deposit_model(decided.deposit_model, decided.commodities[0].code)
    return decided if narrowed == decided.deposit_model else replace(decided, deposit_model=narrowed)


def narrow_deposit_model(model: str | None, commodity: str) -> str | None:
    """Return the deposit model that is named by a model and a metal, such as porphyry copper, else the model itself."""
    models, metal = load_vocabulary("deposit-model"), load_vocabulary("commodity")
    if model is None or model not in models or commodity not in metal:
        return model
    named = models.find(f"{models[model].label_en} {metal[commodity].label_en}")
    return named.code if named is not None and named.broader == model else model


def _set_main(record: Mineral) -> Mineral:
    if isinstance(record, Deposit | Discovery) and (ores := put_bauxite_first(record)) is not None:
        return replace(record, commodities=ores, main_commodity_ground="ore-of-metal")
    listed = record.commodities
    if not listed or any(commodity.rank == "main" for commodity in listed):
        return record
    code, ground = _decide_main(
        [commodity.code for commodity in listed], getattr(record, "estimates", ()), getattr(record, "deposit_model", None)
    )
    main = Commodity(code, "main")
    return replace(
        record, commodities=(main, *(commodity for commodity in listed if commodity.code != code)), main_commodity_ground=ground
    )


def put_bauxite_first(record: Deposit | Discovery) -> tuple[Commodity, ...] | None:
    """Return the commodities of a deposit with bauxite as the main one, None if its source says so or means another ore.

    A deposit of aluminium is one of bauxite unless its type or its minerals say otherwise. Gallium is a by-product of bauxite.
    """
    first, codes = record.commodities[0].code, [commodity.code for commodity in record.commodities]
    if first == "gallium" and BAUXITE in codes:
        others = [
            replace(commodity, rank="by-product") if commodity.code == first else commodity for commodity in record.commodities
        ]
    elif first == "aluminium" and not NOT_BAUXITE.search(" ".join([record.deposit_model_reported or "", *codes])):
        others = [
            replace(commodity, rank="co-product") if commodity.code == first else commodity for commodity in record.commodities
        ]
    else:
        return None
    return Commodity(BAUXITE, "main"), *(other for other in others if other.code != BAUXITE)


def _decide_main(codes: Sequence[str], estimates: Sequence[Estimate], model: str | None) -> tuple[str, str]:
    values = max(
        (compute_contained_values(estimate) for estimate in estimates),
        key=lambda contained_values: sum(contained_values.values()),
        default={},
    )
    listed_values = {code: value for code, value in values.items() if code in codes}
    if len(listed_values) >= MIN_VALUES:
        return max(listed_values, key=lambda code: listed_values[code]), "contained-value"
    if (of_model := find_model_commodity(model)) in codes:
        return of_model, "deposit-model"
    return codes[0], "listed"


def compute_contained_values(estimate: Estimate) -> Mapping[str, float]:
    """Return the value in US dollars of the metal contained by commodity, of those whose amount and price are known."""
    ore, contained_values = estimate.ore.value if estimate.ore is not None else None, {}
    for measure in estimate.measures:
        reported = measure.contained.value if measure.contained is not None else None
        grade, basis = (measure.grade.value, measure.grade.basis) if measure.grade is not None else (None, None)
        contained = compute_contained_metal_t(measure.commodity, ore, grade, basis, reported)
        if contained and (price := load_commodity_prices().get(measure.commodity)) is not None:
            contained_values[measure.commodity] = contained * price
    return contained_values


@lru_cache(maxsize=1024)
def find_model_commodity(model: str | None) -> str:
    """Return the commodity of a deposit model or of the nearest broader one that has one, else an empty text."""
    terms = load_vocabulary("deposit-model")
    while model is not None and model in terms:
        if (commodity := _load_model_commodities().get(model)) is not None:
            return commodity
        model = terms[model].broader
    return ""


@lru_cache(maxsize=1)
def _load_model_commodities() -> Mapping[str, str]:
    return {row["model"]: row["commodity"] for row in load_vocabulary_rows("model-commodity")}


@lru_cache(maxsize=1)
def load_commodity_prices() -> Mapping[str, float]:
    """Return the prices in US dollars a tonne by commodity (``commodity-price.csv``)."""
    term_prices = (
        (load_vocabulary("commodity").find(row["symbol"]), float(row["usd_per_t"]))
        for row in load_vocabulary_rows("commodity-price")
    )
    return {term.code: price for term, price in term_prices if term is not None}
