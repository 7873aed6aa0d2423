"""Releases read from a folder, a web server or an object store; each file is compared with its digest before it is used."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pyarrow import fs
from pydantic import TypeAdapter, ValidationError

from lodebase.errors import FetchFailed, MirrorRefused
from lodebase.ingest.fetch import fetch
from lodebase.release.manifest import (
    MANIFEST,
    Delta,
    ReleaseEntry,
    ReleaseFile,
    ReleaseManifest,
    delta_path,
    digest_of,
)
from lodedata.mapping.model import Fetch
from lodedata.messages import msg

INDEX = "index.json"
MAX_JSON_MB = 200
MAX_FILE_MB = 2_000


@dataclass(frozen=True, slots=True)
class ReleaseIndex:
    """The releases of a target."""

    releases: tuple[ReleaseEntry, ...]


Parsed = TypeVar("Parsed", ReleaseIndex, ReleaseManifest, Delta)


@dataclass(frozen=True, slots=True)
class ReleaseReader:
    """The releases at an address: a folder, an ``http`` URL, or one that pyarrow knows. Files are copied to a local folder."""

    address: str
    folder: Path

    def index(self) -> tuple[ReleaseEntry, ...]:
        """Return the releases, the latest first. Raise FetchFailed or MirrorRefused."""
        found = self._parsed(ReleaseIndex, self._copy(INDEX, None, MAX_JSON_MB))
        if not found.releases:
            raise MirrorRefused(msg("%(address)s has no release yet.", address=self.address))
        return tuple(sorted(found.releases, key=lambda one: -one.version))

    def manifest(self, entry: ReleaseEntry) -> ReleaseManifest:
        """Return the manifest of a release. Raise FetchFailed if it is not the one of the index, or MirrorRefused."""
        path = self._copy(f"{entry.folder}/{MANIFEST}", entry.manifest_sha256, MAX_JSON_MB)
        return self._parsed(ReleaseManifest, path)

    def delta(self, manifest: ReleaseManifest) -> Delta | None:
        """Return the changes since the release before, None for the first one. Raise FetchFailed or MirrorRefused."""
        if manifest.since is None:
            return None
        return self._parsed(Delta, self.file(manifest, delta_path(manifest.since)))

    def file(self, manifest: ReleaseManifest, path: str) -> Path:
        """Return the local copy of a file of a release. Raise FetchFailed if it is missing or changed, or MirrorRefused."""
        return self._copy(f"{manifest.folder}/{path}", described_file(manifest, path).sha256, MAX_FILE_MB)

    def _copy(self, path: str, sha256: str | None, max_mb: int) -> Path:
        name = path.replace("/", "_")
        url = f"{self.address.rstrip('/')}/{path}"
        if url.startswith(("http://", "https://")):
            return fetch(Fetch(url=url, save_as=name, max_mb=max_mb, sha256=sha256), self.folder)
        target = self.folder / name
        try:
            store, root = fs.FileSystem.from_uri(self.address) if "://" in self.address else _local(self.address)
            with store.open_input_stream(f"{root.rstrip('/')}/{path}", compression=None) as source, target.open("wb") as stream:
                shutil.copyfileobj(source, stream)
        except (OSError, ValueError) as error:
            raise FetchFailed(msg("%(url)s can't be read: %(error)s", url=url, error=str(error)[:300])) from None
        if sha256 is not None and (found := digest_of(target)) != sha256:
            raise FetchFailed(
                msg(
                    "%(url)s: the checksum is %(found)s, %(sha256)s was expected; nothing was saved.",
                    url=url,
                    found=found,
                    sha256=sha256,
                )
            )
        return target

    def _parsed(self, kind: type[Parsed], path: Path) -> Parsed:
        try:
            return TypeAdapter(kind).validate_json(path.read_bytes())
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise MirrorRefused(
                msg(
                    "%(address)s: %(path)s is not as `lode release` writes it (%(where)s). Name the folder of the releases.",
                    address=self.address,
                    path=path.name,
                    where=where,
                )
            ) from None


def described_file(manifest: ReleaseManifest, path: str) -> ReleaseFile:
    """Return the description of a file. Raise MirrorRefused if the manifest has none."""
    for one in manifest.files:
        if one.path == path:
            return one
    raise MirrorRefused(
        msg("The manifest of version %(version)s lacks %(path)s. Make the release again.", version=manifest.version, path=path)
    )


def _local(address: str) -> tuple[Any, str]:
    return fs.LocalFileSystem(), str(Path(address).absolute())
