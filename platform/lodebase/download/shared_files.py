"""Finished files of downloads for all machines of a site, in a folder or an object store: ``LODE_FILES_URL``.

A file is there when its metadata are, which are written last and state its digest. The store may be away or emptied at any
time; then each machine makes its own files.
"""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Thread

from pyarrow import fs

from lodebase.errors import BadSetting
from lodedata.messages import msg

ABOUT = ".about"
CHUNK_BYTES = 1 << 20
AWAY_S = 30.0
"""Seconds for which a store that could not be read is not read again."""
FILE_ERRORS = (OSError, ValueError, KeyError, TypeError)
"""What an object store that is away raises, and metadata that are none."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """The metadata of a finished file: SHA-256, and number of rows by table."""

    sha256: str
    rows: dict[str, int]


@dataclass
class SharedFiles:
    """The finished files at an address that pyarrow knows, such as ``s3://bucket/downloads`` or ``file:///srv/lode/files``."""

    address: str
    report: Callable[[str], None]
    redactions: int = 0
    _retry_at: float = 0.0
    _uploads: list[Thread] = field(default_factory=list)

    @cached_property
    def _store(self) -> tuple[fs.FileSystem, str]:
        # in the process that uses it: the threads of a client are not copied to a child
        return open_store(self.address)

    def fetch(self, name: str, target: Path) -> SharedFile | None:
        """Copy a file to a local path and return its metadata; None if it is not there, damaged, or the store is away."""
        if time.monotonic() < self._retry_at:
            return None
        try:
            store, folder = self._store
            if store.get_file_info(f"{folder}/{name}{ABOUT}").type == fs.FileType.NotFound:
                return None
            with store.open_input_stream(f"{folder}/{name}{ABOUT}") as stream:
                document = json.loads(stream.read())
            stated = SharedFile(str(document["sha256"]), {str(table): int(n) for table, n in document["rows"].items()})
            digest = sha256()
            # a name such as x.csv.gz must not be unpacked
            with store.open_input_stream(f"{folder}/{name}", compression=None) as source, target.open("wb") as copy:
                while chunk := source.read(CHUNK_BYTES):
                    digest.update(chunk)
                    copy.write(chunk)
        except FILE_ERRORS as error:
            self._retry_at = time.monotonic() + AWAY_S
            self.report(f"{self.address}: {name} can't be read ({str(error)[:200]})")
            return None
        if digest.hexdigest() != stated.sha256:
            self.report(f"{self.address}: {name} is damaged and is made anew")
            return None
        return stated

    def put_later(self, path: Path, name: str, shared_file: SharedFile) -> None:
        """Copy a finished file there in the background; a failure is reported and changes nothing else."""
        upload = Thread(target=self.put, args=(path, name, shared_file), daemon=True)
        self._uploads = [upload for upload in self._uploads if upload.is_alive()] + [upload]
        upload.start()

    def put(self, path: Path, name: str, shared_file: SharedFile) -> None:
        """Copy a finished file there, its metadata last; one that was made before the latest redaction is removed again."""
        try:
            store, folder = self._store
            if isinstance(store, fs.LocalFileSystem):
                store.create_dir(folder)
            with path.open("rb") as source, store.open_output_stream(f"{folder}/{name}", compression=None) as copy:
                shutil.copyfileobj(source, copy, CHUNK_BYTES)
            with store.open_output_stream(f"{folder}/{name}{ABOUT}") as stream:
                stream.write(json.dumps({"sha256": shared_file.sha256, "rows": shared_file.rows}).encode())
            if int(name.partition("-")[0]) < self.redactions:
                self._delete([f"{folder}/{name}", f"{folder}/{name}{ABOUT}"])
        except FILE_ERRORS as error:
            self.report(f"{self.address}: {name} can't be written ({str(error)[:200]})")

    def remove_redacted(self, redactions: int) -> None:
        """Remove files that were made before the latest redaction, once for each redaction."""
        if redactions <= self.redactions:
            return
        self.redactions = redactions
        try:
            store, folder = self._store
            listed = store.get_file_info(fs.FileSelector(folder, allow_not_found=True))
            self._delete([info.path for info in listed if int(info.base_name.partition("-")[0]) < redactions])
        except FILE_ERRORS as error:
            self.redactions = 0
            self.report(f"{self.address}: files from before a redaction can't be removed ({str(error)[:200]})")

    def _delete(self, paths: list[str]) -> None:
        for path in paths:
            self._store[0].delete_file(path)

    def wait(self) -> None:
        """Wait until all files are copied."""
        for upload in self._uploads:
            upload.join()


def open_store(address: str) -> tuple[fs.FileSystem, str]:
    """Return the file system of an address and the folder there. Raise BadSetting for an address that is none."""
    try:
        store, folder = fs.FileSystem.from_uri(address)
    except (ValueError, OSError) as error:
        raise BadSetting(
            msg(
                "LODE_FILES_URL: %(value)s is no address of files (%(error)s). Write one such as s3://bucket/downloads or "
                "file:///srv/lode/files.",
                value=address,
                error=str(error)[:200],
            )
        ) from None
    return store, folder.rstrip("/")
