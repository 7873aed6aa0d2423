"""Problems of estimates that a machine read from reports: candidates for review, never served as fact."""

from collections.abc import Mapping

from lodedata.messages import msg
from lodedata.problem_rules.rule import ProblemRule

REPORT_ESTIMATE_RULES: Mapping[str, ProblemRule] = {
    "estimate-without-class": ProblemRule(
        "refuse", msg("the row names no class such as measured, indicated or probable; look the class up in the report.")
    ),
    "estimate-class-unknown": ProblemRule(
        "refuse", msg("%(value)r is not a class or sum of classes of a reporting code; look the class up in the report.")
    ),
    "estimate-without-ore": ProblemRule("refuse", msg("the row of %(value)s has no tonnage of ore.")),
    "estimate-without-page": ProblemRule("refuse", msg("the row of %(value)s names no page of the report.")),
    "estimate-unit-missing": ProblemRule(
        "refuse",
        msg("the ore %(value)s has no unit, and more than one would give a possible deposit; look it up in the report."),
    ),
    "estimate-unit-unclear": ProblemRule(
        "refuse",
        msg(
            "the unit of the ore %(value)s is not clear: it may be a short or a metric ton, or no unit; look it up in the "
            "report."
        ),
    ),
    "estimate-unit-not-mass": ProblemRule("refuse", msg("%(value)s is not a tonnage of ore: its unit is not one of mass.")),
    "estimate-unit-doubtful": ProblemRule(
        "refuse",
        msg(
            "the unit of the ore %(value)s is doubtful: the figure may have been multiplied before, or is more than a deposit "
            "has."
        ),
    ),
    "estimate-too-small": ProblemRule(
        "refuse",
        msg(
            "the ore %(value)s is too little for an estimate: a header in thousands may be lost, or the row is of samples or "
            "of a year of mining."
        ),
    ),
    "estimate-equivalent": ProblemRule(
        "refuse", msg("the grade is of metal equivalents (%(value)s), not of the metal itself.")
    ),
    "estimate-form-contradicts": ProblemRule(
        "refuse", msg("the row names %(commodity)s and the compound %(value)r, which is of something else.")
    ),
    "estimate-of-product": ProblemRule(
        "refuse", msg("the tonnage may be of the product %(value)s and not of ore; look it up in the report.")
    ),
    "estimate-of-brine": ProblemRule(
        "refuse", msg("a concentration in %(value)s is of a brine, whose tonnage may be of water, salt or metal.")
    ),
    "estimate-grade-unit": ProblemRule("refuse", msg("%(value)s is not a unit in which grades of %(commodity)s are stated.")),
    "estimate-grade-impossible": ProblemRule(
        "refuse", msg("a grade of %(value)s of %(commodity)s is not a grade of an ore; a figure or a unit was misread.")
    ),
    "estimate-cut-offs-unclear": ProblemRule(
        "refuse",
        msg("the ores of the table do not fall as the cut-off rises; the row at %(value)s may have another's figures."),
    ),
    "estimate-sum-differs": ProblemRule(
        "refuse",
        msg("the classes of the page add up to %(value)s, the row of their sum says %(total)s t; one of them was misread."),
    ),
    "estimate-figures-differ": ProblemRule(
        "refuse",
        msg(
            "the report has other figures for the same class, zone and cut-off: %(value)s here, and %(others)s. A zone or a "
            "cut-off was lost, or one estimate is an earlier one."
        ),
    ),
    "estimate-ore-of-metals-differs": ProblemRule(
        "refuse", msg("the ore %(value)s is not that of the other metals of the same class, zone and page.")
    ),
    "estimate-zone-twice": ProblemRule(
        "refuse", msg("the zone %(value)r has the same figures as %(first)r on page %(page)s: one of the names was misread.")
    ),
    "estimate-zone-lost": ProblemRule(
        "refuse", msg("the page gives several figures for one class without a zone, so that of the ore %(value)s was lost.")
    ),
    "estimate-zone-lost-in-sum": ProblemRule(
        "refuse",
        msg("with another figure of its class the ore %(value)s adds up to %(total)s, so it is of a part whose zone was lost."),
    ),
    "estimate-of-neighbour": ProblemRule(
        "refuse",
        msg("the figures of %(value)r may be of another property, such as %(name)s, whose estimate the report recites."),
    ),
    "estimate-unsupported": ProblemRule(
        "refuse",
        msg(
            "only page %(page)s gives the ore %(value)s, without a cut-off or a sum of classes; it may be an earlier estimate, "
            "or that of a neighbour."
        ),
    ),
    "estimate-of-period": ProblemRule(
        "refuse", msg("%(value)r is a period or a case of mining, or samples, and no part of a deposit.")
    ),
    "estimate-of-samples": ProblemRule(
        "refuse", msg("several rows have the ore %(value)s with different grades, as rows of samples have.")
    ),
}
