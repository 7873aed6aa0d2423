"""The choice of values where several sources describe one site or deposit, with reasons."""

from lodedata.choice.criteria import REASONS
from lodedata.choice.rules import RULES, UNION_FIELDS
from lodedata.choice.served_record import Choice, ServedRecord, combine_testimonies
from lodedata.choice.testimony import Testimony, lead_testimony

__all__ = [
    "REASONS",
    "RULES",
    "UNION_FIELDS",
    "Choice",
    "ServedRecord",
    "Testimony",
    "combine_testimonies",
    "lead_testimony",
]
