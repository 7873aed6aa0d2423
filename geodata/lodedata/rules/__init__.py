"""Rules for where plants are laid out, as dated and cited data: one YAML an instrument, read, checked and judged by."""

from lodedata.rules.judgement import Facts, Judgement, ZoneFact, judge
from lodedata.rules.model import Instrument, Rule
from lodedata.rules.reading import Known, RulesRefused, known, problems
from lodedata.rules.standing import Standing, standing

__all__ = [
    "Facts",
    "Instrument",
    "Judgement",
    "Known",
    "Rule",
    "RulesRefused",
    "Standing",
    "ZoneFact",
    "judge",
    "known",
    "problems",
    "standing",
]
