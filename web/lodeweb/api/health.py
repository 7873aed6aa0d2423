"""Health checks: whether the process runs, and whether it can serve requests."""

from typing import Any

import orjson
from flask import Blueprint, Response

from lodebase.db.revision import state
from lodebase.errors import NotMigrated
from lodebase.process import runtime_folder
from lodebase.query.reading import dataset_version, reading
from lodedata.messages import msg
from lodeweb.http import read_replica
from lodeweb.http.database import site
from lodeweb.http.service.bodies import HttpError

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Return whether the process runs, without a database query."""
    return Response('{"alive":true}', mimetype="application/json")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Return 200 if the database is available and its schema is current, else 503 with the reason; name the database read."""
    if runtime_folder.stop_announced():
        raise HttpError(503, msg("The site is stopping."))
    with reading(site().engine) as connection:
        found = state(connection)
        if not found.current:
            raise NotMigrated(
                msg("The store is at %(found)s, this code needs %(wanted)s.", found=found.at or "nothing", wanted=found.wanted)
            )
        version = dataset_version(connection)
    body: dict[str, Any] = {"ready": True, "dataset_version": version}
    return Response(orjson.dumps(body | read_replica.described(site().replica)), mimetype="application/json")
