"""Health checks: whether the process runs, and whether it can serve requests."""

from typing import Any

import orjson
from flask import Blueprint, Response
from sqlalchemy import text

from lodebase.db.revision import require_current_state, state
from lodebase.errors import NotMigrated
from lodebase.process import runtime_folder
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.reading import open_reading, read_dataset_version
from lodedata.messages import msg
from lodeweb.http import read_replica
from lodeweb.http.database import get_site
from lodeweb.http.declared import exempt_from
from lodeweb.http.service.bodies import HttpError

blueprint = Blueprint("health", __name__)
SERVED = tuple(collection.table for collection in COLLECTIONS.values())
MISSING = text("SELECT name FROM unnest(CAST(:names AS text[])) name WHERE to_regclass(name) IS NULL LIMIT 1")


@blueprint.get("/healthz")
@exempt_from("admission", "hosts", "limits")
def report_alive() -> Response:
    """Return whether the process runs, without a database query."""
    return Response('{"alive":true}', mimetype="application/json")


@blueprint.get("/readyz")
@exempt_from("hosts", "limits")
def report_ready() -> Response:
    """Return 200 if the database is available and its schema is current, else 503 with the reason; name the database read."""
    if runtime_folder.stop_announced():
        raise HttpError(503, msg("The site is stopping."))
    with open_reading(get_site().engine) as connection:
        require_current_state(state(connection))
        if missing := connection.scalar(MISSING, {"names": [f"lode.{table.name}" for table in SERVED]}):
            raise NotMigrated(msg("The store lacks the table %(table)s. Restore it from a backup.", table=missing))
        version = read_dataset_version(connection)
    body: dict[str, Any] = {"ready": True, "dataset_version": version}
    return Response(orjson.dumps(body | read_replica.describe_replicas(get_site().replicas)), mimetype="application/json")
