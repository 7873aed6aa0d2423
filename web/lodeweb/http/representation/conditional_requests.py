"""Entity tags: a response that a client has cached is revalidated by one cheap statement instead of being made again.

The entity tag of a response is made of the version of the data, the build of the program and every part of the request
that the response depends on: its address, format and language, the day, and under ``RULED`` the rules, which an operator
changes without a new version. A tag matches exactly if the same request would get it now, and no row is read.
The version is read for every request, so commits take effect at once. A redaction changes earlier versions, so the tags of
requests for them have the number of redactions too. What a request pins to a version may be stored for a year (see ``pinned``).
``If-Modified-Since`` is ignored, because two versions may have the same second.
"""

import sqlite3
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import version as installed
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from werkzeug.http import http_date, parse_etags

import lodebase
import lodedata
import lodeweb
from lodebase.download import spool
from lodebase.download.kinds_request import KindsRequest
from lodebase.download.request import DownloadRequest
from lodebase.errors import BadQuery, BadSetting, LodeError
from lodebase.ground.packs import read_ground_fingerprint
from lodebase.history import dataset_state
from lodebase.history.dataset_state import Version
from lodebase.layout.rulebook import load_rulebook
from lodeweb.http import read_replica
from lodeweb.http.database import get_site
from lodeweb.http.declared import find_request_operation
from lodeweb.http.representation import pinned, versions
from lodeweb.http.representation.responses import VERSION_HEADER
from lodeweb.i18n.language import get_language

CODE = (".py", ".html", ".mo", ".csv", ".yml", ".json")
WRITERS = ("adbc-driver-postgresql", "numpy", "orjson", "psycopg", "pyarrow", "pyogrio", "pyproj", "xlsxwriter")
FIXED = "fixed"
CACHED = (200, 206, 304)
"""Statuses of responses that caches may store."""
RULED = "/api/layout/"
"""Path prefix of the responses that depend on the rules."""
BY_RELEASE = "/api/statistics/"
"""Path prefix of the responses whose ``as_of`` is the day of a release, and no version of the data."""
KEY = "lode-committed"
VARY = "Accept, Accept-Language, Cookie"
"""Headers that select between page and data, and the language."""


def register(app: Flask) -> None:
    """Add entity tags to responses, and respond to a matching tag with 304."""
    build()
    app.extensions[KEY] = {}
    app.before_request(_check_freshness)
    app.after_request(_tag_response)


@lru_cache(maxsize=1)
def build() -> str:
    """Return an identifier of this build: its version, its files and the libraries that write downloads.

    Two sites with the same data give the same tags for the same bytes, and different ones if their libraries differ.
    """
    digest = blake2b(installed("lode").encode(), digest_size=12)
    for library in WRITERS:
        digest.update(f"{library} {installed(library)}\0".encode())
    digest.update(f"{sqlite3.sqlite_version} {zlib.ZLIB_RUNTIME_VERSION}".encode())
    for package in (lodedata, lodebase, lodeweb):
        assert package.__file__ is not None
        folder = Path(package.__file__).parent
        for path in sorted(path for path in folder.rglob("*") if path.suffix in CODE and path.is_file()):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def today() -> date:
    """Return the default day of a response; ages of statuses and the rules in force depend on it."""
    return datetime.now(UTC).date()


def _check_freshness() -> Response | None:
    # before the response is made, so that one made across midnight is at worst requested again
    g.held = _describe_state()
    if request.method not in ("GET", "HEAD") or not _is_ours():
        return None
    shown = request.headers.get("If-None-Match")
    # "*" matches any representation of an existing resource, which the tag can't show
    if not shown or shown.strip() == "*":
        return None
    operation = find_request_operation()
    if operation is not None and operation.varies_by is None:
        return None
    tags = parse_etags(shown)
    if tags.contains_weak(fixed := _tag(_describe_fixed())):
        return _build_not_modified(fixed)
    if operation is not None and "version" not in (operation.varies_by or ()):
        return None
    requested = _find_requested_version()
    if requested is None:
        return None
    tag = _tag(_format_text(requested))
    return _build_not_modified(tag, requested.number) if tags.contains_weak(tag) else None


def build_file_key(wanted: DownloadRequest | KindsRequest) -> str:
    """Return the key of a file, which begins with the number of redactions: one made before a redaction is not used again."""
    return spool.compute_spool_key(versions.count_redactions(), wanted.key(build()))


def _describe_state() -> str:
    """Return what a response depends on besides data, program and request."""
    if "as_of" not in request.args:
        return _find_rules_state()
    # data of a version does not depend on the day
    return f"{_find_rules_state() if _find_pinned_number() is None else ''} {versions.count_redactions()}"


def _find_rules_state() -> str:
    operation = find_request_operation()
    if operation is not None:
        parts: dict[str, Callable[[], str]] = {
            "day": lambda: today().isoformat(),
            "rules": _read_rules_fingerprint,
            "ground": lambda: read_ground_fingerprint(get_site().settings),
        }
        return " ".join(read() for name, read in parts.items() if name in (operation.varies_by or ()))
    return f"{today()} {_read_rules_fingerprint()}" if request.path.startswith(RULED) else today().isoformat()


