"""Problems of a row of statistics."""

from collections.abc import Mapping

from lodedata.messages import msg
from lodedata.problem_rules.rule import ProblemRule

STATISTICS_RULES: Mapping[str, ProblemRule] = {
    "period-missing": ProblemRule("refuse", msg("the period is empty; every value belongs to a year, a quarter or a month.")),
    "period-unreadable": ProblemRule("refuse", msg("%(value)r is not a period; write 2024, 2024-Q1 or 2024-05.")),
    "period-of-several-years": ProblemRule(
        "refuse", msg("%(value)r names several years, and a value belongs to one period; give each year a row of its own.")
    ),
    "dimension-missing": ProblemRule(
        "refuse", msg("the value has no %(key)s; name %(dimension)s in the mapping as `%(key)s`, as a column or as a constant.")
    ),
    "unknown-dimension": ProblemRule(
        "refuse", msg("%(value)r is not %(dimension)s that is known here; use a code, label or alias from /api/vocabularies.")
    ),
    "unknown-area": ProblemRule(
        "refuse", msg("%(value)r is not a known area; use ISO 3166-1 alpha-3 (CHN), a province (CN-36), WLD or rest.")
    ),
    "stage-absent": ProblemRule("refuse", msg("%(commodity)s has no stage %(value)r; choose a stage that it passes through.")),
    "unit-of-another-kind": ProblemRule(
        "refuse", msg("%(indicator)s is not measured in %(value)r; is the unit or the indicator wrong?")
    ),
    "total-below-parts": ProblemRule(
        "refuse",
        msg("the total %(value)r is smaller than the sum of its parts, %(parts)s; is a row in another unit or counted twice?"),
    ),
}
