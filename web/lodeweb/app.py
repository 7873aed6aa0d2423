"""The site: settings, blueprints, error handlers, nothing else."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from flask import Flask, Request, Response, current_app, request
from flask.typing import ResponseReturnValue
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.sansio.utils import get_current_url
from werkzeug.utils import cached_property

from lodebase import settings as settings_module
from lodebase.layout.rulebook import load_rulebook
from lodebase.search import search_vocabulary, text_variants
from lodebase.settings import Settings
from lodebase.subscriptions import mail_server
from lodebase.topics.registry import find_declared_operations
from lodebase.topics.schedule.store import load_rules as load_schedule_rules
from lodeweb.adapter import routes
from lodeweb.api import health
from lodeweb.api.catalogue import changes, datasets, downloads, downloads_of_kinds, qgis_project, records
from lodeweb.api.earth_resources import views
from lodeweb.api.features import catalog, facets, items, schemas, tiles
from lodeweb.api.openapi import document
from lodeweb.api.processes import descriptions, execution, jobs
from lodeweb.api.rights import mineral_tenements
from lodeweb.desk import (
    acts,
    audit_pages,
    baselines,
    decisions,
    holder_names,
    import_cells,
    import_confirmation,
    import_runs,
    imports,
    internal,
    listed_projects,
    organisation_names,
    progress,
    proposed_values,
    queue,
    record_entries,
    saved,
    source_rows,
)
from lodeweb.desk.identity import account, keys, openid_connect, people, second_factor, sign_in
from lodeweb.http import database, read_replica
from lodeweb.http.access import (
    admission,
    allowed_hosts,
    body_limits,
    client_address,
    cors,
    rate_limits,
    same_origin,
    security_headers,
    sessions,
)
from lodeweb.http.representation import compression, conditional_requests, html_pages, pinned, problem_details
from lodeweb.http.service import bridge, logs, metrics
from lodeweb.i18n import language
from lodeweb.mcp import route as mcp_route
from lodeweb.pages import chart_page, compare, embed, error_reports, template_globals
from lodeweb.pages.about import about_page, help_pages, updates_page
from lodeweb.pages.map import ground, ground_tiles, map_page
from lodeweb.pages.records import act_links, estimate_history_page, permanent_address
from lodeweb.pages.renderers import RENDERERS
from lodeweb.pages.statistics import coverage_page, statistics_pages
from lodeweb.pages.subscriptions import subscribe_page
from lodeweb.topics import registry as topics
from lodeweb.topics.layout import form, saved_reports, sites_page

PUBLIC_URL = "LODE_PUBLIC_URL"
A_YEAR_S = 365 * 86_400
HASHED = re.compile(r"/static/dist/.+-[0-9A-Za-z]{8}\.[\w.]+")


PARTS: tuple[ModuleType, ...] = (
    map_page,
    ground,
    about_page,
    help_pages,
    updates_page,
    subscribe_page,
    ground_tiles,
    chart_page,
    embed,
    compare,
    catalog,
    schemas,
    items,
    downloads,
    downloads_of_kinds,
    changes,
    datasets,
    records,
    facets,
    estimate_history_page,
    coverage_page,
    statistics_pages,
    saved_reports,
    form,
    sites_page,
    mineral_tenements,
    views,
    act_links,
    permanent_address,
    descriptions,
    execution,
    jobs,
    tiles,
    qgis_project,
    sign_in,
    openid_connect,
    second_factor,
    account,
    saved,
    people,
    queue,
    proposed_values,
    progress,
    baselines,
    decisions,
    holder_names,
    organisation_names,
    acts,
    record_entries,
    audit_pages,
    import_runs,
    listed_projects,
    imports,
    import_cells,
    import_confirmation,
    source_rows,
    internal,
    keys,
    error_reports,
    document,
    mcp_route,
    health,
    metrics,
)
"""The modules whose blueprints make the site."""


class RequestParameters(ImmutableMultiDict[str, str]):
    """Parameters, most of which are absent: werkzeug would raise and catch an exception for each absent one."""

    def get(self, key: str, default: Any = None, type: Callable[[str], Any] | None = None) -> Any:  # type: ignore[override]
        """Return the first value of a parameter, else the default."""
        return super().get(key, default, type) if key in self else default  # type: ignore[arg-type]


class LodeRequest(Request):
    """A request with the scheme and host of LODE_URL if it is set, else of its ``Host``; most links begin with it."""

    parameter_storage_class = RequestParameters

    @cached_property
    def root_url(self) -> str:
        """Return the site's own address, with a slash at its end."""
        return _build_root(*self._origin, self.root_path)

    @cached_property
    def base_url(self) -> str:
        """Return the address of the request without its query."""
        return get_current_url(*self._origin, self.root_path, self.path)

    @property
    def _origin(self) -> tuple[str, str]:
        public: SplitResult | None = current_app.config[PUBLIC_URL]
        return (self.scheme, self.host) if public is None else (public.scheme, public.netloc)


