"""Problems of drill holes and their intervals."""

from collections.abc import Mapping

from lodedata.messages import msg
from lodedata.problem_rules.rule import ProblemRule

DRILLING_RULES: Mapping[str, ProblemRule] = {
    "drill-interval-reversed": ProblemRule(
        "refuse", msg("the interval %(value)s does not end below its beginning; correct from and to.")
    ),
    "drill-depth-negative": ProblemRule("refuse", msg("the depth %(value)s is negative; write metres below the collar.")),
    "drill-depth-impossible": ProblemRule(
        "refuse", msg("the depth %(value)s m is deeper than any drill hole; correct it, or name its unit in the mapping.")
    ),
    "drill-no-survey": ProblemRule(
        "flag",
        msg("no survey names the hole; its trace is a straight line along azimuth and dip of the collar."),
        msg("Drill hole without survey"),
    ),
    "drill-trace-unknown": ProblemRule(
        "flag",
        msg(
            "the hole has neither a survey nor azimuth and dip of the collar; its trace is unknown, as it need not be "
            "vertical. Enter azimuth and dip."
        ),
        msg("Drill hole of unknown direction"),
    ),
    "drill-azimuth-outside": ProblemRule(
        "flag",
        msg("the azimuth %(value)s is not from 0 to 360; it was left empty. Enter degrees clockwise from north."),
        msg("Azimuth out of range"),
        left_out=True,
    ),
    "drill-dip-outside": ProblemRule(
        "flag",
        msg("the dip %(value)s is not from -90 to 90; it was left empty. Enter degrees from the horizontal."),
        msg("Dip out of range"),
        left_out=True,
    ),
    "drill-dip-sign-open": ProblemRule(
        "flag",
        msg(
            "the dip %(value)s is positive, and the mapping does not say which sign is downward; it was left empty. Write "
            "`dip_sign: positive-down` or `dip_sign: negative-down` for the table."
        ),
        msg("Dip of unknown sign"),
        left_out=True,
    ),
    "drill-interval-overlap": ProblemRule(
        "flag",
        msg("the interval %(value)s overlaps %(other)s of the same hole; both are stored, and neither is in a composite."),
        msg("Overlapping intervals"),
    ),
    "drill-below-hole": ProblemRule(
        "flag",
        msg("%(value)s m is below the end of the hole at %(depth)s m; correct one of the two."),
        msg("Below the end of the drill hole"),
    ),
    "drill-grade-negative": ProblemRule(
        "flag",
        msg(
            "the grade %(value)s is negative, as some laboratories write a grade below the detection limit; it was left empty. "
            "Write <%(limit)s."
        ),
        msg("Negative grade"),
        left_out=True,
    ),
}
