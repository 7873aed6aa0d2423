"""Another Lode as a source: the records that everybody may read there, by its API and at one version of its data."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from lodebase.errors import FetchFailed, ImportRefused
from lodebase.ingest.site_statistics import SiteRelease, fetch_releases
from lodebase.ingest.stored_records import StoredRecords
from lodedata.licences import find_least_free_licence
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.generic_feature import GENERIC_COLLECTIONS, GenericFeatureReader
from lodedata.mapping.lode_feature import KINDS_READ, FeatureReader
from lodedata.mapping.model import Licence
from lodedata.messages import msg
from lodedata.sources import require_foreign

PATIENCE_S = (10, 120)
"""Seconds to connect, and until the next bytes."""
TRIES = 6
BUSY = (429, 503)
MAX_SITE_WAIT_S = 60.0
MAX_RESPONSE_BYTES = 64 << 20
PAGE = 1_000
MAX_PART_BY_ID = 0.1
"""The part of the records of a collection up to which they are requested one by one, and else in pages of complete records."""
GONE = "no-longer-in-source"
"""The flag of a record whose source withdrew it; for a reader of the site it is gone."""
Json = dict[str, Any]
Headers = Mapping[str, str]


@dataclass(slots=True)
class LodeSite:
    """The API of another Lode; every request is for the version of its data that was the latest at the first."""

    address: str
    session: requests.Session = field(default_factory=requests.Session)
    version: int = 0
    editions: dict[int, str] = field(default_factory=dict)
    """The edition of each version, which changes whenever its responses may; a site of an older Lode states none."""

    def pin(self) -> None:
        """Choose the version of all further requests. Raise FetchFailed or ImportRefused."""
        listed = self.get("/api/versions")["versions"]
        if not listed:
            raise ImportRefused(msg("%(address)s has no data yet.", address=self.address))
        self.version = int(listed[0]["version"])
        self.editions = {int(version["version"]): str(version["edition"]) for version in listed if version.get("edition")}

    @property
    def edition(self) -> str:
        """The version with its edition, such as ``12-1f0c9a7e``, or its number if the site states no edition."""
        return self.editions.get(self.version, str(self.version))

    def changed(self, since: int) -> set[tuple[str, str]]:
        """Return collection and id of the records that changed after a version, and of those that others were merged into."""
        changed_records = set[tuple[str, str]]()
        for collection in (*KINDS_READ, *GENERIC_COLLECTIONS):
            following: str | None = f"/api/changes?since={since}&collection={collection}&limit={PAGE}&f=ndjson"
            while following is not None:
                url = self._own(following)
                body, headers = self._fetch_body(url)
                changes = [json.loads(line) for line in body.splitlines()]
                changed_records |= {
                    (collection, str(change[name])) for change in changes for name in ("id", "into") if change.get(name)
                }
                following = _find_next_link(headers)
        return changed_records

    def record_of_row(self, source: str, key: str) -> str | None:
        """Return the id of the record that includes a row of a source, None if no public record does."""
        path = f"/api/sources/{quote(source, safe='')}/records/{quote(key, safe='')}"
        document = self._fetch_json(path, none_for=404)
        return next((str(record["id"]) for record in (document or {}).get("records", ())), None)

    def sources(self) -> dict[str, Json]:
        """Return the sources of the site by name."""
        return {str(source["name"]): source for source in self.get("/api/sources")["sources"]}

    def ids(self, collection: str) -> Iterator[str]:
        """Yield the ids of the records of a collection, page by page, without those that their source withdrew."""
        following: str | None = f"/api/collections/{collection}/items?limit={PAGE}&properties=flags&as_of={self.version}"
        while following is not None:
            page = self.get(following)
            yield from (
                str(feature["id"]) for feature in page["features"] if GONE not in (feature["properties"]["flags"] or ())
            )
            following = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)

    def features(self, collection: str, full: bool = False) -> Iterator[Json]:
        """Yield the records of a collection page by page, without those that their source withdrew; none of an unknown one.

        A ``full`` record has all that belongs to it.
        """
        profile = "&profile=full" if full else ""
        following: str | None = f"/api/collections/{collection}/items?limit={PAGE}&as_of={self.version}{profile}"
        while following is not None:
            page = self._fetch_json(following, none_for=404) or {"features": (), "links": ()}
            yield from (feature for feature in page["features"] if GONE not in (feature["properties"].get("flags") or ()))
            following = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)

    def lists_full_records(self, collection: str) -> bool:
        """Return whether lists have full records; an older Lode refuses the parameter."""
        path = f"/api/collections/{collection}/items?limit=1&as_of={self.version}&profile=full"
        return self._fetch_json(path, none_for=400) is not None

    def feature(self, collection: str, identity: str) -> Json:
        """Return a record with all that belongs to it."""
        return self.get(f"/api/collections/{collection}/items/{quote(identity, safe='')}?profile=full&as_of={self.version}")

    def judged(self, verdict: str) -> Iterator[Json]:
        """Yield the pairs of source rows with a verdict of people."""
        start = 0
        while (page := self.get(f"/api/quality/pairs?state={verdict}&limit={PAGE}&offset={start}"))["pairs"]:
            yield from page["pairs"]
            start += len(page["pairs"])

    def get(self, path: str) -> Json:
        """Return the JSON of an address of the site. Raise FetchFailed if it can't be read or is no JSON object."""
        document = self._fetch_json(path)
        assert document is not None
        return document

    def _fetch_json(self, path: str, none_for: int | None = None) -> Json | None:
        """Return the JSON of an address, None if the site responds with the status ``none_for``."""
        url = self._own(path)
        response, headers = self._fetch_body(url, none_for)
        if headers is None:
            return None
        try:
            body = json.loads(response)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise FetchFailed(msg("%(url)s sent no JSON; is it the address of a Lode, such as https://lode.example?", url=url))
        return body

    def _fetch_body(self, url: str, none_for: int | None = None) -> tuple[bytes, Headers | None]:
        """Return body and headers of a response; no headers if its status is ``none_for``. Raise FetchFailed."""
        try:
            return self._send_request(url, none_for)
        except requests.RequestException as error:
            raise FetchFailed(
                msg(
                    "%(url)s can't be reached (%(error)s); nothing was changed. Try again later.",
                    url=url,
                    error=type(error).__name__,
                )
            ) from None

    def _send_request(self, url: str, none_for: int | None) -> tuple[bytes, Headers | None]:
        for left in reversed(range(TRIES)):
            with self.session.get(
                url, headers={"Accept": "application/geo+json, application/json"}, timeout=PATIENCE_S, stream=True
            ) as response:
                if response.status_code in BUSY and left:
                    wait_s = response.headers.get("Retry-After", "1")
                    time.sleep(min(float(wait_s) if wait_s.isdigit() else 1.0, MAX_SITE_WAIT_S))
                    continue
                if response.status_code == none_for:
                    return b"", None
                if response.status_code != 200:
                    break
                return _read_content(response, url), response.headers
        raise FetchFailed(
            msg(
                "%(url)s: the site responded with status %(status)s; nothing was changed.", url=url, status=response.status_code
            )
        )

    def _own(self, path: str) -> str:
        """Return an address of the site. Raise FetchFailed for a link that leads elsewhere."""
        if path.startswith("/"):
            return f"{self.address}{path}"
        ours, theirs = urlsplit(self.address), urlsplit(path)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise FetchFailed(
                msg(
                    "%(address)s links its next page at another host, %(url)s; nothing was changed.",
                    address=self.address,
                    url=path[:200],
                )
            )
        return path


