"""The table of settings: every variable is read, reported with its origin, masked where it is secret, refused in a sentence."""

from pathlib import Path

import pytest

from lodebase import settings
from lodebase.errors import BadSetting
from lodebase.settings import Settings
from lodebase.settings_table import list_all_settings, mask_url_passwords

GIVEN = {
    "LODE_HOME": "/srv/lode",
    "LODE_HOST": "0.0.0.0",
    "PORT": "8123",
    "LODE_SPOOL": "/srv/spool",
    "LODE_SPOOL_MB": "512",
    "LODE_FILES_URL": "file:///srv/lode/files",
    "LODE_DOWNLOADS": "3",
    "LODE_DOWNLOADS_EACH": "4",
    "LODE_URL": "https://lode.example.org",
    "LODE_DOWNLOAD_TIMEOUT": "60.0",
    "LODE_SLOW_CLIENT": "30.0",
    "LODE_BODY_TIMEOUT": "5.0",
    "LODE_DRAIN": "45.0",
    "LODE_STOP_NOTICE": "7.0",
    "LODE_WORKERS": "3",
    "LODE_THREADS": "5",
    "LODE_QUEUE": "40",
    "LODE_QUEUE_WAIT": "1.5",
    "LODE_DATABASE_READ_URL": "postgresql://reader@replica.example/lode",
    "LODE_READ_LAG_S": "2.5",
    "LODE_CLIENT_SHARE": "0.25",
    "LODE_RATE_LIMIT": "100/second",
    "LODE_RATE_LIMIT_TILES": "off",
    "LODE_RATE_LIMIT_DOWNLOADS": "30/day",
    "LODE_RATE_LIMIT_LAYOUT": "9/hour",
    "LODE_RATE_LIMIT_KEY_TIMES": "10",
    "LODE_RATE_LIMIT_STORE": "valkey://cache.example:6379",
    "LODE_TRUSTED_PROXIES": "1",
    "LODE_ALLOWED_HOSTS": "lode.example, .survey.example",
    "LODE_LOG_QUERIES": "False",
    "LODE_DATABASE_URL": "postgresql://planner@db.example/lode",
    "LODE_SITE_DATABASE_URL": "postgresql://reader@db.example/lode",
    "LODE_DESK_DATABASE_URL": "postgresql://writer@db.example/lode",
    "LODE_POSTGRES_BIN": "/opt/postgres/bin",
    "LODE_STATEMENT_TIMEOUT": "2.5",
    "LODE_IMPORT_WAIT": "7.0",
    "LODE_REVIEW_FROM": "0.25",
    "LODE_REVIEW_TO": "0.85",
    "LODE_MAP_LAYERS": '[{"name": "own", "title_en": "Ours", "title_zh": "本单位", "url": "https://tiles.example/{z}/{x}/{y}", '
    '"attribution": "Ours", "max_zoom": 18, "key": null}]',
    "LODE_MAP_ATTRIBUTION": "Geological Survey",
    "LODE_ISSUING_BODY": "Development and Reform Commission of the province",
    "LODE_MAP_APPROVAL": "GS(2026)0001",
    "LODE_WORLDVIEW": "CHN",
    "LODE_PUBLIC": "DE",
    "LODE_TIME_ZONE": "Asia/Shanghai",
    "LODE_WEBHOOK_HOSTS": "hooks.example.org",
    "LODE_GROUND": "/srv/ground",
    "LODE_MAP_COUNTRIES": "/srv/own-countries.json",
    "LODE_CONTACT": "register@example.org",
    "LODE_EMBED_HOSTS": "https://news.example.org",
    "LODE_REVIEW_IMPORTS": "True",
    "LODE_START": "tasks",
    "LODE_SMTP": "smtp://mail.example.org",
    "LODE_MAIL_FROM": "Lode <lode@example.org>",
    "LODE_DOI": "10.5072/lode",
    "LODE_RULES": "/srv/rules",
    "LODE_SCHEDULE_RULES": "/srv/lights.yml",
    "LODE_PASSWORDS": "False",
    "LODE_TOTP": "optional",
    "LODE_OIDC_ISSUER": "https://id.example/realms/survey",
    "LODE_OIDC_CLIENT_ID": "lode",
    "LODE_OIDC_CLIENT_SECRET": "***",
    "LODE_OIDC_CLAIM": "sub",
    "LODE_OIDC_ROLE": "expert",
    "LODE_BOUNDARIES": "/srv/countries.json",
    "LODE_REAL_DATA": "/srv/data",
    "LODE_CONFINEMENT": "available",
    "LODE_SILENT": "30.0",
    "LODE_MATCH_IN_BACKGROUND": "False",
}
VARIABLES = [str(field.validation_alias) for field in Settings.model_fields.values()]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def test_every_variable_is_tried_here() -> None:
    assert set(GIVEN) == set(VARIABLES)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable_is_read_and_its_origin_reported(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, GIVEN[variable])
    reported = {row.variable: row for row in list_all_settings(settings.load())}
    assert (reported[variable].value, reported[variable].origin) == (GIVEN[variable], "environment")
    assert {row.origin for name, row in reported.items() if name != variable} == {"default"}


def test_without_an_environment_everything_is_default_and_has_a_meaning() -> None:
    rows = list(list_all_settings(settings.load()))
    assert [row.variable for row in rows] == VARIABLES
    assert {row.origin for row in rows} == {"default"}
    assert all(row.meaning.endswith(".") for row in rows)


