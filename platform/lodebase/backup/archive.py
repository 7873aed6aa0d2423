"""The file of a backup: an uncompressed ZIP with ``lode.dump``, pg_dump's custom format, and ``manifest.json``."""

import hashlib
import json
import time
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from lodebase.errors import BackupUnusable
from lodedata.messages import msg

DUMP = "lode.dump"
MANIFEST = "manifest.json"
FORMAT = 1
BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class TableState:
    """The state of a table: the number of its rows and their fingerprint."""

    rows: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a backup: the store's migration, the schemas, and the state of every table."""

    made_at: str
    lode_version: str
    revision: str
    postgresql: int
    pg_dump: int
    postgis: str
    database_bytes: int
    schemas: tuple[str, ...]
    tables: Mapping[str, TableState]
    dump_sha256: str = ""

    def to_json(self) -> bytes:
        """Return the manifest as it is stored."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """Return the manifest that was stored. Raises ValueError, KeyError or TypeError for anything else."""
        values: dict[str, Any] = json.loads(content)
        if values.pop("format") != FORMAT:
            raise ValueError("another format")
        values["tables"] = {name: TableState(**state) for name, state in values["tables"].items()}
        values["schemas"] = tuple(values["schemas"])
        return cls(**values)


class ArchiveWriter:
    """Writes a backup to an open file: the dump piece by piece, then the manifest. A context manager."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED)
        self._dump = self._zip.open(zipfile.ZipInfo(DUMP, time.localtime()[:6]), "w", force_zip64=True)
        self._digest = hashlib.sha256()

    def __enter__(self) -> "ArchiveWriter":
        return self

    def __exit__(self, *exception: object) -> None:
        # after a failure: the ZIP would be ended once more when it is forgotten, and its file is closed by then
        for open_part in (self._dump, self._zip):
            with suppress(OSError, ValueError):
                open_part.close()

    def write_dump(self, piece: bytes) -> None:
        """Append to the dump."""
        self._dump.write(piece)
        self._digest.update(piece)

    def dump_sha256(self) -> str:
        """Return the SHA-256 of the dump, which is ended."""
        self._dump.close()
        return self._digest.hexdigest()

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and the ZIP's directory."""
        self._zip.writestr(MANIFEST, manifest.to_json())
        self._zip.close()


class Archive:
    """A backup that is read; a context manager. Raises BackupUnusable when it can't be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest = Manifest.from_json(self._zip.read(MANIFEST))
        except FileNotFoundError:
            raise BackupUnusable(
                msg("%(path)s: there is no such file; name a file that `lode backup` wrote.", path=path)
            ) from None
        except OSError as error:
            raise BackupUnusable(
                msg("%(path)s can't be read: %(reason)s.", path=path, reason=error.strerror or error)
            ) from None
        except (zipfile.BadZipFile, KeyError, TypeError, ValueError):
            raise BackupUnusable(
                msg("%(path)s is not a complete backup of Lode; use another file that `lode backup` wrote.", path=path)
            ) from None

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *exception: object) -> None:
        self._zip.close()

    def copy_dump(self, target: IO[bytes]) -> None:
        """Write the dump to an open file. Raises BackupUnusable at its end when it is damaged."""
        digest = hashlib.sha256()
        try:
            with self._zip.open(DUMP) as stream:
                while piece := stream.read(BUFFER_BYTES):
                    digest.update(piece)
                    target.write(piece)
        except zipfile.BadZipFile:
            raise self.report_damage() from None
        if digest.hexdigest() != self.manifest.dump_sha256:
            raise self.report_damage()

    def report_damage(self, detail: str = "its content does not match its checksum") -> BackupUnusable:
        """Return the error for a file whose content is not what was written."""
        return BackupUnusable(msg("%(path)s is damaged (%(detail)s); use another backup.", path=self.path, detail=detail))
