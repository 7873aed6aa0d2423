"""Leagues of companies: which products count together, in which unit, and what output they are compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lodedata.figures.national_output import load_output_stages
from lodedata.figures.stage_labels import label_stage
from lodedata.messages import Label, Message, msg
from lodedata.vocab import label, load_vocabulary, load_vocabulary_rows

OF_ITSELF = "product"
LITHIUM_CHEMICALS: Mapping[str, str] = {
    "lithium-carbonate": "LCE",
    "lithium-hydroxide": "LiOH.H2O",
    "lithium-chloride": "LiCl",
}
"""The compound of each product that lithium refineries make."""


@dataclass(frozen=True, slots=True)
class League:
    """Products whose capacities are added: tonnes of each times its factor are tonnes of the unit.

    ``bases`` are those on which a capacity counts, None for one that states none; on the basis ``LCE`` a factor is not applied.
    """

    code: str
    commodity: str
    stage: str
    label: Message
    unit: Label
    factors: Mapping[str, float]
    bases: frozenset[str | None] = field(default=frozenset({None, "metal", OF_ITSELF}))

    def tonnes(self, product: str, basis: str | None, tpa: float) -> float | None:
        """Return a capacity in the unit of the league, None on a basis that does not count."""
        if basis == "LCE" and "LCE" in self.bases:
            return tpa
        return tpa * self.factors[product] if basis in self.bases else None


@lru_cache(maxsize=1)
def list_leagues() -> Mapping[str, League]:
    """Return the leagues of all stages with an output, and that of the lithium chemicals, by code."""
    leagues = [_build_lithium_league()]
    for (commodity, stage), output_stage in load_output_stages().items():
        bases = {None, "metal", OF_ITSELF} if output_stage.counts_content else {None, "metal", OF_ITSELF, "ore"}
        unit = Label("t/a of metal", "吨/年（金属量）") if output_stage.counts_content else Label("t/a", "吨/年")
        factors = dict.fromkeys(sorted(output_stage.products), 1.0)
        leagues.append(League(f"{commodity}-{stage}", commodity, stage, output_stage.label, unit, factors, frozenset(bases)))
    return {league.code: league for league in sorted(leagues, key=lambda league: league.code)}


def _build_lithium_league() -> League:
    terms = load_vocabulary("product")
    to_carbonate = {
        row["from_basis"]: float(row["factor"]) for row in load_vocabulary_rows("conversion") if row["to_basis"] == "LCE"
    }
    factors = {
        product: to_carbonate.get(compound, 1.0)
        for code, compound in LITHIUM_CHEMICALS.items()
        for product in sorted(terms.within(code))
    }
    names = {"commodity": label("commodity", "lithium"), "stage": label_stage("lithium", "refinery")}
    unit = Label("t/a of lithium carbonate equivalent", "吨/年（碳酸锂当量）")
    title = msg("%(commodity)s, %(stage)s").filled(**names)
    return League("lithium-refinery", "lithium", "refinery", title, unit, factors, frozenset({None, OF_ITSELF, "LCE"}))
