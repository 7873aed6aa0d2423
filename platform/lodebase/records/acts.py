"""Official acts: the acts that a record names, the records that an act concerns, and the file of an act."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lodebase.db.act_keys import write_act_key
from lodebase.records.record_names import MAX_LISTED_NAMES, read_names, read_names_of
from lodedata.kinds import PUBLIC, Field, Kind

BY_NUMBER = """
SELECT DISTINCT ON (printed) printed, a.id FROM unnest(%(texts)s::text[]) printed
JOIN lode.official_act a ON a.number = printed OR a.id = printed ORDER BY printed, a.issued_on DESC NULLS LAST, a.id
"""
TWIN = f"""
SELECT o.id, o.title_en, o.title_zh FROM lode.official_act o, (SELECT nullif(%(number)s::text, '') AS number,
  nullif(%(issued_on)s::text, '') AS issued_on, nullif(%(title_zh)s::text, '') AS title_zh,
  nullif(%(title_en)s::text, '') AS title_en) s
WHERE {write_act_key("o")} = {write_act_key("s")} AND o.id IS DISTINCT FROM %(own)s::text ORDER BY o.id LIMIT 1
"""
SUBJECT = "act_subject"
SUBJECTS = """
SELECT collection, record, role FROM lode.act_subject WHERE act IN (%(id)s, %(number)s) ORDER BY collection, id LIMIT %(most)s
"""
ACTS = """
SELECT DISTINCT ON (a.issued_on, a.id, s.role) s.role, a.id, a.title_en AS name_en, a.title_zh AS name_zh, a.number, a.issued_on
FROM lode.act_subject s JOIN lode.official_act a ON a.id = s.act OR a.number = s.act
WHERE s.record = %(id)s AND s.collection = %(collection)s
ORDER BY a.issued_on DESC NULLS LAST, a.id, s.role LIMIT %(most)s
"""
FILE = """
SELECT e.number, e.file_name, e.media_type, e.bytes, e.sha256 FROM lode.act_entry e
JOIN lode.official_act a ON a.id = e.record_id AND a.attachment_sha256 = e.sha256
WHERE e.record_id = %(id)s AND e.state IN ('served', 'review', 'returned')
"""
CONTENT = "SELECT string_agg(content, '' ORDER BY position) FROM lode.act_part WHERE entry = %(entry)s"


@dataclass(frozen=True, slots=True)
class ActSubject:
    """A record that an act concerns, with what the act does for it."""

    kind: Kind
    role: str
    names: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attachment:
    """The file of an act; its content is read apart."""

    entry: int
    name: str
    media_type: str
    size: int
    sha256: str


def list_act_fields(kind: Kind) -> tuple[Field, ...]:
    """Return the fields of a kind that name an act by its number or identifier."""
    return tuple(field for field in kind.fields if field.act_role is not None)


def find_acts_by_number(connection: Connection, texts: Iterable[str]) -> Mapping[str, str]:
    """Return the identifier of the act of each number; of several with one number the latest."""
    listed = sorted(set(texts))
    return dict(connection.exec_driver_sql(BY_NUMBER, {"texts": listed}).tuples().all()) if listed else {}


def find_twin_act(connection: Connection, values: Mapping[str, str], own: str | None = None) -> Mapping[str, Any] | None:
    """Return the stored act with the same number and title as given values, with the same day and title if without number.

    The act ``own``, which the values are of, is left out.
    """
    compared_values = {name: values.get(name, "") for name in ("number", "issued_on", "title_zh", "title_en")}
    row = connection.exec_driver_sql(TWIN, {**compared_values, "own": own}).mappings().first()
    return None if row is None else dict(row)


def read_act_text(connection: Connection, identity: str) -> str | None:
    """Return the text of an act, None for another record."""
    row = connection.exec_driver_sql("SELECT text FROM lode.official_act WHERE id = %(id)s", {"id": identity}).first()
    return None if row is None else row[0]


def read_act_subjects(connection: Connection, identity: str, number: str | None) -> Iterator[ActSubject]:
    """Yield the records that an act concerns: those linked with it, and those that name it, the first of each kind."""
    parameters = {"id": identity, "number": number or identity, "most": MAX_LISTED_NAMES}
    linked: dict[str, dict[str, str]] = {}
    for row in connection.exec_driver_sql(SUBJECTS, parameters):
        linked.setdefault(row.collection, {})[row.record] = row.role
    for kind in PUBLIC.values():
        roles = linked.get(kind.collection, {})
        for named in read_names_of(connection, kind, list(roles)):
            yield ActSubject(kind, roles[named["id"]], named)
        for field in list_act_fields(kind) if kind.name != SUBJECT else ():
            for named in read_names(connection, kind, f"t.{field.name} IN (%(id)s, %(number)s)", parameters):
                yield ActSubject(kind, str(field.act_role), named)


def read_linked_acts(connection: Connection, collection: str, identity: str) -> list[Mapping[str, Any]]:
    """Return the acts that are linked with a record, each with what it does for it, latest first."""
    values = {"collection": collection, "id": identity, "most": MAX_LISTED_NAMES}
    return [dict(row) for row in connection.exec_driver_sql(ACTS, values).mappings()]


def find_record_collection(connection: Connection, identity: str) -> str | None:
    """Return the collection of a record of any kind, None if there is no such record."""
    parts = (f"SELECT '{kind.collection}' FROM lode.{kind.name} WHERE id = %(id)s" for kind in PUBLIC.values())
    record_collection: str | None = connection.exec_driver_sql(" UNION ALL ".join(parts), {"id": identity}).scalar()
    return record_collection


def find_act_file(connection: Connection, identity: str) -> Attachment | None:
    """Return the file of an act, None without one."""
    row = connection.exec_driver_sql(FILE, {"id": identity}).first()
    return None if row is None else Attachment(*row)


def read_file_content(connection: Connection, file: Attachment) -> bytes | None:
    """Return the content of a file, None if it is not the one that was stored with the act."""
    content = connection.exec_driver_sql(CONTENT, {"entry": file.entry}).scalar()
    return content if content is not None and hashlib.sha256(content).hexdigest() == file.sha256 else None
