"""The query of a check of condition lists: an organisation or a project, a day, and the lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lodebase.errors import BadQuery
from lodebase.topics.lists.parameters import FirmParameters
from lodedata.messages import msg
from lodedata.topics.lists import Checker, Subject
from lodedata.topics.lists.matching import find_code_division


@dataclass(frozen=True, slots=True)
class ListQuery:
    """An organisation by code or name, or a project; the day; the lists, all if there are none."""

    uscc: str | None
    name: str | None
    project: str | None
    division: str | None
    on: date
    lists: tuple[str, ...] = ()


def make_query(parameters: FirmParameters, today: date) -> ListQuery:
    """Return the query of the parameters of a request or of a row. Raises BadQuery for a day outside."""
    parameters.require_day(today)
    on = today if parameters.date is None else parameters.date
    division = parameters.province or (None if parameters.uscc is None else find_code_division(parameters.uscc))
    return ListQuery(parameters.uscc, parameters.name, parameters.project, division, on, parameters.lists)


def require_lists(query: ListQuery, checker: Checker, strict: bool = True) -> tuple[str, ...]:
    """Return the codes of the lists of a query.

    Raises BadQuery for an unknown list and, if ``strict``, for a day on which none of the named lists existed.
    """
    for code in query.lists:
        if code not in checker.codes:
            raise BadQuery("list", code, msg('There is no list "%(value)s". Choose from %(lists)s.', lists=list(checker.codes)))
    begins = [checker.register.coverages[code][0].exists_from for code in query.lists]
    opening_days = [day for day in begins if day is not None]
    if strict and begins and len(opening_days) == len(begins) and query.on < min(opening_days):
        raise BadQuery(
            "date",
            query.on.isoformat(),
            msg("The list did not exist on %(value)s. Choose a date from %(first)s.", first=min(opening_days)),
        )
    return query.lists or checker.codes


def make_subject(query: ListQuery, projects: Mapping[str, Mapping[str, object]], names: Mapping[str, Sequence[str]]) -> Subject:
    """Return the organisation of a query, with the owners of its project and the names of its code."""
    organisation_names = [query.name] if query.name else []
    organisation_names += names.get(query.uscc or "", ())
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
            organisation_names += owners
            uscc = owner_codes[0] if len(owner_codes) == 1 else None
    return Subject(uscc, tuple(dict.fromkeys(organisation_names)), division, query.project)
