"""The manifest of a release: its version, citation, sources and files, as dataclasses that are written as JSON."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

MANIFEST = "manifest.json"
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file of a release, by its path in the release; ``rows`` is None for one that is no table."""

    path: str
    media_type: str
    bytes: int
    sha256: str
    licence_class: str | None = None
    collection: str | None = None
    country: str | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class ReleaseSource:
    """A source of the records of a release."""

    name: str
    title_en: str
    title_zh: str
    publisher: str
    licence: str
    licence_name: str
    licence_url: str | None
    licence_class: str
    citation: str
    as_of: str | None


@dataclass(frozen=True, slots=True)
class CollectionChanges:
    """The ids of a collection that changed between two versions; ``merged`` has the id that serves each merged record."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    withdrawn: tuple[str, ...]
    merged: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delta:
    """The changes from an earlier release to this one, by collection."""

    since: int
    version: int
    collections: Mapping[str, CollectionChanges]


@dataclass(frozen=True, slots=True)
class ReleaseState:
    """The state of a release for mirrors: the revision of its tables, and into how many chunks each is divided."""

    revision: str
    chunks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A release in the index of its target."""

    version: int
    committed_at: str
    site: str
    doi: str | None
    citation: str
    records: Mapping[str, Mapping[str, int]]
    not_published: Mapping[str, int]
    since: int | None
    manifest_sha256: str | None = None
    """The digest of its manifest; releases before mirrors have none."""

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return f"v{self.version}"


@dataclass(frozen=True, slots=True)
class ReleaseManifest:
    """A release: all public records of a version."""

    version: int
    committed_at: str
    site: str
    doi: str | None
    citation: str
    records: Mapping[str, Mapping[str, int]]
    """The rows by collection and class of licence."""
    not_published: Mapping[str, int]
    """The rows by collection that are left out, as a source of theirs is not for publication."""
    sources: tuple[ReleaseSource, ...]
    files: tuple[ReleaseFile, ...]
    since: int | None
    """The version of the release before, whose delta this release has."""
    state: ReleaseState | None = None
    """None without the tables for mirrors."""

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return f"v{self.version}"


def build_delta_path(since: int) -> str:
    """Return the path of the changes since an earlier release."""
    return f"delta-from-v{since}.json"


def describe_file(root: Path, path: Path, media_type: str, **more: Any) -> ReleaseFile:
    """Return a file with its size and digest; ``more`` are further fields."""
    return ReleaseFile(path.relative_to(root).as_posix(), media_type, path.stat().st_size, compute_file_digest(path), **more)


def compute_file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def write_json(path: Path, body: object) -> None:
    """Write a dataclass or plain data as indented JSON."""
    data = body if isinstance(body, dict | list) else asdict(body)  # type: ignore[call-overload]
    path.write_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2))