@lru_cache(maxsize=256)
def _build_root(scheme: str, host: str, path: str) -> str:
    return get_current_url(scheme, host, path)


class CompleteResponse(Response):
    """A response that is passed to the server as a list when it is complete, so that no thread waits for its client."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Respond as a WSGI application."""
        parts, status, headers = self.get_wsgi_response(environ)
        start_response(status, headers)
        if self.is_streamed:
            return parts
        try:
            return list(parts)
        finally:
            self.close()


class LodeApp(Flask):
    """Flask with synchronous functions only, so that calls need no check for coroutines."""

    request_class = LodeRequest
    response_class = CompleteResponse

    @cached_property
    def jinja_loader(self) -> BaseLoader:
        """Return the loader of the templates of the site and of its topics."""
        return ChoiceLoader([FileSystemLoader(Path(self.root_path) / "templates"), topics.build_template_loader()])

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function unchanged."""
        return func

    def dispatch_request(self) -> ResponseReturnValue:
        """Return the result of a view, from the primary if a replica fails."""
        return read_replica.read_with_fallback(super().dispatch_request)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the site as a WSGI application."""
    app = LodeApp("lodeweb", root_path=str(Path(__file__).parent))
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    chosen = settings or settings_module.load()
    app.config[PUBLIC_URL] = urlsplit(chosen.url) if chosen.url is not None else None
    # report invalid rules and settings at the start, not at the first request
    load_rulebook(chosen)
    load_schedule_rules(chosen.schedule_rules)
    mail_server.read_mail_settings(chosen)
    search_vocabulary.prepare()
    text_variants.prepare()
    database.attach(app, chosen)
    app.wsgi_app = pinned.PinnedAddresses(app.wsgi_app)  # type: ignore[method-assign]
    client_address.register(app, chosen)
    logs.register(app)
    metrics.register(app)
    allowed_hosts.register(app, chosen)
    body_limits.register(app)
    rate_limits.register(app, chosen)
    bridge.register(app)
    same_origin.register(app)
    admission.register(app)
    # registered first, so it runs last: responses are compressed after all other changes
    compression.register(app)
    cors.register(app)
    language.register(app)
    sessions.register(app)
    openid_connect.register(app)
    queue.register(app)
    error_reports.register(app)
    saved_reports.register(app)
    template_globals.register(app)
    security_headers.register(app)
    problem_details.register(app)
    html_pages.register(app, RENDERERS)
    pinned.register(app)
    conditional_requests.register(app)
    read_replica.register(app)
    for module in PARTS:
        app.register_blueprint(module.blueprint)
    routes.register(app, find_declared_operations().values(), topics.collect_presentations(), jobs.accept_job)
    for module in topics.list_page_modules():
        if hasattr(module, "blueprint"):
            app.register_blueprint(module.blueprint)

    @app.after_request
    def cached(response: Response) -> Response:
        # the content of a file with a hash in its name never changes
        if HASHED.fullmatch(request.path) and response.status_code in (200, 304):
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR_S}, immutable"
        return response

    return app
