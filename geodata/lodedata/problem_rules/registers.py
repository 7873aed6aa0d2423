"""Problems of entries of registers: acts, condition lists, project codes and validity."""

from collections.abc import Mapping

from lodedata.messages import msg
from lodedata.problem_rules.rule import ProblemRule

REGISTER_RULES: Mapping[str, ProblemRule] = {
    "act-twice": ProblemRule(
        "refuse",
        msg(
            "an act with this number and title, %(value)r, is already here: /records/%(twin)s. "
            "Correct the number or the title, or leave the row out."
        ),
    ),
    "validity-reversed": ProblemRule("refuse", msg("the validity ends before it begins (%(value)s); correct %(field)s.")),
    "consultation-as-act": ProblemRule(
        "refuse",
        msg("%(value)r is a consultation, which lists nobody; enter it as the consultation, and the announcement as the act."),
    ),
    "consultation-only": ProblemRule(
        "refuse",
        msg("batch %(batch)s has a consultation only, which lists nobody; enter the act or the date of the announcement."),
    ),
    "listed-twice": ProblemRule(
        "refuse",
        msg("%(value)r is already in this batch, with the same kind, at %(first)s; delete one row or correct its kind."),
    ),
    "project-code-shape": ProblemRule(
        "flag",
        msg("%(value)r is not written as a project code; write it as 2112-520000-04-01-610435."),
        msg("Project code of another shape"),
    ),
    "project-code-month": ProblemRule(
        "flag",
        msg("the project code %(value)r has no month in its third and fourth digit; compare it with the filing."),
        msg("Project code without a month"),
    ),
    "project-code-region": ProblemRule(
        "flag",
        msg("the project code %(value)r has no province in its fifth and sixth digit; compare it with the filing."),
        msg("Project code without a province"),
    ),
    "listed-before": ProblemRule(
        "flag",
        msg("an earlier batch of the list has %(value)r with the same kind, at %(first)s."),
        msg("Listed in an earlier batch"),
    ),
}
