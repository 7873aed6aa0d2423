"""The settings: one table, read from the environment."""

import os
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from platformdirs import PlatformDirs
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from lodebase.errors import BadSetting
from lodebase.map_layer import OPENSTREETMAP, MapLayer
from lodebase.secret_files import read_secret_files
from lodedata.geography.worldview import Worldview
from lodedata.messages import msg
from lodedata.validation import InvalidValue, describe_refusals


def find_default_home() -> Path:
    """Return the user's data folder for Lode; for root, whose own folder no other user may enter, the site-wide folder."""
    return Path(PlatformDirs("lode", appauthor=False, use_site_for_root=True).user_data_dir)


RATE = r"^(off|[1-9]\d{0,8}/(second|minute|hour|day))$"
"""The format of a rate limit."""


def _check_time_zone(name: str) -> str:
    """Return the name of a time zone. Raise InvalidValue for any other text."""
    if name not in available_timezones():
        raise InvalidValue(msg("%(value)s is not a time zone. Write an IANA name such as Asia/Shanghai.", value=name[:40]))
    return name


class Settings(BaseSettings):
    """The settings, each with its environment variable, default and meaning."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, case_sensitive=True)

    home: Path = Field(
        default_factory=find_default_home,
        validation_alias="LODE_HOME",
        description="Folder of the private database cluster and of downloaded source files.",
    )
    host: str = Field("127.0.0.1", validation_alias="LODE_HOST", description="Address the site listens on.")
    port: int = Field(8000, ge=1, le=65535, validation_alias="PORT", description="Port the site listens on.")
    workers: int = Field(2, ge=1, le=256, validation_alias="LODE_WORKERS", description="Processes that serve the site.")
    threads: int = Field(
        8,
        ge=1,
        le=256,
        validation_alias="LODE_THREADS",
        description="Requests of one process that query the database at a time, each with its own connection.",
    )
    queue: int = Field(
        128,
        ge=0,
        le=1024,
        validation_alias="LODE_QUEUE",
        description="Requests of one process that may wait for the database; one more gets a 503 at once.",
    )
    queue_wait_s: float = Field(
        5.0,
        gt=0,
        le=60,
        validation_alias="LODE_QUEUE_WAIT",
        description="Seconds a request may wait for the database before it gets a 503.",
    )
    client_share: float = Field(
        0.5,
        gt=0,
        le=1,
        validation_alias="LODE_CLIENT_SHARE",
        description="Largest part of LODE_THREADS and of LODE_QUEUE that one client may use at a time, 1 for no such limit; "
        "one more request of that client is refused (429).",
    )
    rate_limit: str = Field(
        "1200/minute",
        pattern=RATE,
        validation_alias="LODE_RATE_LIMIT",
        description="Requests of one client in a second, minute, hour or day, or off; a client is an address, an IPv6 network "
        "of 64 bits, or an API key. One more is refused (429).",
    )
    rate_limit_tiles: str = Field(
        "6000/minute", pattern=RATE, validation_alias="LODE_RATE_LIMIT_TILES", description="The same for tiles of the map."
    )
    rate_limit_downloads: str = Field(
        "120/hour", pattern=RATE, validation_alias="LODE_RATE_LIMIT_DOWNLOADS", description="The same for downloads."
    )
    rate_limit_layout: str = Field(
        "120/minute",
        pattern=RATE,
        validation_alias="LODE_RATE_LIMIT_LAYOUT",
        description="The same for the layout check: pages, reports and what is compared.",
    )
    rate_limit_key_times: int = Field(
        5,
        ge=1,
        le=1_000,
        validation_alias="LODE_RATE_LIMIT_KEY_TIMES",
        description="How many times these limits an API key has, unless it was given a quota of its own.",
    )
    rate_limit_store: str | None = Field(
        None,
        pattern=r"^(memory|redis|rediss|valkey|valkeys)://",
        validation_alias="LODE_RATE_LIMIT_STORE",
        description="Where requests are counted: valkey://host:6379, redis://host:6379 (needs the Python package redis), or "
        "memory:// for each process by itself; without it the database counts.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        validation_alias="LODE_TRUSTED_PROXIES",
        description="Number of proxies in front of the site, whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are "
        "believed; with 0 these headers are ignored.",
    )
    allowed_hosts: str = Field(
        "",
        pattern=r"^(\.?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])?(\s*,\s*(\.?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]))*$",
        validation_alias="LODE_ALLOWED_HOSTS",
        description="Host names that the site is served under besides that of LODE_URL, LODE_HOST and loopback, separated by "
        "commas and without ports; a name that begins with a dot matches all names that end so. Other hosts get a 400.",
    )
    embed_hosts: str = Field(
        "",
        pattern=r"^(\*|((https?://)?(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?)(\s*,\s*(https?://)?(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?)*)?$",
        validation_alias="LODE_EMBED_HOSTS",
        description="Hosts whose pages may show /embed/map and /embed/chart in a frame, separated by commas, such as "
        "https://news.example or *.gov.example; * for all. By default none may, and no other page ever.",
    )
    log_queries: bool = Field(
        True,
        validation_alias="LODE_LOG_QUERIES",
        description="Whether the log has the query string of a request, or only the names of its parameters.",
    )
    database_url: SecretStr | None = Field(
        None,
        validation_alias="LODE_DATABASE_URL",
        description="A PostGIS that someone else runs, as postgresql://user:password@host/database; "
        "then Lode installs and starts none.",
    )
    site_database_url: SecretStr | None = Field(
        None,
        validation_alias="LODE_SITE_DATABASE_URL",
        description="The same database under a login that may only read, for the site; "
        "without it the site takes LODE_DATABASE_URL and gives up its rights to the role lode_site. With this one and "
        "LODE_DESK_DATABASE_URL alone `lode serve` serves the site and does nothing else; `lode tasks` does the rest.",
    )
    desk_database_url: SecretStr | None = Field(
        None,
        validation_alias="LODE_DESK_DATABASE_URL",
        description="The same database under a login that has the rights of the role lode_desk, for what signed-in people "
        "write; without it the site takes LODE_DATABASE_URL and gives up its rights to the role lode_desk.",
    )
    database_read_url: SecretStr | None = Field(
        None,
        validation_alias="LODE_DATABASE_READ_URL",
        description="Streaming replicas of the database, separated by spaces. Pages, lists, tiles, searches and downloads are "
        "read from any of them; what signed-in people read and write at the desk comes from the primary, and so does "
        "everything while each replica is away, too far behind or at another schema version.",
    )
    read_lag_s: float = Field(
        10.0,
        ge=0.1,
        le=86_400,
        validation_alias="LODE_READ_LAG_S",
        description="Seconds that a replica may be behind the primary; further behind, it is not read.",
    )
    postgres_bin: Path | None = Field(
        None,
        validation_alias="LODE_POSTGRES_BIN",
        description="Folder of the PostgreSQL programs; without it the newest with PostGIS is taken.",
    )
    statement_timeout_s: float = Field(
        10.0,
        # PostgreSQL stores whole milliseconds in 32 bits, and 0 means no limit
        ge=0.001,
        le=2_147_483,
        validation_alias="LODE_STATEMENT_TIMEOUT",
        description="Seconds after which a query of the site ends.",
    )
    spool: Path | None = Field(
        None,
        validation_alias="LODE_SPOOL",
        description="Folder of the files that downloads are made of; without it the folder spool in LODE_HOME.",
    )
    spool_mb: int = Field(
        16_384,
        ge=64,
        validation_alias="LODE_SPOOL_MB",
        description="Megabytes that this folder may hold: half for files that are ready, half for those being made.",
    )
    files_url: str | None = Field(
        None,
        pattern=r"^(s3|gs|file)://.+",
        validation_alias="LODE_FILES_URL",
        description="Address of the finished files of all machines of the site, such as s3://bucket/downloads or "
        "file:///srv/lode/files; without it each machine has its own.",
    )
    downloads: int = Field(
        4, ge=1, le=64, validation_alias="LODE_DOWNLOADS", description="Files that the site makes at a time."
    )
    downloads_each: int = Field(
        2,
        ge=1,
        le=64,
        validation_alias="LODE_DOWNLOADS_EACH",
        description="Downloads of one client at a time; one more gets a 429 with Retry-After.",
    )
    download_timeout_s: float = Field(
        600.0,
        ge=1,
        le=2_147_483,
        validation_alias="LODE_DOWNLOAD_TIMEOUT",
        description="Seconds after which the query of a file ends.",
    )
    slow_client_s: float = Field(
        60.0,
        ge=1,
        le=86_400,
        validation_alias="LODE_SLOW_CLIENT",
        description="Seconds after which a client is disconnected that reads nothing of a response, or a file too slowly.",
    )
    body_timeout_s: float = Field(
        20.0,
        ge=1,
        le=600,
        validation_alias="LODE_BODY_TIMEOUT",
        description="Seconds in which the body of a request must arrive; a slower client gets a 408.",
    )
    confinement: Literal["required", "available"] = Field(
        "required",
        validation_alias="LODE_CONFINEMENT",
        description="Whether foreign files are read only where the kernel can confine their reader (Landlock and seccomp), or "
        "also with the restrictions that are available.",
    )
    silent_s: float = Field(
        60.0,
        ge=2,
        le=3_600,
        validation_alias="LODE_SILENT",
        description="Seconds after which a process of the site that no longer responds is ended and replaced.",
    )
    stop_notice_s: float = Field(
        0.5,
        ge=0,
        le=300,
        validation_alias="LODE_STOP_NOTICE",
        description="Seconds after SIGTERM in which the site still takes requests while /readyz returns 503, so that a proxy "
        "stops sending them. Ctrl-C skips this.",
    )
    drain_s: float = Field(
        1.0,
        ge=1,
        le=1_800,
        validation_alias="LODE_DRAIN",
        description="Seconds that running requests have to end when the site stops; behind a proxy make it longer than "
        "LODE_STATEMENT_TIMEOUT. Downloads that take longer are cut off and can be resumed.",
    )
    url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s?#]+/?$",
        validation_alias="LODE_URL",
        description="Address under which people reach the site. All links are made from it; without it links are made from "
        "the address of the request.",
    )
    import_wait_s: float = Field(
        600.0, ge=0, validation_alias="LODE_IMPORT_WAIT", description="Seconds an import waits for another one to end."
    )
    review_from: float = Field(
        0.3,
        ge=0,
        le=1,
        validation_alias="LODE_REVIEW_FROM",
        description="Probability from which a pair of records is shown at the desk. Lower makes more work and leaves "
        "fewer duplicates: docs/methods/matching.md has the figures.",
    )
    review_to: float = Field(
        0.7,
        ge=0,
        le=1,
        validation_alias="LODE_REVIEW_TO",
        description="Probability from which two records are joined without review. Higher joins fewer different "
        "objects and needs more review: docs/methods/matching.md has the figures.",
    )
    match_in_background: bool = Field(
        True,
        validation_alias="LODE_MATCH_IN_BACKGROUND",
        description="Whether the background tasks compare the records of imports that are too large to be compared at once.",
    )
    map_layers: tuple[MapLayer, ...] = Field(
        (OPENSTREETMAP,),
        validation_alias="LODE_MAP_LAYERS",
        description="Tiles of other hosts that the map offers for the ground, as a JSON list of objects with name, title_en, "
        "title_zh, url (XYZ or WMTS), attribution, max_zoom and key; [] for none. A browser contacts such a host only if its "
        "user selects it.",
    )
    map_attribution: str | None = Field(
        None, validation_alias="LODE_MAP_ATTRIBUTION", description="Attribution of the map in addition to that of its layers."
    )
    map_approval: str | None = Field(
        None, validation_alias="LODE_MAP_APPROVAL", description="The map approval number that has to stand on the map."
    )
    issuing_body: str | None = Field(
        None, max_length=100, validation_alias="LODE_ISSUING_BODY", description="The body that issues layout reports."
    )
    worldview: Worldview = Field(
        "international",
        validation_alias="LODE_WORLDVIEW",
        description="Point of view on borders, in the ground of the map, countries, divisions, the layout check and downloads: "
        "international (Natural Earth) or CHN (as China draws them, after Tianditu).",
    )
    public: str | None = Field(
        None,
        pattern=r"^[A-Z]{2}$",
        validation_alias="LODE_PUBLIC",
        description="Country in which the site is published, as its ISO 3166-1 code of two letters. With CN the site does not "
        "start without LODE_WORLDVIEW=CHN and LODE_MAP_APPROVAL.",
    )
    map_countries: Path | None = Field(
        None,
        validation_alias="LODE_MAP_COUNTRIES",
        description="TopoJSON with an object `countries` that the map draws instead of Natural Earth's, "
        "with the borders as they have to be shown where the site is.",
    )
    schedule_rules: Path | None = Field(
        None,
        validation_alias="LODE_SCHEDULE_RULES",
        description="File of the operator's own rules of schedule lights, in place of those that ship.",
    )
    rules: Path | None = Field(
        None,
        validation_alias="LODE_RULES",
        description="Folder of the operator's own rules of the layout check, which are added to those that ship.",
    )
    start: Literal["map", "tasks"] = Field(
        "map",
        validation_alias="LODE_START",
        description="What the root of the site shows: the map, or the tasks of /start. The map is at /map too.",
    )
    contact: str | None = Field(
        None,
        max_length=254,
        pattern=r"^(https?://[^\s<>\"']+|[^\s@<>\"'?&/]+@[^\s@<>\"'?&/]+)$",
        validation_alias="LODE_CONTACT",
        description="Mail or web address that pages of records name for reports of errors; without it they name the source.",
    )
    smtp_url: SecretStr | None = Field(
        None,
        validation_alias="LODE_SMTP",
        description="Mail server that sends subscriptions to changes, as smtp://user:password@host:587 (STARTTLS, unless the "
        "host is this machine) or smtps://user:password@host:465 (TLS); without it subscriptions are by Atom alone. It needs "
        "LODE_MAIL_FROM and LODE_URL.",
    )
    mail_from: str | None = Field(
        None,
        max_length=254,
        validation_alias="LODE_MAIL_FROM",
        description="Sender of this mail, as lode@example.org or Lode <lode@example.org>; undeliverable mail returns there.",
    )
    webhook_hosts: str = Field(
        "",
        pattern=r"^([A-Za-z0-9.-]+(\s*,\s*[A-Za-z0-9.-]+)*)?$",
        validation_alias="LODE_WEBHOOK_HOSTS",
        description="Hosts of the operator's own network that webhooks may call, separated by commas, also by HTTP and at "
        "private addresses. By default webhooks call HTTPS addresses of the public internet alone.",
    )
    doi: str | None = Field(
        None,
        max_length=200,
        pattern=r"^10\.\d{4,9}(\.\d+)*/[^\s\"<>]+$",
        validation_alias="LODE_DOI",
        description="DOI of the data of this site as a whole, such as 10.5072/lode; citations and metadata have it.",
    )
    review_imports: bool = Field(
        False,
        validation_alias="LODE_REVIEW_IMPORTS",
        description="Whether what is ordered or entered at the desk waits for a second person: experts and administrators "
        "order an import, an administrator who did not order it publishes it; rights, milestones and acts are published by "
        "another expert.",
    )
    time_zone: Annotated[str, AfterValidator(_check_time_zone)] = Field(
        "UTC",
        validation_alias="LODE_TIME_ZONE",
        description="Time zone of the times of the desk and of the days of the audit trail, by its IANA name such as "
        "Asia/Shanghai.",
    )
    passwords: bool = Field(
        True,
        validation_alias="LODE_PASSWORDS",
        description="Whether accounts sign in with passwords of this site; off, they sign in with the identity provider only.",
    )
    totp: Literal["required", "optional", "off"] = Field(
        "required",
        validation_alias="LODE_TOTP",
        description="Second factor of accounts that sign in with a password, by one-time codes of an authenticator app (TOTP): "
        "required of experts and administrators, optional for everybody, or off.",
    )
    oidc_issuer: str | None = Field(
        None,
        pattern=r"^(https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(/[^\s?#]*)?$",
        validation_alias="LODE_OIDC_ISSUER",
        description="Address of an OpenID Connect provider by which people may sign in too, exactly as its discovery document "
        "has it; without it no provider is contacted.",
    )
    oidc_client_id: str | None = Field(
        None, validation_alias="LODE_OIDC_CLIENT_ID", description="What the identity provider knows this site by."
    )
    oidc_client_secret: SecretStr | None = Field(
        None,
        validation_alias="LODE_OIDC_CLIENT_SECRET",
        description="What this site proves to the identity provider who it is with; none for a public client.",
    )
    oidc_claim: Literal["email", "sub"] = Field(
        "email",
        validation_alias="LODE_OIDC_CLAIM",
        description="What of the provider's word names the account: email (only one that it has verified) or sub.",
    )
    oidc_role: Literal["reader", "contributor", "expert"] | None = Field(
        None,
        validation_alias="LODE_OIDC_ROLE",
        description="Role of the account that is made when somebody whom the provider knows signs in for the first time, "
        "reader, contributor or expert; without it an administrator makes the account first.",
    )
    boundaries: Path = Field(
        default_factory=lambda: Path(__file__).parents[2] / "web/lodeweb/static/dist/countries-50m.json",
        validation_alias="LODE_BOUNDARIES",
        description="TopoJSON of countries that positions are checked against until natural-earth has been imported.",
    )
    ground: Path = Field(
        default_factory=lambda: Path(__file__).parents[2] / "web/lodeweb/ground",
        validation_alias="LODE_GROUND",
        description="Folder of the default ground of the map, made at set-up; packs of `lode ground add` are in LODE_HOME.",
    )
    real_data: Path = Field(
        Path("../shared/data"),
        validation_alias="LODE_REAL_DATA",
        description="Folder of real source files that tests and benchmarks use where it is there.",
    )

    @property
    def site_only(self) -> bool:
        """Return whether this process has only the logins of the site, none of which can change the data."""
        return self.database_url is None and self.site_database_url is not None and self.desk_database_url is not None


def load() -> Settings:
    """Return the settings of this environment. Raise BadSetting with one sentence if one is invalid."""
    try:
        return Settings(**read_secret_files(os.environ, list_secret_variables()))
    except ValidationError as error:
        path, first = describe_refusals(error, {})[0]
        variable = path.partition(".")[0]
        raise BadSetting(
            msg("%(variable)s=%(value)r: %(first)s", variable=variable, value=os.environ.get(variable, ""), first=first)
        ) from None


def list_secret_variables() -> list[str]:
    """Return the variables of secrets, each of which may also be given as a file."""
    fields = Settings.model_fields.values()
    return [str(field.validation_alias) for field in fields if field.annotation == SecretStr | None]
