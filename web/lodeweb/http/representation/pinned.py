"""Pinned responses: data of a version that the address names, which any cache may store for a year.

An address names a version by ``as_of=12`` or by a path that begins with ``/v/12``. Pages name it with its edition,
``12-1f0c9a7e``, which changes when a name leaves the stored data, when the program changes, and in another store.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeVar

from flask import current_app, request

from lodebase.history.dataset_state import Redaction, Version
from lodebase.history.versions import is_number
from lodeweb.http.declared import find_request_operation
from lodeweb.http.representation.negotiation import wants_html

A_YEAR = "public, max-age=31536000, immutable"
"""The Cache-Control of a response that never changes (RFC 8246)."""
PATH = re.compile(r"/v/(\d{1,9}(?:-[0-9a-f]{8})?)(/(?:api|records)(?:/.*)?)", re.DOTALL)
IN_QUERY = re.compile(r"(^|&)as_of=(\d{1,9})-([0-9a-f]{8})(?=&|$)")
EDITION = "lode.edition"
"""The key of the WSGI environment with the edition that the address names."""
VERSION_PATH = "lode.version_path"
"""The key of the WSGI environment with the version that the path begins with."""
CHANGES, SAME_FOR_ALL = "changes_within_version", "same_for_all"
View = TypeVar("View", bound=Callable[..., Any])


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
    text = request.args.get("as_of", "")
    if not is_number(text) or wants_html():
        return None
    operation = find_request_operation()
    if operation is not None and operation.varies_by != ("version",):
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


def _is_after(moment: datetime | None, other: datetime) -> bool:
    return moment is not None and moment > other


def _view() -> Callable[..., Any] | None:
    return current_app.view_functions.get(request.endpoint or "")
