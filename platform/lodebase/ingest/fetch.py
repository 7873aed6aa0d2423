"""Download of a publisher's current file with resume, limits, a checksum and timeouts."""

import contextlib
import errno
import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from lodebase.errors import DiskFull, FetchFailed, NotDownloaded
from lodedata.errors import FileRefused
from lodedata.mapping.model import Fetch
from lodedata.messages import Message, msg
from lodedata.read.sniff import check_zip

CONNECT_S = 10.0
STALL_S = 30.0
CHUNK_BYTES = 1 << 16
"""Bytes of one read; an incomplete chunk of a broken transfer is lost."""
TRIES = 4

Progress = Callable[[int, int | None], None]
"""Called with the bytes so far and the total size if the server states it."""


@dataclass(slots=True)
class PartialDownload:
    """An incomplete transfer: its file, and the entity tag for a range request of the rest."""

    path: Path
    tag: str | None = None

    def size(self) -> int:
        """Return the number of bytes so far."""
        return self.path.stat().st_size if self.path.exists() else 0


def fetch(what: Fetch, folder: Path, progress: Progress | None = None, stall_s: float = STALL_S) -> Path:
    """Download the file to the folder and return its path. Raises FetchFailed, DiskFull; an earlier file is then unchanged.

    An interrupted transfer is resumed, up to four times without a new byte.
    """
    target = folder / what.save_as
    part = PartialDownload(folder / f"{what.save_as}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # the version of a file from an earlier process is unknown
        part.path.unlink(missing_ok=True)
        _fetch_with_retries(what, part, progress, stall_s)
        _check(what, part.path)
        os.replace(part.path, target)
        if what.unpack:
            with zipfile.ZipFile(target) as opened:
                opened.extractall(folder)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(
                msg(
                    "There is no space for %(save_as)s in %(folder)s; free some and try again.",
                    save_as=what.save_as,
                    folder=folder,
                )
            ) from None
        raise FetchFailed(msg("%(url)s: %(error)s", url=what.url, error=error)) from None
    finally:
        with contextlib.suppress(OSError):
            part.path.unlink(missing_ok=True)
    return target


def _fetch_with_retries(what: Fetch, part: PartialDownload, progress: Progress | None, stall_s: float) -> None:
    left = TRIES
    while True:
        before = part.size()
        try:
            return _download_rest(what, part, progress, stall_s)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
            left = TRIES if part.size() > before else left - 1
            if left == 0:
                reason = _describe_reason(error, stall_s)
                sentence = msg("%(url)s: %(reason)s; download it yourself and name the file.", url=what.url, reason=reason)
                raise NotDownloaded(sentence, reason) from None


def _download_rest(what: Fetch, part: PartialDownload, progress: Progress | None, stall_s: float) -> None:
    """Download the missing part of the file."""
    have = part.size()
    headers = {"User-Agent": "lode-import/1", "Accept-Encoding": "identity"}
    if have and part.tag:
        headers |= {"Range": f"bytes={have}-", "If-Range": part.tag}
    with requests.get(what.url, headers=headers, stream=True, timeout=(CONNECT_S, stall_s)) as response:
        resumed = response.status_code == 206
        if response.status_code == 416 or (resumed and not _can_continue(response, have)):
            part.path.unlink(missing_ok=True)
            raise requests.ConnectionError("the server refused to go on")
        if response.status_code not in (200, 206):
            reason = msg("the server returned %(status)s %(text)s", status=response.status_code, text=response.reason)
            sentence = msg(
                "%(url)s: %(reason)s; is the address still right? Download the file yourself and name it.",
                url=what.url,
                reason=reason,
            )
            raise NotDownloaded(sentence, reason)
        part.tag = response.headers.get("ETag") or response.headers.get("Last-Modified")
        have = have if resumed else 0
        length = response.headers.get("Content-Length")
        total = have + int(length) if length and length.isdigit() else None
        limit = what.max_mb * 2**20
        if total is not None and total > limit:
            raise FetchFailed(
                msg(
                    "%(url)s: the file has %(total)s MB, more than the %(max_mb)s MB that are fetched.",
                    url=what.url,
                    total=f"{total / 2**20:.0f}",
                    max_mb=what.max_mb,
                )
            )
        with part.path.open("ab" if resumed else "wb") as stream:
            for chunk in response.iter_content(CHUNK_BYTES):
                have += len(chunk)
                if have > limit:
                    raise FetchFailed(
                        msg(
                            "%(url)s: the file is larger than the %(max_mb)s MB that are fetched.",
                            url=what.url,
                            max_mb=what.max_mb,
                        )
                    )
                stream.write(chunk)
                if progress is not None:
                    progress(have, total)
        if total is not None and have < total:
            raise requests.ConnectionError(f"the transfer broke off at {have} of {total} bytes")


def _can_continue(response: requests.Response, have: int) -> bool:
    return response.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _check(what: Fetch, part: Path) -> None:
    with part.open("rb") as stream:
        head = stream.read(2048)
        if head.lstrip()[:1] == b"<" and b"<html" in head.lower():
            raise FetchFailed(
                msg(
                    "%(url)s: sent a web page (perhaps an error page) instead of %(save_as)s.",
                    url=what.url,
                    save_as=what.save_as,
                )
            )
        if not head:
            raise FetchFailed(msg("%(url)s: sent an empty file.", url=what.url))
        if what.sha256 is not None:
            stream.seek(0)
            checksum = hashlib.file_digest(stream, "sha256").hexdigest()
            if checksum != what.sha256:
                raise FetchFailed(
                    msg(
                        "%(url)s: the checksum is %(found)s, %(sha256)s was expected; nothing was saved.",
                        url=what.url,
                        found=checksum,
                        sha256=what.sha256,
                    )
                )
    if what.unpack:
        _check_zip(what, part)


def _check_zip(what: Fetch, part: Path) -> None:
    try:
        check_zip(part)
        with zipfile.ZipFile(part) as opened:
            damaged = opened.testzip()
    except FileRefused as error:
        raise FetchFailed(
            msg("%(url)s: %(reason)s.", url=what.url, reason=str(error).replace(part.name, what.save_as, 1))
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise FetchFailed(
            msg("%(url)s: %(save_as)s: the zip is damaged (%(error)s).", url=what.url, save_as=what.save_as, error=error)
        ) from None
    if damaged is not None:
        raise FetchFailed(
            msg("%(url)s: %(save_as)s: %(damaged)r in the zip is damaged.", url=what.url, save_as=what.save_as, damaged=damaged)
        )


def _describe_reason(error: Exception, stall_s: float) -> Message:
    if isinstance(error, requests.ConnectTimeout):
        return msg("the server can't be reached")
    if isinstance(error, requests.Timeout) or "timed out" in str(error).casefold():
        return msg("the server sent nothing for %(seconds)s s", seconds=f"{stall_s:.0f}")
    if "broke off" in str(error) or isinstance(error, requests.exceptions.ChunkedEncodingError):
        return msg("the transfer broke off again and again")
    return msg("the server can't be reached")