def _find_next_link(headers: Headers | None) -> str | None:
    """Return the address of the next page, as the header Link states it."""
    links = requests.utils.parse_header_links((headers or {}).get("Link", ""))
    return next((link["url"] for link in links if link.get("rel") == "next"), None)


def _read_content(response: requests.Response, url: str) -> bytes:
    parts, size = [], 0
    for part in response.iter_content(1 << 16):
        size += len(part)
        if size > MAX_RESPONSE_BYTES:
            raise FetchFailed(msg("%(url)s sent more than %(size)s MB.", url=url, size=MAX_RESPONSE_BYTES >> 20))
        parts.append(part)
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A judgement of people at another Lode on two of its records, by their ids."""

    a: str
    b: str
    verdict: str
    relation: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class SiteRecords:
    """The records of another Lode in a file: its address and citations, then a line of JSON for each record."""

    source: Source
    path: Path
    judged: tuple[JudgedPair, ...]
    releases: tuple[SiteRelease, ...] = ()
    """The releases of statistics, the earliest first."""
    requested: int = 0
    """The records that were requested; the others did not change since the last import."""


def read_site(path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the readings of the records in a file of :func:`fetch_site`. Raise FileRefused."""
    with path.open(encoding="utf-8") as stream:
        head = json.loads(next(stream))
        readers: dict[str, FeatureReader | GenericFeatureReader] = {
            **{name: FeatureReader(name, head["citations"], tally) for name in KINDS_READ},
            **{name: GenericFeatureReader(name, tally) for name in GENERIC_COLLECTIONS},
        }
        for line in stream:
            document = json.loads(line)
            identity = quote(str(document["feature"].get("id")), safe="")
            yield readers[document["collection"]].reading(document["feature"], f"{head['address']}/records/{identity}")


