"""The choice of values where several sources describe one site or deposit, with reasons."""

from lodedata.choice.criteria import REASONS
from lodedata.choice.reported_record import ReportedRecord, choose_lead_record
from lodedata.choice.rules import RULES, UNION_FIELDS
from lodedata.choice.served_record import Choice, ServedRecord, combine_reported_records

__all__ = [
    "REASONS",
    "RULES",
    "UNION_FIELDS",
    "Choice",
    "ServedRecord",
    "ReportedRecord",
    "combine_reported_records",
    "choose_lead_record",
]
