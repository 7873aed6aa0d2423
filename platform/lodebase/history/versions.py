"""Resolve a number, date or time to a dataset version."""

from datetime import datetime

from sqlalchemy import Engine

from lodebase.errors import BadQuery
from lodebase.history import dataset_state
from lodebase.history.dataset_state import Version
from lodebase.query.parameters import time_parameters
from lodedata.messages import msg

SINCE = "since"
"""The parameter that names the version after which changes are returned."""


def is_number(text: str) -> bool:
    """Return whether a text has the form of a version number."""
    return text.isascii() and text.isdigit() and len(text) < 10


def parse_named_moment(name: str, text: str) -> datetime:
    """Return the moment that a date or time names: of a day, month or year its end, as its versions belong to it.

    ``since`` names the beginning, so that the changes of that day come after it. Raise BadQuery if it is invalid.
    """
    return time_parameters.parse_utc_moment(name, text) if name == SINCE else time_parameters.parse_last_moment(name, text)


def resolve_version(engine: Engine, text: str | None, name: str = "as_of") -> Version:
    """Return the version of a number, date or time, the latest if none is given. Raise BadQuery with the parameter's name.

    Four digits are a year, unless there are as many versions.
    """
    now = dataset_state.read_version(engine)
    if text is None:
        return now
    if is_number(text) and not (len(text) == 4 and int(text) > now.number):
        number = int(text)
        if number > now.number:
            raise BadQuery(name, text, msg("There is no version %(value)s yet. The last one is %(number)s.", number=now.number))
        return Version(number, dataset_state.read_commit_time(engine, number))
    return dataset_state.find_version_at(engine, parse_named_moment(name, text))
