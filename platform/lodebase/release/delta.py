"""The changes between two releases, and the index of releases as JSON and Atom."""

from xml.etree import ElementTree as ET

from sqlalchemy import Engine, text

from lodebase.download import delta, statements
from lodebase.query import expression
from lodebase.query.filters.changed import CHANGED
from lodebase.query.query import Query
from lodebase.query.reading import open_reading
from lodebase.release.manifest import CollectionChanges, Delta, ReleaseEntry, build_delta_path

ATOM = "http://www.w3.org/2005/Atom"
SHOW = text("SELECT set_config('lode.since', :since, true), set_config('lode.as_of', :version, true)")


def find_delta(engine: Engine, collections: list[str], since: int, version: int) -> Delta:
    """Return the ids that were added, changed, merged or withdrawn after a version, up to another."""
    return Delta(since, version, {name: _collect_changes(engine, name, since, version) for name in collections})


def _collect_changes(engine: Engine, name: str, since: int, version: int) -> CollectionChanges:
    query = statements.remove_query_limits(Query(name)).fulfilling(CHANGED)
    ids: dict[str, list[str]] = {"added": [], "changed": [], "withdrawn": []}
    merged: dict[str, str] = {}
    with open_reading(engine) as connection:
        connection.execute(SHOW, {"since": str(since), "version": str(version)})
        sql = delta.write_changes_statement(query, expression.bind_query(connection, query)).earlier
        # the statement is complete: a percent sign in it is no placeholder
        for row in connection.execution_options(no_parameters=True).exec_driver_sql(sql):
            if row.change == "merged" and row.merged_into:
                merged[row.id] = row.merged_into
            else:
                ids.setdefault(row.change, []).append(row.id)
    return CollectionChanges(tuple(ids["added"]), tuple(ids["changed"]), tuple(ids["withdrawn"]), merged)


def write_atom_index(releases: list[ReleaseEntry], address: str) -> bytes:
    """Return the Atom feed of releases, the latest first; ``address`` is that of the folder of releases."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    latest = max(releases, key=lambda release: release.version)
    _add(feed, "id", f"{address}/index.atom")
    _add(feed, "title", "Lode: releases")
    _add(feed, "updated", latest.committed_at)
    ET.SubElement(_add(feed, "author"), f"{{{ATOM}}}name").text = "Lode"
    _add(feed, "link", rel="self", href=f"{address}/index.atom")
    for release in sorted(releases, key=lambda release: -release.version):
        entry = _add(feed, "entry")
        _add(entry, "id", f"{address}/{release.folder}/")
        _add(entry, "title", f"Version {release.version}")
        _add(entry, "updated", release.committed_at)
        _add(entry, "link", rel="alternate", type="application/json", href=f"{address}/{release.folder}/manifest.json")
        if release.since is not None:
            href = f"{address}/{release.folder}/{build_delta_path(release.since)}"
            _add(entry, "link", rel="related", type="application/json", href=href)
        rows = sum(sum(by_class.values()) for by_class in release.records.values())
        _add(entry, "summary", f"{rows} records. {release.citation}")
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: ET.Element, name: str, content: str | None = None, **attributes: str) -> ET.Element:
    sub_element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    sub_element.text = content
    return sub_element
