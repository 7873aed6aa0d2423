"""Problems of cells, keys and names of a row, and rows that are no record or out of scope."""

from collections.abc import Mapping

from lodedata.messages import msg
from lodedata.problem_rules.rule import ProblemRule

ROW_RULES: Mapping[str, ProblemRule] = {
    "not-a-number": ProblemRule("refuse", msg("%(value)r is not a number%(hint)s.")),
    "not-a-date": ProblemRule("refuse", msg("%(value)r is not a date%(hint)s; write 2019, 2019-05 or 2019-05-31.")),
    "formula-cell": ProblemRule(
        "refuse", msg("the cell holds the formula %(value)r and no value; save the sheet with values.")
    ),
    "nul-byte": ProblemRule("refuse", msg("the cell holds a NUL byte; the file is damaged or not text.")),
    "total-row": ProblemRule("refuse", msg("the row begins with %(value)r: it holds totals and is not a record.")),
    "note-row": ProblemRule("refuse", msg("the row holds only the note %(value)r and is not a record.")),
    "no-mineral-named": ProblemRule("scope", msg("the row names no mineral.")),
    "other-mineral": ProblemRule("scope", msg("the row is about minerals that are not read from this source.")),
    "other-product": ProblemRule("scope", msg("the row is about a product or activity that is not read from this source.")),
    "not-a-site": ProblemRule(
        "scope", msg("the row is a total of a group or a country, a target, or names several sites; it is not a single site.")
    ),
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
    "wrong-cell-count": ProblemRule(
        "refuse", msg("the row has %(value)s cells where the header has %(expected)s; is the delimiter or a quote wrong?")
    ),
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
    "no-known-commodity": ProblemRule(
        "refuse",
        msg("no word of %(value)r is a known commodity; write one such as copper (see /api/vocabularies/commodity)."),
    ),
    "unknown-kind": ProblemRule(
        "refuse", msg("%(value)r is neither a deposit nor a discovery nor a project; add it to the mapping.")
    ),
    "orphan-row": ProblemRule("refuse", msg("the row belongs to %(value)r, which is not in the source.")),
    "unknown-term": ProblemRule(
        "flag",
        msg("%(value)r is no known term (%(vocabulary)s); it was left empty, the word stays in the source record."),
        msg("Unknown word"),
        left_out=True,
    ),
    "code-wrong": ProblemRule(
        "flag",
        msg("%(reason)s The code was left empty; the source record has it as printed."),
        msg("Wrong code"),
        left_out=True,
    ),
    "name-missing": ProblemRule("flag", msg("the record has no name."), msg("No name")),
    "damaged-text": ProblemRule(
        "flag", msg("%(value)r holds characters lost in an earlier conversion of the source."), msg("Damaged text")
    ),
    "name-refuted": ProblemRule(
        "flag",
        msg("the source names it %(value)r; a reviewer found that wrong, so it is not used (%(reason)s)."),
        msg("Name refuted by review"),
    ),
    "links-conflict": ProblemRule(
        "flag",
        msg("two versions of the record have different links; the later one, %(value)s, is given: check it at the authority."),
        msg("Conflicting links"),
    ),
    "no-longer-in-source": ProblemRule(
        "flag", msg("the record is no longer in its source's newer file."), msg("No longer in its source")
    ),
    "sources-differ-status": ProblemRule(
        "flag", msg("its sources give different statuses: %(value)s."), msg("Sources differ on the status")
    ),
    "value-given": ProblemRule(
        "flag",
        msg("an expert gave %(value)s, by %(cited)s; the values of the sources are listed with it."),
        msg("Value given by an expert"),
    ),
}
