"""Releases read from a folder, a web server or an object store; each file is compared with its digest before it is used."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from joserfc.jwk import KeySet
from pyarrow import fs
from pydantic import TypeAdapter, ValidationError

from lodebase.errors import FetchFailed, MirrorRefused, NotDownloaded, NotVerified
from lodebase.ingest.fetch import fetch
from lodebase.release.manifest import (
    MANIFEST,
    Delta,
    ReleaseEntry,
    ReleaseFile,
    ReleaseManifest,
    build_delta_path,
    compute_file_digest,
)
from lodebase.release.signed_index import INDEX, ReleaseIndex, parse_index, verify_index
from lodebase.signed_file import VerifiedFile
from lodedata.mapping.model import Fetch
from lodedata.messages import msg

MAX_JSON_MB = 200
MAX_FILE_MB = 2_000


Parsed = TypeVar("Parsed", ReleaseManifest, Delta)


@dataclass(frozen=True, slots=True)
class ReleaseReader:
    """The releases at an address: a folder, an ``http`` URL, or one that pyarrow knows. Files are copied to a local folder."""

    address: str
    folder: Path

    def index(self) -> "FetchedIndex":
        """Return the index, whose signature is not verified yet. Raise FetchFailed or MirrorRefused."""
        content = self._copy(INDEX, None, MAX_JSON_MB).read_bytes()
        try:
            parsed = parse_index(content)
        except ValidationError as error:
            raise self._build_malformed_error(INDEX, error) from None
        if not parsed.releases:
            raise MirrorRefused(msg("%(address)s has no release yet.", address=self.address))
        return FetchedIndex(self.address, content, parsed)

    def manifest(self, entry: ReleaseEntry) -> ReleaseManifest:
        """Return the manifest of a release. Raise FetchFailed if it is not the one of the index, or MirrorRefused."""
        if entry.manifest_sha256 is None:
            raise MirrorRefused(
                msg("Version %(version)s was released by an older Lode. Release a new version.", version=entry.version)
            )
        path = self._copy(f"{entry.folder}/{MANIFEST}", entry.manifest_sha256, MAX_JSON_MB)
        return self._parse_file(ReleaseManifest, path)

    def delta(self, manifest: ReleaseManifest) -> Delta | None:
        """Return the changes since the release before, None for the first one. Raise FetchFailed or MirrorRefused."""
        if manifest.since is None:
            return None
        return self._parse_file(Delta, self.file(manifest, build_delta_path(manifest.since)))

    def file(self, manifest: ReleaseManifest, path: str) -> Path:
        """Return the local copy of a file of a release. Raise FetchFailed if it is missing or changed, or MirrorRefused."""
        return self._copy(f"{manifest.folder}/{path}", find_described_file(manifest, path).sha256, MAX_FILE_MB)

    def _copy(self, path: str, sha256: str | None, max_mb: int) -> Path:
        name = path.replace("/", "_")
        url = f"{self.address.rstrip('/')}/{path}"
        if url.startswith(("http://", "https://")):
            try:
                return fetch(Fetch(url=url, save_as=name, max_mb=max_mb, sha256=sha256), self.folder)
            except NotDownloaded as error:
                raise FetchFailed(
                    msg(
                        "%(url)s: %(reason)s. Name the folder or the address that `lode release` wrote, or try again later; "
                        "this store is unchanged.",
                        url=url,
                        reason=error.reason,
                    )
                ) from None
        target = self.folder / name
        try:
            store, root = fs.FileSystem.from_uri(self.address) if "://" in self.address else _find_local_path(self.address)
            with store.open_input_stream(f"{root.rstrip('/')}/{path}", compression=None) as source, target.open("wb") as stream:
                shutil.copyfileobj(source, stream)
        except FileNotFoundError:
            sentence = msg("%(url)s is missing. Name the folder or the address that `lode release` wrote.", url=url)
            if sha256 is not None:
                sentence = msg(
                    "%(url)s is part of the release and missing. Copy the whole folder that `lode release` wrote.", url=url
                )
            raise FetchFailed(sentence) from None
        except (OSError, ValueError) as error:
            raise FetchFailed(msg("%(url)s can't be read: %(error)s", url=url, error=str(error)[:300])) from None
        if sha256 is not None and (file_digest := compute_file_digest(target)) != sha256:
            raise FetchFailed(
                msg(
                    "%(url)s: the checksum is %(found)s, %(sha256)s was expected; nothing was saved.",
                    url=url,
                    found=file_digest,
                    sha256=sha256,
                )
            )
        return target

    def _parse_file(self, kind: type[Parsed], path: Path) -> Parsed:
        try:
            return TypeAdapter(kind).validate_json(path.read_bytes())
        except ValidationError as error:
            raise self._build_malformed_error(path.name, error) from None

    def _build_malformed_error(self, path: str, error: ValidationError) -> MirrorRefused:
        return MirrorRefused(
            msg(
                "%(address)s: %(path)s is not as `lode release` writes it (%(where)s). Name the folder of the releases.",
                address=self.address,
                path=path,
                where=".".join(map(str, error.errors()[0]["loc"])),
            )
        )


@dataclass(frozen=True, slots=True)
class FetchedIndex:
    """The index of an address: its bytes, and the releases that it lists."""

    address: str
    content: bytes
    parsed: ReleaseIndex

    @property
    def releases(self) -> tuple[ReleaseEntry, ...]:
        """The releases, the latest first."""
        return tuple(sorted(self.parsed.releases, key=lambda release: -release.version))

    def verify(self, keys: KeySet) -> VerifiedFile:
        """Return who signed the index and when. Raise MirrorRefused if it was changed, or if none of the keys signed it."""
        try:
            return verify_index(self.content, keys)
        except NotVerified as error:
            raise MirrorRefused(
                msg("%(address)s/%(path)s: %(reason)s", address=self.address, path=INDEX, reason=error.message)
            ) from None


def find_described_file(manifest: ReleaseManifest, path: str) -> ReleaseFile:
    """Return the description of a file. Raise MirrorRefused if the manifest has none."""
    for file in manifest.files:
        if file.path == path:
            return file
    raise MirrorRefused(
        msg("The manifest of version %(version)s lacks %(path)s. Make the release again.", version=manifest.version, path=path)
    )


def _find_local_path(address: str) -> tuple[Any, str]:
    return fs.LocalFileSystem(), str(Path(address).absolute())