def _read_rules_fingerprint() -> str:
    """Return the fingerprint of the rules, empty if they can't be read: the view reports that if it needs them."""
    try:
        return load_rulebook(get_site().settings).sha256
    except BadSetting:
        return ""


def _describe_fixed() -> str:
    """Return what a response without a version of the data depends on besides the program."""
    return FIXED if find_request_operation() is None else f"{FIXED} {g.held}"


def _is_cacheable() -> bool:
    """Return whether the operation of this request declares what it depends on, and that is no version of the data."""
    operation = find_request_operation()
    return operation is not None and operation.varies_by is not None and "version" not in operation.varies_by


def _find_requested_version() -> Version | None:
    """Return the version that the request names, None if there is no such version."""
    if "as_of" in request.args and not request.path.startswith(BY_RELEASE):
        try:
            number, _ = read_replica.read_with_fallback(lambda: versions.parse_requested_version(request.args["as_of"]))
        except BadQuery:
            return None
        return Version(number, _find_commit_time(number))
    now = read_replica.read_with_fallback(lambda: dataset_state.read_version(get_site().engine))
    _get_commit_times()[now.number] = now.committed_at
    return now


def _build_not_modified(tag: str, number: int | None = None) -> Response:
    """Return a 304 response with the headers of the cached response (RFC 9110, 15.4.5)."""
    response = Response(status=304)
    response.set_etag(tag, weak=True)
    if number is not None:
        response.headers[VERSION_HEADER] = str(number)
    return response


def _tag_response(response: Response) -> Response:
    if not _is_ours():
        return response
    if pinned.is_same_for_all() and response.status_code in CACHED:
        pass
    elif "Vary" in response.headers:
        response.vary.update(VARY.split(", "))
    else:
        response.headers["Vary"] = VARY
    if response.status_code in CACHED:
        if "as_of" in request.args and pinned.is_same_in_all_versions():
            response.headers[VERSION_HEADER] = str(versions.parse_requested_version(request.args["as_of"])[0])
        response.headers.setdefault("Cache-Control", pinned.A_YEAR if _is_pinned(response) else "no-cache")
    if response.status_code != 200 or request.method not in ("GET", "HEAD") or "ETag" in response.headers:
        return response
    operation = find_request_operation()
    number = response.headers.get(VERSION_HEADER, type=int)
    if number is not None and (operation is None or "version" in (operation.varies_by or ())):
        version = Version(number, _find_commit_time(number))
        if version.committed_at is not None:
            response.headers["Last-Modified"] = http_date(version.committed_at)
        response.set_etag(_tag(_format_text(version)), weak=True)
    elif g.get("fixed") or _is_cacheable():
        response.set_etag(_tag(_describe_fixed()), weak=True)
    return response


def format_version_id(number: int) -> str:
    """Return a version with its edition, as pages name it in addresses, such as ``12-1f0c9a7e``."""
    edition = pinned.compute_edition(Version(number, _find_commit_time(number)), versions.read_last_redaction(), build())
    return f"{number}-{edition}"


def _find_pinned_number() -> int | None:
    """Return the number of the version that this request pins, None if its response depends on more than that."""
    return pinned.find_pinned_version() if request.method in ("GET", "HEAD") else None


def _is_pinned(response: Response) -> bool:
    """Return whether the response is that of a version which the request pins, and is final."""
    number = _find_pinned_number()
    if number is None or response.headers.get(VERSION_HEADER, type=int) != number:
        return False
    try:
        return pinned.is_final(Version(number, _find_commit_time(number)), versions.read_last_redaction(), build())
    except LodeError:
        return False


def _is_ours() -> bool:
    return request.path.startswith(("/api", "/records/"))


def _tag(of: str) -> str:
    """Return the tag of this request's response at a version; weak, as its bytes may be compressed and contain the time."""
    environ = request.environ
    parts = (
        *(build(), of, request.root_url, environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")),
        *(request.headers.get("Accept", ""), get_language()),
    )
    return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=15).hexdigest()


def _format_text(of: Version) -> str:
    # with its time, so that a new store has no tags in common with the old one
    return f"{of.number} {of.committed_at.isoformat() if of.committed_at else ''} {g.held}"


def _get_commit_times() -> dict[int, datetime | None]:
    commit_times: dict[int, datetime | None] = current_app.extensions[KEY]
    return commit_times


def _find_commit_time(number: int) -> datetime | None:
    """Return when a version was committed; cached, as it never changes."""
    committed = _get_commit_times()
    if number not in committed:
        try:
            commit_time = read_replica.read_with_fallback(lambda: dataset_state.read_commit_time(get_site().engine, number))
        except LodeError:
            # the response is complete; only its date is unknown
            return None
        committed[number] = commit_time
    return committed[number]
