"""`lode download`: a file from a site, resumed where it broke off and checked by its digest."""

import base64
import hashlib
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import requests

from lodebase import settings as settings_module
from lodebase.cli.output import echo, echo_json, json_option, say, translate_for_terminal
from lodebase.errors import ExportFailed
from lodedata.messages import msg
from lodedata.write import FORMATS

BLOCK_BYTES = 1 << 18
TRIES = 5
MAX_DOWNLOAD_WAIT_S = 120
PATIENCE_S = (10, 900)
"""Seconds to connect, and until the first byte, as the site may prepare the file first."""
SHOWN_EACH_S = 0.5


@dataclass(frozen=True, slots=True)
class DownloadPart:
    """A partly downloaded file, and the entity tag of the complete one."""

    path: Path

    @property
    def tag(self) -> Path:
        """Return the path of the file that stores its tag."""
        return self.path.with_name(f"{self.path.name}.tag")

    def read_state(self) -> tuple[int, str | None]:
        """Return the bytes that were received and the tag of their file; nothing if the tag is lost."""
        if self.path.exists() and self.tag.exists():
            return self.path.stat().st_size, self.tag.read_text()
        return 0, None

    def drop(self) -> None:
        """Delete both files."""
        self.path.unlink(missing_ok=True)
        self.tag.unlink(missing_ok=True)


@click.command()
@click.argument("collection")
@click.argument("form", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.argument("parameters", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--site", help="Address of the site; by default the one that `lode serve` starts here.")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    help="File or folder to write; by default the current folder and the name that the site gives.",
)
@click.option("--package", is_flag=True, help="A data package: the data with its description, licences and citation.")
@click.option("--since", help="Only the changes after a version, date or time, to update an older file.")
@json_option
def download(
    collection: str,
    form: str,
    parameters: tuple[str, ...],
    site: str | None,
    target: Path | None,
    package: bool,
    since: str | None,
    as_json: bool,
) -> None:
    """Download everything that matches: NAME=VALUE are parameters of the API, such as commodity=nickel country=IDN.

    An interrupted download resumes when the command is run again, and the file is checked by its digest.
    """
    settings = settings_module.load()
    query = dict(_parse_pair(parameter) for parameter in parameters)
    query |= ({"package": "1"} if package else {}) | ({"since": since} if since else {})
    root = (site or f"http://{settings.host}:{settings.port}").rstrip("/")
    address = f"{root}/api/collections/{collection}/download/{form}"
    with _translate_errors(), requests.Session() as session:
        head = _fetch_head(session, address, query)
        path = _choose_target(target, head)
        part = DownloadPart(path.with_name(f"{path.name}.part"))
        for last in (*[False] * (TRIES - 1), True):
            try:
                _receive(session, address, query, part)
                break
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.Timeout) as error:
                if last:
                    raise
                say(msg("  interrupted (%(error)s); resuming", error=type(error).__name__))
        digest = _check(session, address, query, part)
        part.path.replace(path)
        part.drop()
    if as_json:
        echo_json({"file": str(path), "bytes": path.stat().st_size, "sha256": digest})
        return
    say(f"  SHA-256 {digest}")
    echo(str(path))


def _parse_pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(translate_for_terminal(msg("%(value)r is not NAME=VALUE", value=text)))
    return name, value


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Raise ExportFailed with a message for what goes wrong."""
    try:
        yield
    except requests.RequestException as error:
        raise ExportFailed(msg("the site can't be reached, or the connection broke: %(error)s", error=error)) from None


def _fetch_head(session: requests.Session, address: str, query: dict[str, str]) -> requests.Response:
    response = session.head(address, params=query, timeout=PATIENCE_S)
    if response.status_code == 405 or response.status_code >= 400:
        _refuse(session.get(address, params=query, timeout=PATIENCE_S, stream=True))
    return response


def _refuse(response: requests.Response) -> None:
    """Raise ExportFailed with the site's reason if it rejected the request."""
    if response.status_code >= 400:
        try:
            problem = response.json()
            reason = f"{problem.get('parameter', '')} {problem.get('detail', '')}".strip()
        except ValueError:
            reason = response.reason
        raise ExportFailed(
            msg("the site responded with status %(status)s: %(reason)s", status=response.status_code, reason=reason)
        )


