"""Pinned responses: data of a version that the address names, which any cache may store for a year.

An address names a version by ``as_of=12`` or by a path that begins with ``/v/12``. Pages name it with its edition,
``12-1f0c9a7e``, which changes when a name leaves the stored data, when the program changes, and in another store.

``classify_view`` says of every address what a version in it means; checks, headers and docs/reference follow it.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import Enum
from hashlib import blake2b
from typing import Any, TypeVar

from flask import Flask, current_app, request

from lodebase.errors import BadQuery
from lodebase.history.dataset_state import Redaction, Version
from lodebase.history.versions import is_number
from lodebase.operations.operation import Operation
from lodebase.operations.row_parameters import AS_OF, RowParameters
from lodedata.messages import Message, msg
from lodeweb.http.declared import ATTRIBUTE
from lodeweb.http.representation import versions
from lodeweb.http.representation.negotiation import wants_html

A_YEAR = "public, max-age=31536000, immutable"
"""The Cache-Control of a response that never changes (RFC 8246)."""
PATH = re.compile(r"/v/(\d{1,9}(?:-[0-9a-f]{8})?)(/(?:api|records)(?:/.*)?)", re.DOTALL)
IN_QUERY = re.compile(r"(^|&)as_of=(\d{1,9})-([0-9a-f]{8})(?=&|$)")
EDITION = "lode.edition"
"""The key of the WSGI environment with the edition that the address names."""
VERSION_PATH = "lode.version_path"
"""The key of the WSGI environment with the version that the path begins with."""
STATISTICS = "stats"
"""The topic whose ``as_of`` is the day of a release, and no version of the data."""
CHANGES, SAME_FOR_ALL, USE = "changes_within_version", "same_for_all", "version_use"
View = TypeVar("View", bound=Callable[..., Any])


class VersionUse(Enum):
    """What a version in an address means to the view that it leads to."""

    RECORDS = "the records of the version, stored for a year"
    PROGRAM = "the same in all versions, stored for a year"
    VARYING = "the records of the version, revalidated: depends also on the day, or on the land and borders of the map"
    RELEASES = "refused: statistics are stored by release; `as_of` is the day on which releases were known"
    LATEST = "refused: computed from the last version only"
    CURRENT = "refused: depends on more than the data, such as the day, rules, jobs, imports or saved things"


PINNED = (VersionUse.RECORDS, VersionUse.PROGRAM)
"""The uses whose responses never change, so that caches may store them for a year."""
REFUSALS: dict[VersionUse, Message] = {
    VersionUse.RELEASES: msg(
        "Statistics are stored by release, not by version. Leave out /v/%(value)s and give %(parameter)s, the day on which "
        "releases were known, such as 2026-03-31."
    ),
    VersionUse.LATEST: msg(
        "This address has the last version of the data only. Leave out /v/%(value)s, or request the records of a version "
        "from /v/%(value)s/api/collections."
    ),
    VersionUse.CURRENT: msg(
        "This address has no versions, as it depends on more than the data, such as the day. Leave out /v/%(value)s."
    ),
}
"""The sentence of each use that has no version."""


class PinnedAddresses:
    """Passes a request for ``/v/VERSION/api/...`` on as one for ``/api/...?as_of=VERSION``, and editions apart."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Respond as a WSGI application."""
        query = environ.get("QUERY_STRING", "")
        if (match := PATH.fullmatch(environ.get("PATH_INFO", ""))) is not None:
            environ["PATH_INFO"], environ[VERSION_PATH] = match[2], match[1]
            query = "&".join(filter(None, (query, f"as_of={match[1]}")))
        if (edition := IN_QUERY.search(query)) is not None:
            environ[EDITION] = edition[3]
            query = IN_QUERY.sub(r"\1as_of=\2", query, count=1)
        environ["QUERY_STRING"] = query
        return self._application(environ, start_response)


def register(app: Flask) -> None:
    """Refuse a version in the addresses that have none."""
    app.before_request(_check_version)


def reads_version(view: View) -> View:
    """Declare that a view's response depends on the version that the address names, and on no day, rules or jobs."""
    vars(view)[USE] = VersionUse.RECORDS
    return view


