"""What an attacker tries: values of parameters, requests that write, tokens, statements of each role, and files."""

import base64
import itertools
import json
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes

from tests.lodebase.hostile_files.case import Target
from tests.lodebase.hostile_files.corpus import corpus

MARK = "lode-attack-mark"
_MARK = MARK.encode()
PAYLOADS: Sequence[bytes] = (
    *(b"'", b'"', b"\\", b"'; SELECT pg_sleep(20);--", b"1) OR 1=1--", b"x' UNION SELECT rolpassword FROM pg_authid--"),
    *(b"%27%20OR%201=1", b"$$;SELECT 1;$$", b"{{7*7}}", b"{% include '/etc/passwd' %}", b"${jndi:ldap://127.0.0.1/a}"),
    *(b"%(a)s", b"../../../../etc/passwd", b"..%2f..%2fetc%2fpasswd", b"/etc/passwd", b"file:///etc/passwd"),
    *(b"/vsicurl/http://127.0.0.1:1/", b"javascript:alert(1)", b"http://169.254.169.254/latest/meta-data/"),
    *(b"<script>alert('" + _MARK + b"')</script>", b"'\"><img src=x onerror=alert('" + _MARK + b"')>"),
    *(b"a\r\nSet-Cookie: " + _MARK + b"=1", b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xef\xbc\x9cscript"),
    *(b"9" * 400, b"-1", b"1e999", b"NaN", b"0x7fffffff", b"2026-02-30", b"0000-00-00", b"[]", b"{}", b"null", b"true"),
    *(b"(" * 2_000, b"a" * 3_000, b"((a+)+)$", b"POINT(" * 100, b"name_en LIKE '" + b"%a" * 200 + b"'", b"NOT " * 300),
    *(b"//evil.example", b"\\\\evil\\share", b"=cmd|' /C calc'!A0"),
)
OPERATIONS_EACH = 3
"""Operations in which each parameter is tried: what reads it is shared by all."""
PASSWORDS = b"root:x:0:0"


@dataclass
class Outcome:
    """The tries of one sort: their number, what they came to, and those that should not have been possible."""

    tries: int = 0
    results: dict[str, int] = field(default_factory=dict)
    defects: list[str] = field(default_factory=list)

    def add(self, result: str) -> None:
        """Count one try."""
        self.tries += 1
        self.results[result] = self.results.get(result, 0) + 1


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: method, path, headers and body."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


def odd_values(openapi: Mapping[str, Any], pages: Sequence[str]) -> Iterator[Sent]:
    """Every payload in every parameter, in a few of the operations that read and have it, and in the query of every page."""
    sent: Counter[str] = Counter()
    for path, operations in openapi["paths"].items():
        operation = operations.get("get")
        if operation is None:
            continue
        names = [_resolved(openapi, one) for one in (*operations.get("parameters", ()), *operation.get("parameters", ()))]
        in_path = {name["name"]: "x" for name in names if name["in"] == "path"}
        for one in names:
            sent[one["name"]] += 1
            for payload in PAYLOADS if sent[one["name"]] <= OPERATIONS_EACH else ():
                value = quote_from_bytes(payload, safe="")
                filled = {**in_path, one["name"]: value} if one["in"] == "path" else in_path
                address = f"/api{path.format(**filled)}" if not path.startswith("/api") else path.format(**filled)
                yield Sent(
                    "GET", address if one["in"] == "path" else f"{address}?{quote(one['name'])}={value}", _browser(payload)
                )
    for page, name in itertools.product(pages, ("q", "lang", "f", "filter", "as_of", "next", "id", "select")):
        for payload in PAYLOADS:
            yield Sent("GET", f"{page}?{name}={quote_from_bytes(payload, safe='')}", {"Accept": "text/html"})


def from_other_sites(openapi: Mapping[str, Any]) -> Iterator[Sent]:
    """Every operation that is sent, as a page of another site, a sandboxed frame or an old browser sends it."""
    origins = (
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"},
    )
    kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json")
    for path, operations in openapi["paths"].items():
        address = f"/api{path}"
        for method, headers, kind in itertools.product(("post", "put", "delete", "patch"), origins, kinds):
            if method in operations:
                body = None if method == "delete" else b"{}"
                yield Sent(method.upper(), address.replace("{", "").replace("}", ""), {**headers, "Content-Type": kind}, body)


def false_tokens(paths: Sequence[str]) -> Iterator[Sent]:
    """Pages of the desk and writing requests with sessions and API keys that nobody was given."""
    forged = [
        "admin",
        "e30.e30.e30",
        secrets.token_urlsafe(32),
        base64.urlsafe_b64encode(json.dumps({"account": 1, "role": "administrator"}).encode()).decode(),
        "../../etc/passwd",
        "' OR 1=1--",
        "a" * 4_000,
        "\xff",
    ]
    for path, token in itertools.product(paths, forged):
        plain = token.encode("latin-1", "replace").decode("latin-1")
        yield Sent("GET", path, {"Cookie": f"session={plain}; lode_session={plain}; lode_desk={plain}"})
        yield Sent("POST", path, {"Cookie": f"session={plain}; lode_session={plain}"}, b"csrf_token=x")
        yield Sent("GET", path, {"Authorization": f"Bearer {plain}", "X-Api-Key": plain})


ROLES: Mapping[str, Sequence[str]] = {
    "lode_site": ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "DROP", "ALTER"),
    "lode_desk": ("TRUNCATE", "DROP", "ALTER"),
    "lode_import": ("DROP", "ALTER"),
}
"""The statements that no table may accept from a role."""
STATEMENTS: Mapping[str, str] = {
    "INSERT": "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE": "UPDATE {table} SET {column} = {column}",
    "DELETE": "DELETE FROM {table}",
    "TRUNCATE": "TRUNCATE {table} CASCADE",
    "DROP": "DROP TABLE {table} CASCADE",
    "ALTER": "ALTER TABLE {table} ADD COLUMN attack text",
}
ESCAPES = (
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/lode-attack'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT rolpassword FROM pg_authid",
    "CREATE TABLE lode.attack (a text)",
    "CREATE FUNCTION lode.attack() RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
    "CREATE EXTENSION plpython3u",
    "SET ROLE lode_owner",
    "SET ROLE lode_admin",
    "ALTER SYSTEM SET log_statement = 'none'",
    "SELECT lo_import('/etc/passwd')",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'lode_admin'",
    "SELECT dblink_connect('host=127.0.0.1')",
    "ALTER ROLE lode_site SUPERUSER",
    "DO $$ BEGIN EXECUTE 'DROP SCHEMA lode CASCADE'; END $$",
)


def area_files(folder: Path, secret: Path, address: str) -> Iterator[tuple[str, bytes]]:
    """The hostile files of the tests that a site takes as an area: no larger than a body may be."""
    for name, write in corpus(Target(secret, address)):
        path = folder / name.replace("/", "_")
        write(path)
        if path.is_file() and path.stat().st_size < 1 << 20:
            yield path.name, path.read_bytes()


def _resolved(openapi: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = openapi
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _browser(payload: bytes) -> Mapping[str, str]:
    return {"Accept": "text/html"} if MARK.encode() in payload else {}
