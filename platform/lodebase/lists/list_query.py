"""The parsed query of a check of condition lists: an organisation or a project, a day, and the lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lodebase.errors import BadQuery
from lodedata.lists import Checker, Subject
from lodedata.lists.matching import division_of_code
from lodedata.messages import msg
from lodedata.organisations import uscc as codes
from lodedata.vocab import vocabulary

EARLIEST = date(1990, 1, 1)
LONGEST = 200
"""Maximum length of a name or id."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """An organisation by code or name, or a project; the day; the lists, all if there are none."""

    uscc: str | None
    name: str | None
    project: str | None
    division: str | None
    on: date
    lists: tuple[str, ...] = ()


def parse(values: Mapping[str, str], today: date) -> ListQuery:
    """Return the query of parameters or of a row. Raises BadQuery."""
    uscc, name, project = (_text(values, field) for field in ("uscc", "name", "project"))
    if not (uscc or name or project):
        raise BadQuery("name", "", msg("Give the name of a firm, its unified social credit code (uscc), or a project."))
    if name and name.startswith("="):
        wrong_name = msg('"%(value)s" is a formula without its result. Open the workbook, save it, and send it again.')
        raise BadQuery("name", name[:40], wrong_name)
    if uscc and (wrong := codes.problem(uscc)) is not None:
        raise BadQuery("uscc", uscc, wrong)
    code = codes.normalised(uscc) if uscc else None
    lists = tuple(one.strip() for one in values.get("list", "").split(",") if one.strip())
    division = _division(_text(values, "province")) or (division_of_code(code) if code else None)
    return ListQuery(code, name, project, division, _day(_text(values, "date"), today), lists)


def require_lists(query: ListQuery, checker: Checker, strict: bool = True) -> tuple[str, ...]:
    """Return the codes of the lists of a query.

    Raises BadQuery for an unknown list and, if ``strict``, for a day on which none of the named lists existed.
    """
    for code in query.lists:
        if code not in checker.codes:
            raise BadQuery("list", code, msg('There is no list "%(value)s". Choose from %(lists)s.', lists=list(checker.codes)))
    begins = [checker.register.coverages[code][0].exists_from for code in query.lists]
    known = [day for day in begins if day is not None]
    if strict and begins and len(known) == len(begins) and query.on < min(known):
        raise BadQuery(
            "date",
            query.on.isoformat(),
            msg("The list did not exist on %(value)s. Choose a date from %(first)s.", first=min(known)),
        )
    return query.lists or checker.codes


def subject(query: ListQuery, projects: Mapping[str, Mapping[str, object]], names: Mapping[str, Sequence[str]]) -> Subject:
    """Return the organisation of a query, with the owners of its project and the names of its code."""
    found = [query.name] if query.name else []
    found += names.get(query.uscc or "", ())
    uscc, division = query.uscc, query.division
    if query.project is not None:
        project = projects.get(query.project)
        if project is None:
            raise BadQuery(
                "project", query.project, msg('There is no project "%(value)s". Take its id from /api/collections/projects.')
            )
        owners, owner_codes = project["names"], project["codes"]
        assert isinstance(owners, list)
        assert isinstance(owner_codes, list)
        if not query.name and not query.uscc:
            found += owners
            uscc = owner_codes[0] if len(owner_codes) == 1 else None
    return Subject(uscc, tuple(dict.fromkeys(found)), division, query.project)


def _text(values: Mapping[str, str], field: str) -> str | None:
    text = values.get(field, "").strip()
    if len(text) > LONGEST:
        raise BadQuery(field, text[:40], msg("%(parameter)s has more than %(most)s characters. Shorten it.", most=LONGEST))
    return text or None


def _day(text: str | None, today: date) -> date:
    if text is None:
        return today
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadQuery("date", text[:40], msg('"%(value)s" is not a date. Write it as 2024-06-30.')) from None
    if not EARLIEST <= found <= today:
        raise BadQuery(
            "date",
            text,
            msg("%(value)s is not between %(first)s and %(last)s. Choose a day in between.", first=EARLIEST, last=today),
        )
    return found


def _division(text: str | None) -> str | None:
    if text is None:
        return None
    terms = vocabulary("division")
    found = terms[text] if text in terms else terms.find(text, "CHN")
    if found is None:
        raise BadQuery(
            "province", text[:40], msg('"%(value)s" is not a province. Use a name such as Jiangxi, or a code such as CN-JX.')
        )
    return found.code
