"""Problems of figures and their units."""

from collections.abc import Mapping

from lodedata.messages import msg
from lodedata.problem_rules.rule import ProblemRule

FIGURE_RULES: Mapping[str, ProblemRule] = {
    "negative-amount": ProblemRule("refuse", msg("%(value)s is negative; an amount can't be%(hint)s.")),
    "unit-not-convertible": ProblemRule(
        "refuse",
        msg(
            "%(value)r is not a unit that converts to the %(own)s of %(field)s; enter one of %(choices)s, "
            "or map it under `units`."
        ),
    ),
    "unit-missing": ProblemRule(
        "refuse", msg("the figure %(value)s has no unit; enter one of %(choices)s in the column of units.")
    ),
    "amount-impossible": ProblemRule(
        "refuse", msg("%(value)r is not possible in one place: the greatest amount is %(most)s %(unit)s. Is the unit right?")
    ),
    "figure-impossible": ProblemRule(
        "refuse",
        msg(
            "%(value)s %(unit)s is not possible for %(field)s, which is from %(least)s to %(most)s %(unit)s. Is the unit right?"
        ),
    ),
    "measure-twice": ProblemRule(
        "refuse", msg("the estimate has two figures of %(commodity)s; give each class, code or zone an estimate of its own.")
    ),
    "grade-over-100": ProblemRule("refuse", msg("a grade of %(value)s is over 100 %%; is the unit right?")),
    "share-over-100": ProblemRule("refuse", msg("a share of %(value)s %% is not between 0 and 100.")),
    "unknown-category": ProblemRule(
        "refuse",
        msg(
            "%(value)r is not a known resource or reserve category; write one such as inferred (see "
            "/api/vocabularies/resource-category)."
        ),
    ),
    "unknown-unit": ProblemRule(
        "flag",
        msg("the unit %(value)r is not known, so the figure is stored as reported and is not converted."),
        msg("Unknown unit"),
    ),
    "figure-unreadable": ProblemRule(
        "flag",
        msg("the source writes %(value)r where a figure is expected; it was left empty, the text stays in the source record."),
        msg("Unreadable figure"),
        left_out=True,
    ),
    "figure-not-exact": ProblemRule(
        "flag",
        msg("the source gives %(value)r, which is not an exact figure; a bound or a range is in no sum."),
        msg("Figure that is not exact"),
    ),
    "figure-dropped": ProblemRule(
        "flag",
        msg("the figure %(value)r was not used: %(reason)s; it stays in the source record."),
        msg("Figure not used"),
        left_out=True,
    ),
    "category-not-stated": ProblemRule(
        "flag",
        msg("the estimate has no category, so it is stored as a tonnage that is not classified."),
        msg("Category not stated"),
    ),
    "unit-unstated": ProblemRule(
        "flag",
        msg("the figure %(value)s has no unit, so it is stored as reported and is not converted."),
        msg("Unit not stated"),
    ),
    "contained-differs": ProblemRule(
        "flag",
        msg("ore times grade gives %(computed)s t, the source says %(value)s t of %(commodity)s."),
        msg("Contained metal differs"),
    ),
    "figure-refuted": ProblemRule(
        "flag",
        msg("the source states %(value)s of %(of)s; a reviewer found that wrong, so it is not used (%(reason)s)."),
        msg("Figure refuted by review"),
    ),
    "grade-above-mineral": ProblemRule(
        "flag",
        msg(
            "the grade of %(value)s of %(commodity)s is more than the %(limit)s %% that its richest ore mineral, %(mineral)s, "
            "contains; the figure is held back until a person has judged it."
        ),
        msg("Grade above that of the mineral"),
    ),
    "grade-above-ore": ProblemRule(
        "flag",
        msg(
            "the grade of %(value)s of %(commodity)s is more than the %(limit)s %% that any ore has, and may be that of a "
            "concentrate; the figure is held back until a person has judged it."
        ),
        msg("Grade above that of any ore"),
    ),
    "capacity-above-world": ProblemRule(
        "flag",
        msg(
            "the capacity of %(value)s t/a of %(product)s, alone or with others of the site, is above the output of the world, "
            "%(output)s t in %(year)s; the figure is held back until a person has judged it."
        ),
        msg("Capacity above the world's output"),
    ),
    "capacity-above-country": ProblemRule(
        "flag",
        msg("the capacity of %(value)s t/a of %(product)s is above the output of the whole country, %(output)s t in %(year)s."),
        msg("Capacity above the country's output"),
    ),
    "output-above-input": ProblemRule(
        "flag",
        msg("the outputs hold %(value)s t of the metal, the input %(metal)s t; is a basis or a grade wrong?"),
        msg("More metal out than in"),
    ),
    "recovery-differs": ProblemRule(
        "flag",
        msg("a recovery of %(value)s %% is stated, input and output give %(computed)s %%."),
        msg("Recovery differs from the quantities"),
    ),
    "input-above-permit": ProblemRule(
        "flag",
        msg("the input of %(value)s t is more than the permitted %(permitted)s t a year."),
        msg("Input above the permitted amount"),
    ),
    "rate-over-100": ProblemRule(
        "flag",
        msg("a rate of recovery of %(value)s %% is over 100 %%; is it a share, or are the quantities of different years?"),
        msg("Rate over 100 per cent"),
    ),
    "rate-differs": ProblemRule(
        "flag",
        msg("the quantities give a rate of %(computed)s %%, the source says %(value)s %%; check grades, units and periods."),
        msg("Reported rate differs from the computed one"),
    ),
    "mass-balance": ProblemRule(
        "flag",
        msg("concentrate and tailings are %(value)s t, the feed is %(feed)s t; check the moisture and the period."),
        msg("Mass balance does not close"),
    ),
    "sources-differ-capacity": ProblemRule(
        "flag", msg("its sources give different capacities of %(product)s: %(value)s t/a."), msg("Sources differ on a capacity")
    ),
    "figure-judged": ProblemRule(
        "flag",
        msg("an expert judged the figure %(value)s of %(figure)s by %(cited)s: %(verdict)s."),
        msg("Figure judged by an expert"),
    ),
}
