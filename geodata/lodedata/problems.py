"""Problems of rows, files and positions: one table of rules with their messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

from lodedata.messages import Message, msg
from lodedata.vocab import vocabulary_title

MAX_VALUE_LENGTH = 80
"""Characters of a value that a sentence shows."""


@dataclass(frozen=True, slots=True)
class ProblemRule:
    """A rule's weight and its sentence, whose arguments are those of the problem.

    ``refuse`` puts a row in quarantine, ``flag`` loads and marks it, ``scope`` says why a row is out of scope. A flag has a
    title for lists and filters.
    """

    weight: Literal["refuse", "flag", "scope"]
    sentence: Message
    title: Message | None = None
    left_out: bool = False
    """Whether a part of the row, such as its position, is left out of the record."""


RULES: Mapping[str, ProblemRule] = {
    # a cell that can't be read
    "not-a-number": ProblemRule("refuse", msg("%(value)r is not a number%(hint)s.")),
    "not-a-date": ProblemRule("refuse", msg("%(value)r is not a date%(hint)s; write 2019, 2019-05 or 2019-05-31.")),
    "formula-cell": ProblemRule(
        "refuse", msg("the cell holds the formula %(value)r and no value; save the sheet with values.")
    ),
    "nul-byte": ProblemRule("refuse", msg("the cell holds a NUL byte; the file is damaged or not text.")),
    # a row that is no record
    "total-row": ProblemRule("refuse", msg("the row begins with %(value)r: it holds totals and is not a record.")),
    "note-row": ProblemRule("refuse", msg("the row holds only the note %(value)r and is not a record.")),
    # a row of statistics
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
    # a row that is out of scope
    "no-mineral-named": ProblemRule("scope", msg("the row names no mineral.")),
    "other-mineral": ProblemRule("scope", msg("the row is about minerals that are not read from this source.")),
    "other-product": ProblemRule("scope", msg("the row is about a product or activity that is not read from this source.")),
    "not-a-site": ProblemRule(
        "scope", msg("the row is a total of a group or a country, a target, or names several sites; it is not a single site.")
    ),
    # a row that can't be stored
    "missing-key": ProblemRule("refuse", msg("the key is empty; every row needs its own key.")),
    "missing-value": ProblemRule("refuse", msg("%(field)s is empty; every record of this kind needs it.")),
    "no-parent-row": ProblemRule("refuse", msg("the row belongs to no row of the main table: its key is empty or not there.")),
    "rows-disagree": ProblemRule(
        "flag",
        msg("another row of this record has %(value)r as %(field)s; %(first)r of the first row is used."),
        msg("Rows of the source disagree"),
    ),
    "long-key": ProblemRule(
        "refuse", msg("the key has %(length)s characters, more than the %(longest)s that a key may have; is it a description?")
    ),
    "long-name": ProblemRule(
        "refuse", msg("a name has %(length)s characters, more than the %(longest)s that a name may have; is it a description?")
    ),
    "duplicate-key": ProblemRule(
        "refuse", msg("the key %(value)r is already used at %(first)s; the first row with it keeps it.")
    ),
    "act-twice": ProblemRule(
        "refuse",
        msg(
            "an act with this number and title, %(value)r, is already here: /records/%(twin)s. "
            "Correct the number or the title, or leave the row out."
        ),
    ),
    "wrong-cell-count": ProblemRule(
        "refuse", msg("the row has %(value)s cells where the header has %(expected)s; is the delimiter or a quote wrong?")
    ),
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
    "name-damaged": ProblemRule(
        "flag",
        msg('letters of the name "%(value)s" are lost in the source; \N{REPLACEMENT CHARACTER} replaces each.'),
        msg("Letters of a name lost"),
    ),
    "owners-undivided": ProblemRule(
        "flag",
        msg('"%(value)s" may name several owners; it is left whole, as not each part is known to be a body.'),
        msg("Possibly several owners in one name"),
    ),
    "share-over-100": ProblemRule("refuse", msg("a share of %(value)s %% is not between 0 and 100.")),
    "no-known-commodity": ProblemRule(
        "refuse",
        msg("no word of %(value)r is a known commodity; write one such as copper (see /api/vocabularies/commodity)."),
    ),
    "unknown-category": ProblemRule(
        "refuse",
        msg(
            "%(value)r is not a known resource or reserve category; write one such as inferred (see "
            "/api/vocabularies/resource-category)."
        ),
    ),
    "unknown-kind": ProblemRule(
        "refuse", msg("%(value)r is neither a deposit nor a discovery nor a project; add it to the mapping.")
    ),
    "orphan-row": ProblemRule("refuse", msg("the row belongs to %(value)r, which is not in the source.")),
    "geometry-unreadable": ProblemRule("refuse", msg("the geometry can't be read: %(value)s.")),
    "validity-reversed": ProblemRule("refuse", msg("the validity ends before it begins (%(value)s); correct %(field)s.")),
    # rows of estimates that a machine read from reports: candidates for review, never served as fact
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
    # rows of condition lists
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
    # a row of a drill hole
    "drill-interval-reversed": ProblemRule(
        "refuse", msg("the interval %(value)s does not end below its beginning; correct from and to.")
    ),
    "drill-depth-negative": ProblemRule("refuse", msg("the depth %(value)s is negative; write metres below the collar.")),
    "drill-depth-impossible": ProblemRule(
        "refuse", msg("the depth %(value)s m is deeper than any drill hole; correct it, or name its unit in the mapping.")
    ),
    # flags: the row is served and marked
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
    "unknown-term": ProblemRule(
        "flag",
        msg("%(value)r is no known term (%(vocabulary)s); it was left empty, the word stays in the source record."),
        msg("Unknown word"),
        left_out=True,
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
    "code-wrong": ProblemRule(
        "flag",
        msg("%(reason)s The code was left empty; the source record has it as printed."),
        msg("Wrong code"),
        left_out=True,
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
    "far-from-namesake": ProblemRule(
        "flag",
        msg("the position lies %(value)s km from %(name)s as the register has it: same name, country and metal."),
        msg("Far from the thing of the same name"),
    ),
    "unit-unstated": ProblemRule(
        "flag",
        msg("the figure %(value)s has no unit, so it is stored as reported and is not converted."),
        msg("Unit not stated"),
    ),
    "name-missing": ProblemRule("flag", msg("the record has no name."), msg("No name")),
    "damaged-text": ProblemRule(
        "flag", msg("%(value)r holds characters lost in an earlier conversion of the source."), msg("Damaged text")
    ),
    # coordinates that are no position: the record is loaded without one
    "not-a-coordinate": ProblemRule(
        "flag",
        msg(
            "%(value)r is not a coordinate%(hint)s, so the record has no position; write decimal degrees such as -24.27, or "
            "24°16'12\"S."
        ),
        msg("Unreadable coordinate"),
        left_out=True,
    ),
    "coordinate-off-globe": ProblemRule(
        "flag",
        msg(
            "%(value)s is out of range, so the record has no position; longitude runs from -180 to 180 and latitude from "
            "-90 to 90%(hint)s."
        ),
        msg("Position out of range"),
        left_out=True,
    ),
    "swapped-off-globe": ProblemRule(
        "flag",
        msg(
            "longitude and latitude look swapped: %(value)s has a latitude beyond 90 degrees, so the record has no position; "
            "exchanged they are %(exchanged)s."
        ),
        msg("Longitude and latitude swapped?"),
        left_out=True,
    ),
    "coordinate-half": ProblemRule(
        "flag",
        msg("only one of longitude and latitude is there (%(value)s), so the record has no position; give both or neither."),
        msg("Half a position"),
        left_out=True,
    ),
    "coordinate-outside-crs": ProblemRule(
        "flag",
        msg("%(value)s can't be read in %(crs)s, so the record has no position; is that the right coordinate system?"),
        msg("Position outside its coordinate system"),
        left_out=True,
    ),
    "point-unreadable": ProblemRule(
        "flag",
        msg("the geometry can't be read (%(reason)s), so the record has no position: %(value)s."),
        msg("Unreadable geometry"),
        left_out=True,
    ),
    "no-position": ProblemRule("flag", msg("the source gives no position."), msg("No position")),
    "zero-zero": ProblemRule("flag", msg("the position is 0, 0, which usually means a missing one."), msg("Position 0, 0")),
    "rounded-degree": ProblemRule(
        "flag", msg("the position is rounded to whole degrees, so it may be %(value)s km off."), msg("Rounded to whole degrees")
    ),
    "rounded-tenth": ProblemRule(
        "flag",
        msg("the position is rounded to tenths of a degree, so it may be %(value)s km off."),
        msg("Rounded to tenths of a degree"),
    ),
    "unicode-minus": ProblemRule(
        "flag",
        msg("the coordinate %(value)r is written with a sign that is not the ASCII minus; it was read as negative."),
        msg("Unusual minus sign"),
    ),
    "outside-country": ProblemRule(
        "flag", msg("the position lies %(value)s km outside %(country)s, the stated country."), msg("Outside its country")
    ),
    "outside-division": ProblemRule(
        "flag", msg("the position lies %(value)s km outside %(division)s, the stated division."), msg("Outside its division")
    ),
    "position-refuted": ProblemRule(
        "flag",
        msg("the source puts it at %(value)s; a reviewer found that wrong, so it is not used (%(reason)s)."),
        msg("Position refuted by review"),
    ),
    "country-refuted": ProblemRule(
        "flag",
        msg("the source names the country %(value)r; a reviewer found that wrong, so it is not used (%(reason)s)."),
        msg("Country refuted by review"),
    ),
    "name-refuted": ProblemRule(
        "flag",
        msg("the source names it %(value)r; a reviewer found that wrong, so it is not used (%(reason)s)."),
        msg("Name refuted by review"),
    ),
    "country-from-position": ProblemRule(
        "flag",
        msg("the source states no country that can be used; the position lies in %(country)s."),
        msg("Country from the position"),
    ),
    "swapped-coordinates": ProblemRule(
        "flag",
        msg("longitude and latitude look swapped: %(value)s would lie in %(country)s."),
        msg("Longitude and latitude swapped?"),
    ),
    "lost-minus": ProblemRule(
        "flag", msg("a minus sign looks lost: %(value)s would lie in %(country)s."), msg("Lost minus sign?")
    ),
    "shifted-degree": ProblemRule(
        "flag",
        msg("the position looks shifted by exactly one degree: %(value)s would lie in %(country)s."),
        msg("Shifted by one degree?"),
    ),
    "in-the-sea": ProblemRule("flag", msg("the position lies in the sea, %(value)s km from land."), msg("In the sea")),
    "at-the-capital": ProblemRule(
        "flag", msg("the position is that of %(value)s; it may be the head office instead of the site."), msg("At the capital")
    ),
    "datum-uncertain": ProblemRule(
        "flag",
        msg("the position was given in %(value)s, which can be turned to WGS 84 only to about 100 m."),
        msg("Uncertain datum"),
    ),
    "area-disagrees": ProblemRule(
        "flag",
        msg(
            "the corners enclose %(computed)s km², the source says %(value)s km²; check the corners, the system and "
            "the printed area."
        ),
        msg("Area disagrees with the corners"),
    ),
    "polygon-unreadable": ProblemRule(
        "flag",
        msg("the polygon can't be read (%(reason)s), so the record is not on the map: %(value)s."),
        msg("Unreadable polygon"),
        left_out=True,
    ),
    "ring-unreadable": ProblemRule(
        "flag",
        msg("%(reason)s The corner points %(value)r can't be read, so the record is not on the map."),
        msg("Unreadable corner points"),
        left_out=True,
    ),
    "polygon-missing": ProblemRule(
        "flag", msg("the row has no polygon; the record is listed and is not on the map."), msg("Without polygon")
    ),
    "geometry-repeated": ProblemRule("flag", msg("the outline is the same as that of %(value)s."), msg("Repeated outline")),
    "links-conflict": ProblemRule(
        "flag",
        msg("two versions of the record have different links; the later one, %(value)s, is given: check it at the authority."),
        msg("Conflicting links"),
    ),
    "contained-differs": ProblemRule(
        "flag",
        msg("ore times grade gives %(computed)s t, the source says %(value)s t of %(commodity)s."),
        msg("Contained metal differs"),
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
    # flags of recovery records
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
    "no-longer-in-source": ProblemRule(
        "flag", msg("the record is no longer in its source's newer file."), msg("No longer in its source")
    ),
    "sources-differ-position": ProblemRule(
        "flag", msg("its sources give positions up to %(value)s km apart."), msg("Sources differ on the position")
    ),
    "sources-differ-status": ProblemRule(
        "flag", msg("its sources give different statuses: %(value)s."), msg("Sources differ on the status")
    ),
    "sources-differ-capacity": ProblemRule(
        "flag", msg("its sources give different capacities of %(product)s: %(value)s t/a."), msg("Sources differ on a capacity")
    ),
    "listed-before": ProblemRule(
        "flag",
        msg("an earlier batch of the list has %(value)r with the same kind, at %(first)s."),
        msg("Listed in an earlier batch"),
    ),
    # values of experts
    "value-given": ProblemRule(
        "flag",
        msg("an expert gave %(value)s, by %(cited)s; the values of the sources are listed with it."),
        msg("Value given by an expert"),
    ),
    "figure-judged": ProblemRule(
        "flag",
        msg("an expert judged the figure %(value)s of %(figure)s by %(cited)s: %(verdict)s."),
        msg("Figure judged by an expert"),
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that breaks a rule; ``column`` is the column of the file, ``suggestion`` the likely correct (lon, lat).

    The details are further arguments of the rule's sentence, such as a label or a message; ``value`` may be one of them.
    """

    rule: str
    value: str
    column: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    suggestion: tuple[float, float] | None = None

    @property
    def refuses(self) -> bool:
        """Whether the rule puts a row in quarantine."""
        return RULES[self.rule].weight == "refuse"

    @property
    def excludes(self) -> bool:
        """Whether the rule says why a row is out of scope."""
        return RULES[self.rule].weight == "scope"

    @property
    def left_out(self) -> bool:
        """Whether a part of the row is left out of its record."""
        return RULES[self.rule].left_out

    def sentence(self, language: str = "en") -> str:
        """Return the sentence with its values, in a language."""
        if self.detail:
            return _build_message(self.rule, self.value, self.detail).in_language(language)
        return _write_sentence(self.rule, self.value, language)


@cache
def list_flag_titles() -> Mapping[str, Message]:
    """Return the title of each rule that flags."""
    return {name: rule.title for name, rule in RULES.items() if rule.title is not None}


def _build_message(rule: str, value: str, detail: Mapping[str, object]) -> Message:
    shown = value if len(value) <= MAX_VALUE_LENGTH else value[: MAX_VALUE_LENGTH - 3] + "..."
    named = {"vocabulary": vocabulary_title(str(detail["vocabulary"]))} if "vocabulary" in detail else {}
    return Message(RULES[rule].sentence.template, {"hint": "", "value": shown, **detail, **named})


# rows of a source often have the same problems: no position, a position rounded to a tenth of a degree
@lru_cache(maxsize=4096)
def _write_sentence(rule: str, value: str, language: str) -> str:
    return _build_message(rule, value, {}).in_language(language)


UNREAD_POSITION = frozenset(
    {
        "not-a-coordinate",
        "coordinate-off-globe",
        "swapped-off-globe",
        "coordinate-half",
        "coordinate-outside-crs",
        "point-unreadable",
    }
)
"""Rules of coordinates that are no position."""
