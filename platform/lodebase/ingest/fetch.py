"""A publisher's current file: fetched with resume, bounds, a checksum and time limits, or one sentence why not."""

import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import requests

from lodebase.errors import DiskFull, FetchFailed
from lodedata.mapping.model import Fetch
from lodedata.read.sniff import check_zip
from lodedata.read.table import FileRefused

CONNECT_S = 10.0
STALL_S = 30.0
CHUNK_BYTES = 1 << 18
TRIES = 4

Progress = Callable[[int, int | None], None]
"""Told the bytes so far and the whole size where the server says it."""


def fetch(what: Fetch, folder: Path, progress: Progress | None = None, stall_s: float = STALL_S) -> Path:
    """The file in the folder, fetched anew. Raises FetchFailed, DiskFull; then an earlier file still stands.

    A transfer that breaks off goes on from where it was; after four tries without a new byte it is given up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{what.save_as}.part"
    # an unfinished transfer is only continued while the server says that the file is the same
    part.unlink(missing_ok=True)
    left = TRIES
    tag: str | None = None
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            tag = _transfer(what, part, tag, progress, stall_s)
            break
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
            gained = (part.stat().st_size if part.exists() else 0) > before
            left = TRIES if gained else left - 1
            if left == 0:
                raise FetchFailed(f"{what.url}: {_reason(error, stall_s)}; fetch it by hand and name the file.") from None
        except OSError as error:
            if error.errno == 28:
                raise DiskFull(f"There is no room for {what.save_as} in {folder}; free some and try again.") from None
            raise FetchFailed(f"{what.url}: {error}") from None
    _check(what, part)
    target = folder / what.save_as
    os.replace(part, target)
    if what.unpack:
        _unpack(target, folder)
    return target


def _transfer(what: Fetch, part: Path, tag: str | None, progress: Progress | None, stall_s: float) -> str | None:
    """Fetch what is missing of the file; the tag by which a later request can ask for the rest of the same."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "lode-import/1", "Accept-Encoding": "identity"}
    if have and tag:
        headers |= {"Range": f"bytes={have}-", "If-Range": tag}
    with requests.get(what.url, headers=headers, stream=True, timeout=(CONNECT_S, stall_s)) as response:
        if response.status_code == 416:
            part.unlink(missing_ok=True)
            raise requests.ConnectionError("the server refused to go on")
        if response.status_code not in (200, 206):
            raise FetchFailed(
                f"{what.url}: the server answers {response.status_code} {response.reason}; "
                "is the address still right? Fetch the file by hand and name it."
            )
        resumed = response.status_code == 206
        have = have if resumed else 0
        length = response.headers.get("Content-Length")
        whole = have + int(length) if length and length.isdigit() else None
        limit = what.max_mb * 2**20
        if whole is not None and whole > limit:
            raise FetchFailed(
                f"{what.url}: the file has {whole / 2**20:.0f} MB, more than the {what.max_mb} MB that are fetched."
            )
        with part.open("ab" if resumed else "wb") as stream:
            for chunk in response.iter_content(CHUNK_BYTES):
                have += len(chunk)
                if have > limit:
                    raise FetchFailed(f"{what.url}: the file is larger than the {what.max_mb} MB that are fetched.")
                stream.write(chunk)
                if progress is not None:
                    progress(have, whole)
        if whole is not None and have < whole:
            raise requests.ConnectionError(f"the transfer broke off at {have} of {whole} bytes")
        return response.headers.get("ETag") or response.headers.get("Last-Modified")


def _check(what: Fetch, part: Path) -> None:
    with part.open("rb") as stream:
        head = stream.read(2048)
        if head.lstrip()[:1] == b"<" and b"<html" in head.lower():
            raise FetchFailed(f"{what.url}: sent a web page (perhaps an error page) instead of {what.save_as}.")
        if not head:
            raise FetchFailed(f"{what.url}: sent an empty file.")
        if what.sha256 is not None:
            stream.seek(0)
            found = hashlib.file_digest(stream, "sha256").hexdigest()
            if found != what.sha256:
                raise FetchFailed(f"{what.url}: the checksum is {found}, {what.sha256} was expected; nothing was kept.")


def _unpack(archive: Path, folder: Path) -> None:
    try:
        check_zip(archive)
    except FileRefused as error:
        raise FetchFailed(str(error)) from None
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)


def _reason(error: Exception, stall_s: float) -> str:
    if isinstance(error, requests.Timeout) or "timed out" in str(error).casefold():
        return f"the server sent nothing for {stall_s:.0f} s"
    if "broke off" in str(error) or isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the transfer broke off again and again"
    return "the server can't be reached"