def fetch_site(
    address: str,
    name: str | None,
    folder: Path,
    progress: Callable[[int], None] | None = None,
    stored: Callable[[str], StoredRecords | None] | None = None,
) -> SiteRecords:
    """Copy the public records of another Lode to a file in a folder, at the latest version of its data.

    ``name`` is that of the source here, by default made of the host. ``stored`` returns what the store has of a source: records
    that did not change since are copied from there. Raise FetchFailed, or ImportRefused for an address that is none.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ImportRefused(
            msg('"%(address)s" is not the address of a site. Write one such as https://lode.example.', address=address)
        )
    site = LodeSite(address.rstrip("/"))
    chosen = name or _make_slug(parts.netloc)
    require_foreign(chosen)
    try:
        return _fetch_records(site, chosen, folder, progress, None if stored is None else stored(chosen))
    except (KeyError, TypeError, ValueError) as error:
        raise FetchFailed(
            msg(
                "%(url)s does not respond as a Lode does (%(error)s).",
                url=address,
                error=f"{type(error).__name__}: {error}"[:80],
            )
        ) from None


def _fetch_records(
    site: LodeSite, name: str, folder: Path, progress: Callable[[int], None] | None, stored: StoredRecords | None
) -> SiteRecords:
    site.pin()
    described = site.sources()
    path = folder / f"{name}-v{site.version}.ndjson"
    reused = stored if stored is not None and _is_current(site, stored) else None
    used, served, requested = set[str](), dict[tuple[str, str], str](), 0
    with path.open("w", encoding="utf-8") as stream:
        citations = {source_name: described[source_name]["citation"] for source_name in described}
        stream.write(json.dumps({"address": site.address, "citations": citations}, ensure_ascii=False) + "\n")
        for count, (collection, feature, is_new) in enumerate(_fetch_features(site, reused), 1):
            values = feature["properties"]
            used.update(values.get("sources") or ())
            rows = (*(values.get("source_records") or ()), *(values.get("testimonies") or ()))
            served |= {(row["source"], row["key"]): feature["id"] for row in rows}
            stream.write(json.dumps({"collection": collection, "feature": feature}, ensure_ascii=False) + "\n")
            requested += is_new
            if progress is not None:
                progress(count)
    source = _describe_source(site, name, [described[source_name] for source_name in sorted(used) if source_name in described])
    # which record includes a row may change without a change of the record
    record_of = served.get if reused is None else cache(lambda row: site.record_of_row(*row))
    releases = fetch_releases(site.get, site.address, name, described, folder)
    return SiteRecords(source, path, tuple(_fetch_judgements(site, record_of)), releases, requested)


def _is_current(site: LodeSite, stored: StoredRecords) -> bool:
    """Return whether responses of the stored version are as they were: no name left the data, and the program is the same."""
    return stored.address == site.address and site.editions.get(stored.version) == stored.edition


def _fetch_features(site: LodeSite, stored: StoredRecords | None) -> Iterator[tuple[str, Json, bool]]:
    """Yield collection and feature of each record, and whether it was requested; the others are as they are stored."""
    wanted = {(collection, identity) for collection in KINDS_READ for identity in site.ids(collection)}
    sizes = Counter(collection for collection, _ in wanted)
    untouched = set[str]()
    if stored is not None:
        changed = site.changed(stored.version)
        touched = {collection for collection, _ in changed}
        for collection, feature in stored.features():
            record = (collection, str(feature["id"]))
            if collection in GENERIC_COLLECTIONS and collection not in touched:
                untouched.add(collection)
                yield collection, feature, False
            elif record in wanted and record not in changed:
                wanted.remove(record)
                yield collection, feature, False
    for collection in KINDS_READ:
        ids = {identity for name, identity in wanted if name == collection}
        by_id = len(ids) <= MAX_PART_BY_ID * sizes[collection] or not site.lists_full_records(collection)
        features = (
            (site.feature(collection, identity) for identity in sorted(ids)) if by_id else site.features(collection, full=True)
        )
        yield from ((collection, feature, True) for feature in features if str(feature["id"]) in ids)
    # a thousand in a page; which of them changed is seen when they are stored
    for collection in sorted(GENERIC_COLLECTIONS.keys() - untouched):
        yield from ((collection, feature, True) for feature in site.features(collection))


def _fetch_judgements(site: LodeSite, record_of: Callable[[tuple[str, str]], str | None]) -> Iterator[JudgedPair]:
    """Yield the judgements on records that are apart at the site; those that are the same are one record there."""
    for verdict in ("different", "linked"):
        for pair in site.judged(verdict):
            a, b = (record_of((pair[side]["source"], pair[side]["key"])) for side in "ab")
            if a is not None and b is not None and a != b:
                yield JudgedPair(a, b, verdict, pair["relation"], pair["reason"])


def _describe_source(site: LodeSite, name: str, used: list[Json]) -> Source:
    """Return the description of a site as a source, under the least free licence of what its records are made of."""
    licences = {str(source["licence"]): source for source in used}
    chosen = licences.get(find_least_free_licence(licences) or "", {})
    titles = ", ".join(f"{source['title_en']} ({source['licence_name']})" for source in used)
    title = msg("Lode of %(host)s", host=urlsplit(site.address).netloc)
    return Source(
        name=name,
        title_en=title.in_language("en"),
        title_zh=title.in_language("zh"),
        publisher=urlsplit(site.address).netloc,
        licence=Licence(
            id=str(chosen.get("licence") or "unknown"),
            name=" / ".join(sorted({str(source["licence_name"]) for source in used})) or "?",
            url=chosen.get("licence_url"),
            attribution="; ".join(str(source["attribution"]) for source in used if source.get("attribution")) or None,
        ),
        citation=f"Lode, {site.address}, version {site.version}, of: {titles}",
        version=site.edition,
        homepage=site.address,
        public_columns=("*",),
    )


def _make_slug(host: str) -> str:
    """Return the name of a host as that of a source."""
    return "lode-" + "".join(c if c.isalnum() and c.isascii() else "-" for c in host.lower()).strip("-")[:50]