def _choose_target(target: Path | None, head: requests.Response) -> Path:
    named = re.search(r'filename="([\w.-]+)"', head.headers.get("Content-Disposition", ""))
    name = named.group(1) if named else "download"
    if target is None:
        return Path(name)
    return target / name if target.is_dir() else target


def _receive(session: requests.Session, address: str, query: dict[str, str], part: DownloadPart) -> None:
    """Receive the rest of the file."""
    size, tag = part.read_state()
    headers = {"Accept-Encoding": "identity"}
    if size and tag:
        headers |= {"Range": f"bytes={size}-", "If-Range": tag}
    with _request_response(session, address, query, headers) as response:
        if response.status_code == 416:
            return
        if response.status_code != 206:
            size = 0
        part.tag.write_text(response.headers.get("ETag", ""))
        total = response.headers.get("Content-Length")
        with (
            part.path.open("ab" if size else "wb") as stream,
            _show_progress(size, int(total) + size if total else None) as received,
        ):
            for block in response.iter_content(BLOCK_BYTES):
                stream.write(block)
                received.add(len(block))


def _request_response(
    session: requests.Session, address: str, query: dict[str, str], headers: dict[str, str]
) -> requests.Response:
    """Return the response; wait and try again after a 429 or 503."""
    for _ in range(TRIES):
        response = session.get(address, params=query, headers=headers, stream=True, timeout=PATIENCE_S)
        if response.status_code not in (429, 503):
            break
        wait_s = min(int(response.headers.get("Retry-After", "5")), MAX_DOWNLOAD_WAIT_S)
        say(msg("  the site is busy; next try in %(seconds)s s", seconds=wait_s))
        response.close()
        time.sleep(wait_s)
    if response.status_code != 416:
        _refuse(response)
    return response


@contextmanager
def _show_progress(size: int, total: int | None) -> "Iterator[DownloadProgress]":
    shown = DownloadProgress(size, total)
    yield shown
    shown.show(end=True)


class DownloadProgress:
    """The number of bytes received, shown on standard error if that is a terminal."""

    def __init__(self, size: int, total: int | None) -> None:
        self._size, self._total, self._began, self._first, self._shown = size, total, time.monotonic(), size, 0.0

    def add(self, count: int) -> None:
        """Add received bytes."""
        self._size += count
        if time.monotonic() - self._shown > SHOWN_EACH_S:
            self.show()

    def show(self, end: bool = False) -> None:
        """Write the progress."""
        self._shown = time.monotonic()
        speed = (self._size - self._first) / max(self._shown - self._began, 0.001) / 1e6
        share = f" of {self._total / 1e6:,.1f}" if self._total else ""
        if sys.stderr.isatty() or end:
            tail = "\n" if end else "\r"
            sys.stderr.write(f"  {self._size / 1e6:,.1f}{share} MB, {speed:,.1f} MB/s   {tail}")
            sys.stderr.flush()


def _check(session: requests.Session, address: str, query: dict[str, str], part: DownloadPart) -> str:
    """Return the SHA-256 of the file. Raise ExportFailed if it differs from the site's."""
    digest = hashlib.sha256()
    with part.path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
    head = session.head(address, params=query, timeout=PATIENCE_S)
    match = re.match(r"sha-256=:([^:]+):", head.headers.get("Repr-Digest", ""))
    same = head.headers.get("ETag", "") == (part.tag.read_text() if part.tag.exists() else "")
    if match and same and base64.b64decode(match.group(1)) != digest.digest():
        part.drop()
        raise ExportFailed(msg("the downloaded file differs from the site's and was removed; run the command again"))
    return digest.hexdigest()
