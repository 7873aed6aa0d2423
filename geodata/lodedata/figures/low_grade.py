"""Low-grade ore by the general industrial requirements: at least the cut-off and below the industrial grade of a rule."""

from dataclasses import dataclass
from functools import lru_cache

from lodedata.vocab import load_vocabulary


@dataclass(frozen=True, slots=True)
class LowGradeRule:
    """The grades in per cent of a metal between which ore of some deposit models counts as low-grade.

    Where a text has a span of cut-offs, the lower one counts.
    """

    code: str
    commodity: str
    model: str
    cut_off_pct: float
    industrial_pct: float

    @property
    def condition(self) -> str:
        """The condition on deposits in CQL2: their largest single grade is between the two."""
        grade = f"LARGEST_GRADE_PCT('{self.commodity}')"
        return (
            f"commodities = '{self.commodity}' AND BENEATH(deposit_model, '{self.model}')"
            f" AND {grade} >= {self.cut_off_pct:g} AND {grade} < {self.industrial_pct:g}"
        )


@lru_cache(maxsize=1)
def load_low_grade_rules() -> dict[str, LowGradeRule]:
    """Return the rules by code."""
    return {
        term.code: LowGradeRule(
            term.code,
            term.extra["commodity"],
            term.extra["model"],
            float(term.extra["cut_off_pct"]),
            float(term.extra["industrial_pct"]),
        )
        for term in load_vocabulary("low-grade")
    }
