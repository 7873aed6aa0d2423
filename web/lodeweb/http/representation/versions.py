"""The version of the data that a request names: the last one, one by number, or the one at a moment."""

from datetime import datetime

from flask import g

from lodebase.download.request import compute_version_time
from lodebase.history import dataset_state
from lodebase.history.dataset_state import Redaction
from lodebase.history.versions import is_number, parse_named_moment, resolve_version
from lodeweb.http import read_replica
from lodeweb.http.database import get_site


def parse_requested_version(text: str | None, name: str = "as_of") -> tuple[int, datetime]:
    """Return the version that a request names, by default the last one, and its time. Raises BadQuery.

    It is looked up once for a request, which may describe a thousand files of one version.
    """
    known: dict[str | None, tuple[int, datetime]] = g.setdefault("versions", {})
    if text not in known:
        if text is not None:
            _require_known(name, text)
        version = resolve_version(get_site().engine, text, name)
        known[text] = (version.number, compute_version_time(version.committed_at))
    return known[text]


def count_redactions() -> int:
    """Return how many times names left stored data, looked up once for a request."""
    return read_last_redaction().number


def read_last_redaction() -> Redaction:
    """Return the last time that a name left stored data, looked up once for a request."""
    if "redaction" not in g:
        g.redaction = read_replica.read_with_fallback(lambda: dataset_state.read_last_redaction(get_site().engine))
    redaction: Redaction = g.redaction
    return redaction


def _require_known(name: str, text: str) -> None:
    """Read from the primary if the replica may not have the version yet."""
    replicas = get_site().replicas
    if replicas is None:
        return
    if is_number(text):
        read_replica.require_version(replicas, int(text))
    else:
        read_replica.require_moment(replicas, parse_named_moment(name, text))