@pytest.mark.parametrize("variable", VARIABLES)
def test_an_empty_variable_is_as_good_as_none(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = list(list_all_settings(settings.load()))
    monkeypatch.setenv(variable, "")
    assert list(list_all_settings(settings.load())) == plain


def test_a_variable_of_another_spelling_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("port", "9")
    assert settings.load().port == 8000


@pytest.mark.parametrize("variable", ["LODE_DATABASE_URL", "LODE_SITE_DATABASE_URL", "LODE_DESK_DATABASE_URL"])
def test_a_secret_is_masked_wherever_it_is_shown(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "postgresql://planner:hush@db.example:5433/lode?sslmode=require")
    loaded = settings.load()
    shown = {row.variable: row.value for row in list_all_settings(loaded)}[variable]
    assert shown == "postgresql://planner:***@db.example:5433/lode?sslmode=require"
    assert "hush" not in f"{loaded!r} {loaded}"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://planner:hush@/lode?host=/run/postgresql",
        "postgresql://planner:hush#hush@db.example/lode",
        "postgresql://planner:hush/hush?hush@db.example/lode",
        "postgresql://planner:hush@hush@db.example/lode",
        "postgresql://:hush@db.example/lode",
        "postgresql://planner:hush@[db.example/lode",
        "postgresql://db.example/lode?user=planner&password=hush&sslmode=require",
        "postgresql://db.example/lode?sslpassword=hush",
    ],
)
def test_no_form_of_a_password_gets_past_the_mask(url: str) -> None:
    assert "hush" not in mask_url_passwords(url)


def test_an_address_without_password_is_shown_as_it_is() -> None:
    for url in ("postgresql://planner@db.example:5433/lode?sslmode=require", "postgresql:///lode?host=/run/postgresql"):
        assert mask_url_passwords(url) == url


@pytest.mark.parametrize(
    ("variable", "value", "right"),
    [
        ("PORT", "http", "is not a whole number"),
        ("PORT", "0", "write 1 or more"),
        ("PORT", "65536", "write 65535 or less"),
        ("LODE_WORKERS", "0", "write 1 or more"),
        ("LODE_RATE_LIMIT", "many", "does not have the form"),
        ("LODE_RATE_LIMIT", "0/minute", "does not have the form"),
        ("LODE_RATE_LIMIT_STORE", "file:///tmp/counts", "does not have the form"),
        ("LODE_TRUSTED_PROXIES", "-1", "write 0 or more"),
        ("LODE_CLIENT_SHARE", "0", "write more than 0"),
        ("LODE_ALLOWED_HOSTS", "https://lode.example", "does not have the form"),
        ("LODE_THREADS", "many", "is not a whole number"),
        ("LODE_STATEMENT_TIMEOUT", "0", "write 0.001 or more"),
        ("LODE_STATEMENT_TIMEOUT", "inf", "or less"),
        ("LODE_STATEMENT_TIMEOUT", "nan", "or less"),
        ("LODE_IMPORT_WAIT", "-1", "write 0 or more"),
        ("LODE_OIDC_ISSUER", "http://id.example", "does not have the form"),
        ("LODE_OIDC_ISSUER", "https://user@id.example", "does not have the form"),
        ("LODE_OIDC_ROLE", "administrator", "write one of reader, contributor, expert"),
        ("LODE_OIDC_CLAIM", "preferred_username", "write one of email, sub"),
        ("LODE_CONTACT", "javascript:alert(1)", "does not have the form"),
    ],
)
def test_a_bad_value_is_one_sentence_with_variable_value_and_what_is_right(
    variable: str, value: str, right: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSetting) as caught:
        settings.load()
    sentence = str(caught.value)
    assert sentence.startswith(f"{variable}={value!r}: ") and right in sentence
    assert "\n" not in sentence and "pydantic" not in sentence


@pytest.mark.parametrize("secret", ["hush", "https://me:hush@host/hush", "?password=hush&hush"])
def test_a_secret_that_is_no_address_is_masked_whole(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODE_OIDC_CLIENT_SECRET", secret)
    assert "hush" not in str(list(list_all_settings(settings.load())))


def test_the_home_of_root_is_one_that_another_user_may_enter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("os.getuid", lambda: 0)
    assert not settings.find_default_home().is_relative_to(Path("/root"))


@pytest.mark.parametrize("variable", settings.list_secret_variables())
def test_each_secret_may_be_stored_in_a_file(variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("postgresql://planner:hush@db.example/lode\n")
    monkeypatch.setenv(f"{variable}_FILE", str(path))
    loaded = settings.load()
    row = next(row for row in list_all_settings(loaded) if row.variable == variable)
    assert row.origin == "file" and "hush" not in row.value
    name = next(name for name, field in Settings.model_fields.items() if field.validation_alias == variable)
    assert getattr(loaded, name).get_secret_value() == "postgresql://planner:hush@db.example/lode"
    monkeypatch.setenv(variable, "postgresql://planner:other@db.example/lode")
    with pytest.raises(BadSetting, match=f"{variable} and {variable}_FILE are both set") as caught:
        settings.load()
    assert "other" not in str(caught.value)


def test_a_file_of_a_secret_that_is_not_there_or_empty_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LODE_DATABASE_URL_FILE", str(tmp_path / "missing"))
    with pytest.raises(BadSetting, match="can't be read: No such file"):
        settings.load()
    (tmp_path / "empty").write_text("\n")
    monkeypatch.setenv("LODE_DATABASE_URL_FILE", str(tmp_path / "empty"))
    with pytest.raises(BadSetting, match="is empty"):
        settings.load()
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("LODE_DATABASE_URL_FILE", str(tmp_path / "binary"))
    with pytest.raises(BadSetting, match="not text in UTF-8"):
        settings.load()
