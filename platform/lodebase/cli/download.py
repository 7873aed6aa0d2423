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
from lodebase.cli.output import echo, echo_json, json_option, say
from lodebase.errors import ExportFailed
from lodedata.messages import msg
from lodedata.write import FORMATS

BLOCK_BYTES = 1 << 18
TRIES = 5
LONGEST_WAIT_S = 120
PATIENCE_S = (10, 900)
"""Seconds to connect, and until the first byte of what is made first."""
SHOWN_EACH_S = 0.5


@dataclass(frozen=True, slots=True)
class DownloadPart:
    """A partly downloaded file, and the entity tag of the complete one."""

    path: Path

    @property
    def tag(self) -> Path:
        """The file that stores its tag."""
        return self.path.with_name(f"{self.path.name}.tag")

    def begun(self) -> tuple[int, str | None]:
        """How much there is, and of what; nothing where the tag is lost."""
        if self.path.exists() and self.tag.exists():
            return self.path.stat().st_size, self.tag.read_text()
        return 0, None

    def drop(self) -> None:
        """Take both away."""
        self.path.unlink(missing_ok=True)
        self.tag.unlink(missing_ok=True)


@click.command()
@click.argument("collection")
@click.argument("form", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.argument("parameters", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--site", help="Address of the site; without it the one that `lode serve` starts here.")
@click.option("--to", "target", type=click.Path(path_type=Path), help="File or folder to write; else here, by the site's name.")
@click.option("--package", is_flag=True, help="A data package: the data with its description, licences and citation.")
@click.option("--since", help="What changed after a version, date or time alone, to bring an older file up to date.")
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
    """Download everything that matches: NAME=VALUE are parameters as the API takes them, such as commodity=nickel country=IDN.

    An interrupted download resumes when the command is run again, and the file is checked by its digest.
    """
    settings = settings_module.load()
    asked = dict(_pair(one) for one in parameters) | ({"package": "1"} if package else {}) | ({"since": since} if since else {})
    root = (site or f"http://{settings.host}:{settings.port}").rstrip("/")
    address = f"{root}/api/collections/{collection}/download/{form}"
    with _told(), requests.Session() as session:
        head = _head(session, address, asked)
        path = _target(target, head)
        part = DownloadPart(path.with_name(f"{path.name}.part"))
        for last in (*[False] * (TRIES - 1), True):
            try:
                _receive(session, address, asked, part)
                break
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.Timeout) as error:
                if last:
                    raise
                say(f"  broken off ({type(error).__name__}); going on")
        digest = _check(session, address, asked, part)
        part.path.replace(path)
        part.drop()
    if as_json:
        echo_json({"file": str(path), "bytes": path.stat().st_size, "sha256": digest})
        return
    say(f"  SHA-256 {digest}")
    echo(str(path))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is no NAME=VALUE")
    return name, value


@contextmanager
def _told() -> Iterator[None]:
    """Raise ExportFailed with a message for what goes wrong."""
    try:
        yield
    except requests.RequestException as error:
        raise ExportFailed(msg("the site can't be reached or broke off: %(error)s", error=error)) from None


def _head(session: requests.Session, address: str, asked: dict[str, str]) -> requests.Response:
    answer = session.head(address, params=asked, timeout=PATIENCE_S)
    if answer.status_code == 405 or answer.status_code >= 400:
        _refuse(session.get(address, params=asked, timeout=PATIENCE_S, stream=True))
    return answer


def _refuse(answer: requests.Response) -> None:
    """Raise what the site says of a request that it refuses."""
    if answer.status_code >= 400:
        try:
            told = answer.json()
            said = f"{told.get('parameter', '')} {told.get('detail', '')}".strip()
        except ValueError:
            said = answer.reason
        raise ExportFailed(msg("the site says %(status)s: %(said)s", status=answer.status_code, said=said))


def _target(target: Path | None, head: requests.Response) -> Path:
    named = re.search(r'filename="([\w.-]+)"', head.headers.get("Content-Disposition", ""))
    name = named.group(1) if named else "download"
    if target is None:
        return Path(name)
    return target / name if target.is_dir() else target


def _receive(session: requests.Session, address: str, asked: dict[str, str], part: DownloadPart) -> None:
    """Take what is still missing of the file."""
    size, tag = part.begun()
    headers = {"Accept-Encoding": "identity"}
    if size and tag:
        headers |= {"Range": f"bytes={size}-", "If-Range": tag}
    with _answer(session, address, asked, headers) as answer:
        if answer.status_code == 416:
            return
        if answer.status_code != 206:
            size = 0
        part.tag.write_text(answer.headers.get("ETag", ""))
        whole = answer.headers.get("Content-Length")
        with part.path.open("ab" if size else "wb") as stream, _progress(size, int(whole) + size if whole else None) as came:
            for block in answer.iter_content(BLOCK_BYTES):
                stream.write(block)
                came.add(len(block))


def _answer(session: requests.Session, address: str, asked: dict[str, str], headers: dict[str, str]) -> requests.Response:
    """Yield the response; wait and try again after a 429 or 503."""
    for _ in range(TRIES):
        answer = session.get(address, params=asked, headers=headers, stream=True, timeout=PATIENCE_S)
        if answer.status_code not in (429, 503):
            break
        wait_s = min(int(answer.headers.get("Retry-After", "5")), LONGEST_WAIT_S)
        say(f"  the site is busy; again in {wait_s} s")
        answer.close()
        time.sleep(wait_s)
    if answer.status_code != 416:
        _refuse(answer)
    return answer


@contextmanager
def _progress(size: int, whole: int | None) -> "Iterator[DownloadProgress]":
    shown = DownloadProgress(size, whole)
    yield shown
    shown.tell(end=True)


class DownloadProgress:
    """How much has come, on standard error where that is a terminal."""

    def __init__(self, size: int, whole: int | None) -> None:
        self._size, self._whole, self._began, self._first, self._shown = size, whole, time.monotonic(), size, 0.0

    def add(self, count: int) -> None:
        """Count bytes that came."""
        self._size += count
        if time.monotonic() - self._shown > SHOWN_EACH_S:
            self.tell()

    def tell(self, end: bool = False) -> None:
        """Say it."""
        self._shown = time.monotonic()
        speed = (self._size - self._first) / max(self._shown - self._began, 0.001) / 1e6
        share = f" of {self._whole / 1e6:,.1f}" if self._whole else ""
        if sys.stderr.isatty() or end:
            tail = "\n" if end else "\r"
            sys.stderr.write(f"  {self._size / 1e6:,.1f}{share} MB, {speed:,.1f} MB/s   {tail}")
            sys.stderr.flush()


def _check(session: requests.Session, address: str, asked: dict[str, str], part: DownloadPart) -> str:
    """The SHA-256 of what came. Raises ExportFailed where it is not the site's."""
    digest = hashlib.sha256()
    with part.path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
    head = session.head(address, params=asked, timeout=PATIENCE_S)
    given = re.match(r"sha-256=:([^:]+):", head.headers.get("Repr-Digest", ""))
    same = head.headers.get("ETag", "") == (part.tag.read_text() if part.tag.exists() else "")
    if given and same and base64.b64decode(given.group(1)) != digest.digest():
        part.drop()
        raise ExportFailed(msg("the downloaded file differs from the site's and was removed; run the command again"))
    return digest.hexdigest()
