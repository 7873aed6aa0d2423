"""Rules for the siting of plants as dated and cited data: one YAML file for each instrument, loaded and evaluated."""

from lodedata.rules.evaluation import Facts, RuleResult, ZoneFact, evaluate
from lodedata.rules.legal_status import LegalStatus, determine_legal_status
from lodedata.rules.model import Instrument, InstrumentRule
from lodedata.rules.rule_set import RuleSet, RulesRefused, find_rule_problems, load_rules

__all__ = [
    "Facts",
    "Instrument",
    "InstrumentRule",
    "RuleResult",
    "RuleSet",
    "RulesRefused",
    "LegalStatus",
    "ZoneFact",
    "evaluate",
    "load_rules",
    "find_rule_problems",
    "determine_legal_status",
]
