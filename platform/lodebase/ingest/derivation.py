"""What follows from changed records at the end of an import: groups, organisations, links, marks of doubtful capacities."""

from typing import Any

from psycopg import Connection

from lodebase.ingest import merge
from lodebase.ingest.entered import listed_projects
from lodebase.ingest.jobs.import_job import ImportJob
from lodebase.ingest.linking import doubtful_capacities, organisations, recovery_links, regroup


def derive(connection: Connection[Any], job: ImportJob, changed: bool) -> int:
    """Derive all that depends on the records, and return how many of them are left to be compared in the background.

    ``changed`` is whether rows were loaded or updated.
    """
    left = regroup.regroup(connection, job.accept, job.compare).uncompared
    organisations.derive(connection)
    recovery_links.link(connection)
    listed_projects.apply(connection)
    doubtful_capacities.mark(connection)
    if changed:
        merge.settle(connection)
    # deferred work is done now, so that its time counts and a dry run detects its errors too
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return left
