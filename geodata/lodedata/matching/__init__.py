"""Whether two records speak of the same thing: comparisons with a score and a reason, and what they add up to."""

from lodedata.matching.comparison import Comparison
from lodedata.matching.judgement import Judgement, judge
from lodedata.matching.model import model_version, probability
from lodedata.matching.relation import Relation, relation
from lodedata.matching.side import Side

__all__ = ["Comparison", "Judgement", "Relation", "Side", "judge", "model_version", "probability", "relation"]