def same_in_all_versions(view: View) -> View:
    """Declare that a view's response depends on the program alone."""
    vars(view)[USE] = VersionUse.PROGRAM
    return view


def classify_view(view: Callable[..., Any] | None) -> VersionUse:
    """Return what a version in an address means to a view: as its operation declares, or the view itself."""
    operation: Operation[Any, Any] | None = getattr(view, ATTRIBUTE, None)
    if operation is None:
        return getattr(view, USE, VersionUse.CURRENT)
    if issubclass(operation.parameters, RowParameters) and "moment" in operation.parameters.groups:
        return VersionUse.RECORDS if operation.varies_by == ("version",) else VersionUse.VARYING
    if AS_OF in operation.parameters.model_fields and operation.topic == STATISTICS:
        return VersionUse.RELEASES
    if operation.varies_by == ():
        return VersionUse.PROGRAM
    return VersionUse.LATEST if operation.varies_by == ("version",) else VersionUse.CURRENT


def is_same_in_all_versions() -> bool:
    """Return whether the response of this request depends on the program alone."""
    return classify_view(_view()) is VersionUse.PROGRAM


def takes_version() -> bool:
    """Return whether the address of this request has versions whose responses never change."""
    return classify_view(_view()) in PINNED


def find_version_prefix() -> str:
    """Return the beginning of the paths that pin what this request pins, empty if it names no version by number."""
    text = request.args.get(AS_OF, "")
    if not is_number(text):
        return ""
    edition = request.environ.get(EDITION)
    return f"/v/{text}" if edition is None else f"/v/{text}-{edition}"


def changes_within_version(condition: Callable[[], bool]) -> Callable[[View], View]:
    """Declare that a view's response may change without a new version of the data if a condition holds."""

    def declare(view: View) -> View:
        vars(view)[CHANGES] = condition
        return view

    return declare


def same_for_all(view: View) -> View:
    """Declare that a view's response depends on neither the language nor the formats that the client accepts."""
    vars(view)[SAME_FOR_ALL] = True
    return view


def is_same_for_all() -> bool:
    """Return whether the response of this request is declared to be the same for every client."""
    return getattr(_view(), SAME_FOR_ALL, False)


def compute_edition(version: Version, redaction: Redaction, build: str) -> str:
    """Return the edition of a version: eight hexadecimal digits that change whenever its responses may."""
    committed = version.committed_at.isoformat() if version.committed_at else ""
    return blake2b(f"{build} {committed} {redaction.number}".encode(), digest_size=4).hexdigest()


def find_pinned_version() -> int | None:
    """Return the number of the version that this request pins; None if it names none, or what depends on more than it."""
    text = request.args.get(AS_OF, "")
    if not is_number(text) or wants_html() or not takes_version():
        return None
    condition: Callable[[], bool] | None = getattr(_view(), CHANGES, None)
    return None if condition is not None and condition() else int(text)


def is_final(version: Version, redaction: Redaction, build: str) -> bool:
    """Return whether the response to this request may be stored for a year: no name left the version later.

    An address with an edition is final while that is the current edition.
    """
    edition = request.environ.get(EDITION)
    if edition is not None:
        return bool(edition == compute_edition(version, redaction, build))
    return version.committed_at is not None and not _is_after(redaction.at, version.committed_at)


def _check_version() -> None:
    """Raise BadQuery for a version that does not exist, or that the path of an address without versions begins with."""
    if AS_OF not in request.args or request.endpoint is None:
        return
    use = classify_view(_view())
    if use is VersionUse.PROGRAM:
        versions.parse_requested_version(request.args[AS_OF])
    elif VERSION_PATH in request.environ and use in REFUSALS:
        raise BadQuery(AS_OF, request.environ[VERSION_PATH], REFUSALS[use])


def _is_after(moment: datetime | None, other: datetime) -> bool:
    return moment is not None and moment > other


def _view() -> Callable[..., Any] | None:
    return current_app.view_functions.get(request.endpoint or "")
