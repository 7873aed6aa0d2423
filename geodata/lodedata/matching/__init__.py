"""Record linkage: comparisons of two records, each with features and a reason, and the probability of a match."""

from lodedata.matching.comparison import Comparison
from lodedata.matching.model import estimate_probability, get_model_version
from lodedata.matching.record import MatchRecord
from lodedata.matching.relation import Relation, determine_pair_relation
from lodedata.matching.result import MatchResult, match_records

__all__ = [
    "Comparison",
    "MatchRecord",
    "MatchResult",
    "Relation",
    "match_records",
    "get_model_version",
    "determine_pair_relation",
    "estimate_probability",
]
