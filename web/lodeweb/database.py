"""The site's engine: a role that only reads, a time limit for each statement."""

from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy import Engine

from lodebase.db import engine as engines
from lodebase.db.cluster import Cluster
from lodebase.query.run import Counts
from lodebase.settings import Settings

KEY = "lode"


@dataclass(frozen=True, slots=True)
class Site:
    """What every request needs: the settings, the engine and the counts it keeps."""

    settings: Settings
    engine: Engine
    counts: Counts


def attach(app: Flask, settings: Settings) -> None:
    """Give the app its engine; nothing is connected yet."""
    if settings.database_url is not None:
        url = engines.of_settings(settings).site
    else:
        url = engines.of_cluster(Cluster(settings.home, settings.postgres_bin)).site
    engine = engines.engine(url, "lode site", settings.statement_timeout_s, pool_size=settings.threads)
    app.extensions[KEY] = Site(settings, engine, Counts())


def site() -> Site:
    """The site of the app that serves this request."""
    found: Site = current_app.extensions[KEY]
    return found
