"""Whether the site lives, and whether it can answer."""

from typing import Any

import orjson
from flask import Blueprint, Response
from werkzeug.exceptions import ServiceUnavailable

from lodebase.db.revision import state
from lodebase.errors import NotMigrated
from lodebase.process import stop_announcement
from lodebase.query.reading import dataset_version, reading
from lodeweb.http import read_replica
from lodeweb.http.database import site

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Whether the process runs; it does not query the database."""
    return Response('{"alive":true}', mimetype="application/json")


@blueprint.get("/readyz")
def readyz() -> Response:
    """The database can be reached and is at this code's version, else 503 with the reason; and which one reads go to."""
    if stop_announcement.announced():
        raise ServiceUnavailable("The site is stopping.")
    with reading(site().engine) as connection:
        found = state(connection)
        if not found.current:
            raise NotMigrated(f"The store is at {found.at or 'nothing'}, this code wants {found.wanted}.")
        version = dataset_version(connection)
    body: dict[str, Any] = {"ready": True, "dataset_version": version}
    return Response(orjson.dumps(body | read_replica.described(site().replica)), mimetype="application/json")
