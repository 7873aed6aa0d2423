"""Acts on the pages of records: what an act does for which records, its text and its file."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, send_file
from sqlalchemy import Connection

from lodebase.errors import NotFound
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.reading import open_reading
from lodebase.records import acts
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary
from lodeweb.http.database import get_site
from lodeweb.http.representation import links
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language

blueprint = Blueprint("act_links", __name__)
ACTS = "official-acts"


@dataclass(frozen=True, slots=True)
class ActLink:
    """A record or an act: its name and address, what the act does, and its collection or number and date."""

    name: str
    address: str
    role: str
    about: str


def build_act_parts(
    connection: Connection, collection: Collection, identity: str, properties: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the parts of a record's page about acts: of an act its records, text and file, of any record its acts."""
    parts: dict[str, Any] = {"linked_acts": read_linked_acts(connection, collection, identity)}
    if collection.name == ACTS:
        act_subjects = acts.read_act_subjects(connection, identity, properties.get("number"))
        parts["act_records"] = [_record(act_subject) for act_subject in act_subjects]
        parts["act_text"] = acts.read_act_text(connection, identity)
        parts["act_file"] = acts.find_act_file(connection, identity)
    return parts


def read_linked_acts(connection: Connection, collection: Collection, identity: str) -> list[ActLink]:
    """Return the acts that are linked with a record, latest first."""
    return [_build_act(row) for row in acts.read_linked_acts(connection, collection.name, identity)]


@blueprint.get("/acts/<identity>/file")
def download(identity: str) -> Response:
    """Return the file of an act, to be saved and never shown as a page of the site."""
    with open_reading(get_site().engine) as connection:
        file = acts.find_act_file(connection, identity)
        content = None if file is None else acts.read_file_content(connection, file)
    if file is None or content is None:
        raise NotFound(msg("The act %(identity)s has no file here.", identity=identity[:40]))
    return send_file(BytesIO(content), file.media_type, as_attachment=True, download_name=file.name, etag=file.sha256)


def _build_act(row: Mapping[str, Any]) -> ActLink:
    address = links.record_address(row["id"])
    reference = " · ".join(text for text in (row["number"], row["issued_on"]) if text)
    return ActLink(labels.record_name(row, row["id"]), address, _label_role(row["role"]), reference)


def _record(act_subject: acts.ActSubject) -> ActLink:
    collection, identity = COLLECTIONS[act_subject.kind.collection], act_subject.names["id"]
    name = labels.record_name(act_subject.names, identity)
    return ActLink(
        name, links.record_address(identity), _label_role(act_subject.role), labels.find_collection_title(collection)
    )


def _label_role(code: str) -> str:
    return load_vocabulary("act-role")[code].label(get_language())
