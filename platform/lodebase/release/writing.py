"""Write a release to a folder or an object store."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

import orjson
from joserfc.jwk import KeySet
from pyarrow import fs
from pydantic import ValidationError
from sqlalchemy import Engine

from lodebase import signed_file
from lodebase.db import signing_keys
from lodebase.db.signing_keys import PrivateKey
from lodebase.download.job import SnapshotReader, write_file
from lodebase.download.request import DownloadRequest, build_file_task, compute_version_time, write_file_address
from lodebase.download.task import Assignment
from lodebase.errors import ExportFailed, NotVerified
from lodebase.export.files import TIMEOUT_S, UNLIMITED
from lodebase.history.dataset_state import Days, Version, read_extents
from lodebase.history.versions import resolve_version
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.filters.licences import choose_licences
from lodebase.query.query import Query
from lodebase.query.reading import open_reading
from lodebase.release import delta, partitions, stac
from lodebase.release.licence_class import classify_sources, list_class_licences
from lodebase.release.manifest import (
    MANIFEST,
    ReleaseEntry,
    ReleaseFile,
    ReleaseManifest,
    ReleaseSource,
    ReleaseState,
    build_delta_path,
    compute_file_digest,
    describe_file,
    write_json,
)
from lodebase.release.signed_index import INDEX, parse_index, sign_index, verify_index
from lodebase.release.state_files import write_state
from lodebase.series import observation_files
from lodebase.series.series_query import SeriesQuery, read_observation_rows
from lodedata import vocab
from lodedata.licences import CLASSES, LicenceClass, classify_licence
from lodedata.messages import msg
from lodedata.write import FORMATS, FileContent
from lodedata.write.content import Origin, build_doi_address

STATISTICS = "observations"
FEED, LATEST = "index.atom", "latest.json"
VOCABULARIES = "vocabularies"


@dataclass(frozen=True, slots=True)
class ReleaseOptions:
    """What a release cites and has: the address of the site, the DOI, the collections, and whether the tables for mirrors."""

    site: str
    doi: str | None = None
    collections: tuple[str, ...] = tuple(COLLECTIONS)
    state: bool = True


@dataclass(slots=True)
class _Release:
    """A release that is being written to a local folder."""

    engine: Engine
    options: ReleaseOptions
    version: Version
    root: Path
    files: list[ReleaseFile] = field(default_factory=list)
    records: dict[str, dict[str, int]] = field(default_factory=dict)
    not_published: dict[str, int] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)

    @property
    def licences(self) -> dict[str, str]:
        """The licences of the sources by name."""
        return {name: origin.licence for name, origin in self.origins.items()}

    def add_file(self, path: Path, media_type: str, **more: object) -> None:
        """Note a file that was written."""
        self.files.append(describe_file(self.root, path, media_type, **more))

    def request(self, name: str, form: str, licences: tuple[str, ...] = (), package: bool = False) -> DownloadRequest:
        """Return the request for a file of a collection."""
        parameters = {"licence": list(licences)} if licences else {}
        return DownloadRequest(
            Query(name, (choose_licences(licences),) if licences else ()),
            form,
            self.version.number,
            compute_version_time(self.version.committed_at),
            write_file_address(self.options.site, name, form, parameters, self.version.number),
            "&".join(f"licence={licence}" for licence in licences),
            package=package,
            doi=self.options.doi,
        )

    def write_file(self, request: DownloadRequest, path: Path) -> FileContent:
        """Write a file and return its content. Raise ExportFailed."""
        task = build_file_task(self.engine, request, TIMEOUT_S)
        outcome = write_file(Assignment(task, path, UNLIMITED))
        if outcome.error is not None:
            raise ExportFailed(msg("%(path)s can't be written: %(reason)s", path=path, reason=outcome.reason))
        return task.content

    def add_collection(self, name: str) -> None:
        """Write the files of a collection, divided by class and country."""
        whole = self.root / f".{name}.parquet"
        content = self.write_file(self.request(name, "geoparquet"), whole)
        self.origins = {origin.name: origin for origin in content.origins}
        divided = partitions.divide_parquet(whole, self.root, name, self.licences)
        whole.unlink()
        self.sources |= divided.sources
        if divided.not_published:
            self.not_published[name] = divided.not_published
        counts: dict[LicenceClass, int] = {}
        for partition in divided.partitions:
            counts[partition.licence_class] = counts.get(partition.licence_class, 0) + partition.rows
            properties = {
                "licence_class": partition.licence_class,
                "collection": name,
                "country": partition.country,
                "rows": partition.rows,
            }
            self.add_file(partition.path, FORMATS["geoparquet"].media_type, **properties)
        self.records[name] = {chosen: counts[chosen] for chosen in CLASSES if chosen in counts}
        for chosen, rows in self.records[name].items():
            self._add_csv(name, next(class_ for class_ in CLASSES if class_ == chosen), rows)
        if COLLECTIONS[name].geometry is not None and counts.get("free"):
            path = self.root / "free" / "pmtiles" / f"{name}.pmtiles"
            path.parent.mkdir(parents=True, exist_ok=True)
            self.write_file(self.request(name, "pmtiles", list_class_licences("free")), path)
            self.add_file(path, FORMATS["pmtiles"].media_type, licence_class="free", collection=name, rows=counts["free"])

    def _add_csv(self, name: str, chosen: LicenceClass, rows: int) -> None:
        # a package has names of columns and lists as texts, and is not copied by the database
        task = build_file_task(self.engine, self.request(name, "csv", package=True), TIMEOUT_S)
        path = self.root / chosen / "csv" / f"{name}.csv"
        with closing(SnapshotReader(task)) as reader:
            partitions.write_csv(task.content, reader.batches, path, chosen, self.licences)
        self.add_file(path, "text/csv", licence_class=chosen, collection=name, rows=rows)

    def add_statistics(self) -> None:
        """Write the observations of the statistics, by the class of their data set."""
        rows: dict[LicenceClass, list[dict[str, object]]] = {}
        left_out = 0
        with open_reading(self.engine) as connection:
            for row in read_observation_rows(connection, SeriesQuery({})):
                sources = classify_sources([row["data_set"]], self.licences)
                if sources is None:
                    left_out += 1
                    continue
                self.sources.add(row["data_set"])
                rows.setdefault(sources, []).append(row)
        self.records[STATISTICS] = {chosen: len(rows[chosen]) for chosen in CLASSES if chosen in rows}
        if left_out:
            self.not_published[STATISTICS] = left_out
        for chosen, listed in rows.items():
            for form in ("parquet", "csv"):
                path = self.root / chosen / form / f"{STATISTICS}.{form}"
                path.parent.mkdir(parents=True, exist_ok=True)
                file_format = observation_files.FORMATS[form]
                path.write_bytes(file_format.write(listed))
                properties = {"licence_class": chosen, "collection": STATISTICS, "rows": len(listed)}
                self.add_file(path, file_format.media_type, **properties)

    def add_vocabularies(self) -> None:
        """Write each vocabulary: its codes with their labels in both languages."""
        folder = self.root / VOCABULARIES
        folder.mkdir()
        for name in vocab.names():
            terms = [
                {
                    "code": term.code,
                    "label_en": term.label_en,
                    "label_zh": term.label_zh,
                    "broader": term.broader,
                    "uri": term.uri,
                }
                for term in vocab.load_vocabulary(name)
            ]
            path = folder / f"{name}.json"
            write_json(path, terms)
            self.add_file(path, "application/json", rows=len(terms))

    def add_archive(self) -> None:
        """Write the free part as one archive, with its sources and how to cite it."""
        path = self.root / f"lode-v{self.version.number}-free.zip"
        parts = [file for file in self.files if file.licence_class == "free" or file.path.startswith(VOCABULARIES)]
        free = [source for source in self.described_sources() if source.licence_class == "free"]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for part in parts:
                archive.write(self.root / part.path, part.path)
            archive.writestr(
                "CITATION.txt", f"{self.citation}\n\n" + "\n".join(release_source.citation for release_source in free) + "\n"
            )
        self.add_file(path, "application/zip", licence_class="free")

    def add_state(self) -> ReleaseState | None:
        """Write the tables for mirrors; return None for a part of the data, which no mirror can serve."""
        if not self.options.state or self.not_published or set(self.options.collections) < set(COLLECTIONS):
            return None
        written = write_state(self.engine, self.version.number, self.root)
        self.files += written.files
        return written.state

    def described_sources(self) -> tuple[ReleaseSource, ...]:
        """Return the sources of the records, by name."""
        origins = (self.origins[name] for name in sorted(self.sources) if name in self.origins)
        return tuple(
            ReleaseSource(
                origin.name,
                origin.title_en,
                origin.title_zh,
                origin.publisher,
                origin.licence,
                origin.licence_name,
                origin.licence_url,
                classify_licence(origin.licence),
                origin.citation,
                origin.as_of,
            )
            for origin in origins
        )

    @property
    def moment(self) -> str:
        """The time of the version in UTC."""
        return compute_version_time(self.version.committed_at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def citation(self) -> str:
        """The citation of the release."""
        doi, day = self.options.doi, self.moment[:10]
        address = build_doi_address(doi) if doi else self.options.site
        return f"Lode ({day[:4]}): Basic data of strategic minerals. Version {self.version.number}, {day}. {address}"


def write_release(engine: Engine, target: str, options: ReleaseOptions) -> ReleaseManifest:
    """Write the latest version to a folder of its own in the target, with its delta, and renew the index and ``latest``.

    The target is a path or a URL that pyarrow knows, such as ``s3://bucket/folder``. Files appear at the target when all are
    complete. Raise ExportFailed if they can't be written, if the release is there already, or if the index that is there was
    not signed by this site.
    """
    version = resolve_version(engine, None)
    store, folder = _open_file_system(target)
    with _convert_failures(target):
        earlier = read_releases(store, folder, _read_public_keys(engine))
    if any(release_entry.version == version.number for release_entry in earlier):
        there = msg("%(target)s has a release of version %(version)s already.", target=target, version=version.number)
        raise ExportFailed(there)
    with tempfile.TemporaryDirectory(prefix="lode-release-") as temporary, _convert_failures(target):
        root = Path(temporary) / f"v{version.number}"
        root.mkdir()
        manifest = _write_local(
            _Release(engine, options, version, root), max((release_entry.version for release_entry in earlier), default=None)
        )
        store.create_dir(f"{folder}/{manifest.folder}", recursive=True)
        fs.copy_files(str(root), f"{folder}/{manifest.folder}", destination_filesystem=store)
        entry = _build_entry(manifest, compute_file_digest(root / MANIFEST))
        _write_index(store, folder, [*earlier, entry], _read_private_key(engine))
    return manifest


def sign_again(engine: Engine, target: str) -> int:
    """Sign the index of a target as it is, with the key in use, and return the number of its releases.

    Raise ExportFailed if there is none.
    """
    store, folder = _open_file_system(target)
    with _convert_failures(target):
        releases = read_releases(store, folder, None)
        if not releases:
            raise ExportFailed(msg("%(target)s has no release yet.", target=target))
        _write_index(store, folder, releases, _read_private_key(engine))
    return len(releases)


def _read_public_keys(engine: Engine) -> KeySet:
    with open_reading(engine) as connection:
        return signed_file.build_site_key_set(signing_keys.list_public(connection))


def _read_private_key(engine: Engine) -> PrivateKey:
    with open_reading(engine) as connection:
        return signing_keys.find_private(connection)


def _write_local(release: _Release, since: int | None) -> ReleaseManifest:
    names = list(release.options.collections)
    for name in names:
        release.add_collection(name)
    release.add_statistics()
    release.add_vocabularies()
    release.add_archive()
    if since is not None:
        path = release.root / build_delta_path(since)
        write_json(path, delta.find_delta(release.engine, names, since, release.version.number))
        release.add_file(path, "application/json")
    state = release.add_state()
    manifest = ReleaseManifest(
        release.version.number,
        release.moment,
        release.options.site,
        release.options.doi,
        release.citation,
        release.records,
        release.not_published,
        release.described_sources(),
        tuple(release.files),
        since,
        state,
    )
    write_json(release.root / MANIFEST, manifest)
    _write_stac(release, manifest, names)
    sums = "".join(f"{file.sha256}  {file.path}\n" for file in manifest.files)
    (release.root / "SHA256SUMS").write_text(sums, encoding="utf-8")
    return manifest


def _write_stac(release: _Release, manifest: ReleaseManifest, names: list[str]) -> None:
    _, extents = read_extents(release.engine, Days())
    write_json(release.root / stac.COLLECTION, stac.build_stac_collection(manifest, extents, names))
    (release.root / "items").mkdir()
    for name in names:
        write_json(release.root / "items" / f"{name}.json", stac.build_stac_item(manifest, name, extents.get(name)))


def read_releases(store: fs.FileSystem, folder: str, keys: KeySet | None) -> list[ReleaseEntry]:
    """Return the releases of a target from its index, verified by the keys unless None; none if it has no index.

    Raise ExportFailed if it was changed, is not signed or no index.
    """
    if store.get_file_info(f"{folder}/{INDEX}").type is fs.FileType.NotFound:
        return []
    with store.open_input_stream(f"{folder}/{INDEX}") as stream:
        content = stream.readall()
    try:
        if keys is not None:
            verify_index(content, keys)
        return list(parse_index(content).releases)
    except NotVerified as error:
        reason = error.message
    except ValidationError as error:
        reason = msg("It is not as `lode release` writes it (%(where)s).", where=".".join(map(str, error.errors()[0]["loc"])))
    raise ExportFailed(
        msg(
            "%(folder)s/%(index)s is not an index that this site signed: %(reason)s Compare the releases with your own copies. "
            "If they are right, sign them with `lode release TARGET --sign-index`.",
            folder=folder,
            index=INDEX,
            reason=reason,
        )
    )


def _write_index(store: fs.FileSystem, folder: str, releases: list[ReleaseEntry], key: PrivateKey) -> None:
    latest = max(releases, key=lambda release: release.version)
    _put(store, f"{folder}/{INDEX}", sign_index(releases, key))
    _put(store, f"{folder}/{FEED}", delta.write_atom_index(releases, f"{latest.site}/releases"))
    path = {"version": latest.version, "path": f"{latest.folder}/", "manifest": f"{latest.folder}/{MANIFEST}"}
    _put(store, f"{folder}/{LATEST}", orjson.dumps(path, option=orjson.OPT_INDENT_2))
    if isinstance(store, fs.LocalFileSystem):
        link = Path(folder) / "latest"
        fresh = link.with_name(".latest")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(latest.folder)
        fresh.replace(link)


def _build_entry(release_manifest: ReleaseManifest, digest: str) -> ReleaseEntry:
    return ReleaseEntry(
        release_manifest.version,
        release_manifest.committed_at,
        release_manifest.site,
        release_manifest.doi,
        release_manifest.citation,
        release_manifest.records,
        release_manifest.not_published,
        release_manifest.since,
        digest,
    )


def _put(store: fs.FileSystem, path: str, content: bytes) -> None:
    with store.open_output_stream(path) as stream:
        stream.write(content)


def _open_file_system(target: str) -> tuple[fs.FileSystem, str]:
    """Return the file system of a target and the path there. Raise ExportFailed for a URL that is not known."""
    if "://" not in target:
        folder = Path(target).absolute()
        with _convert_failures(target):
            folder.mkdir(parents=True, exist_ok=True)
        return fs.LocalFileSystem(), str(folder)
    try:
        store, path = fs.FileSystem.from_uri(target)
    except (ValueError, OSError) as error:
        raise ExportFailed(msg("%(target)s is not a target: %(error)s", target=target, error=str(error)[:300])) from None
    if not path.strip("/"):
        raise ExportFailed(
            msg("%(target)s names no bucket. Write a folder, or an address such as s3://bucket/releases.", target=target)
        )
    return store, path.rstrip("/")


@contextmanager
def _convert_failures(target: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportFailed(msg("%(path)s can't be written: %(reason)s", path=target, reason=str(error)[:300])) from None
