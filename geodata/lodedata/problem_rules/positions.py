"""Problems of positions and geometries."""

from collections.abc import Mapping

from lodedata.messages import msg
from lodedata.problem_rules.rule import ProblemRule

POSITION_RULES: Mapping[str, ProblemRule] = {
    "geometry-unreadable": ProblemRule("refuse", msg("the geometry can't be read: %(value)s.")),
    "far-from-namesake": ProblemRule(
        "flag",
        msg("the position lies %(value)s km from %(name)s as the register has it: same name, country and metal."),
        msg("Far from the object of the same name"),
    ),
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
    "sources-differ-position": ProblemRule(
        "flag", msg("its sources give positions up to %(value)s km apart."), msg("Sources differ on the position")
    ),
}

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
