"""Attacks a fresh site and its database, and reports the tries, what they came to, and what should not have been possible.

python -m tests.attack.attack            all of it, some minutes
python -m tests.attack.attack --write    the same, and docs/measurements/attack.md
"""

import argparse
import http.client
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg.sql import SQL, Composed, Identifier
from tests.attack.tries import (
    ESCAPES,
    MARK,
    PASSWORDS,
    ROLES,
    STATEMENTS,
    Outcome,
    Sent,
    area_files,
    false_tokens,
    from_other_sites,
    odd_values,
)
from tests.load.load import RAISED_LIMITS, own_site
from tests.recording_server import recording_server

PAGE = Path(__file__).resolve().parents[2] / "docs" / "measurements" / "attack.md"
PAGES = (
    *("/", "/data", "/statistics", "/rights", "/schedule", "/lists", "/lists/check", "/layout"),
    *("/quality", "/updates", "/compare"),
)
DESK = ("/desk", "/desk/imports", "/desk/people", "/desk/keys", "/desk/audit", "/desk/edit", "/desk/account")
AT_ONCE, MAX_S = 4, 20.0
TABLES = """
SELECT n.nspname, c.relname, (SELECT attname FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum = 1)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname LIKE 'lode%' ORDER BY 1, 2
"""
COUNTED = (
    "SELECT (SELECT count(*) FROM lode.deposit), (SELECT count(*) FROM lode.account), max(version) FROM lode.dataset_version"
)
MARKUP = (b"<script>alert('%s')" % MARK.encode(), b"onerror=alert('%s')>" % MARK.encode())
TRACES = (b"Traceback (most recent call last)", b"psycopg.errors", b"sqlalchemy.exc")

HEAD = """\
# Attacks

<!-- Written by `make attack`. -->

`make attack` starts a site with the starter register and a database of its own, and tries what an attacker would: payloads in
every parameter that the site's OpenAPI document names, writing requests as pages of other sites send them, forged sessions and
keys, hostile files, and statements beyond the rights of each role of the database. A defect is a fault (5xx other than a 503
with Retry-After), a trace of the program, a payload that a page has as markup, a file of the machine or a header in a response,
a statement that is not refused, a request to another host, or a response that takes more than 20 s. The command ends with
status 1 if there is one. `make fuzz` and `make fuzz-files` try the API's own grammar and the import of hostile files.

"""


class Target:
    """The site that is attacked, and the database behind it."""

    def __init__(self, url: str, pid: int) -> None:
        self.host, self.port = str(urlsplit(url).hostname), int(urlsplit(url).port or 80)
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        self.home = next(Path(part.partition(b"=")[2].decode()) for part in environment if part.startswith(b"LODE_HOME="))

    def send(self, sent: Sent, number: int = 0) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers with lower-case names, and body; each client in turn has one of 200 addresses."""
        source = f"127.3.0.{number % 200 + 1}"
        with closing(http.client.HTTPConnection(self.host, self.port, MAX_S, (source, 0))) as connection:
            connection.request(sent.method, sent.path, sent.body, dict(sent.headers))
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()

    @contextmanager
    def database(self, role: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """Yield a session with the rights of a role alone."""
        run = (self.home / "cluster").resolve() / "run"
        with psycopg.connect(host=str(run), user="lode_admin", dbname="lode", autocommit=True) as connection:
            connection.execute(SQL("SET SESSION AUTHORIZATION {}").format(Identifier(role)))
            connection.execute("SET statement_timeout = '10s'")
            yield connection

    def counted(self) -> object:
        """Return what must be the same afterwards: the numbers of served records and accounts, and the version."""
        with self.database("lode_admin") as connection:
            statement = "SELECT (SELECT count(*) FROM lode.deposit), (SELECT count(*) FROM lode.account)"
            return connection.execute(statement).fetchone()


def requests(target: Target, sents: Iterable[Sent], expected: Sequence[int] = ()) -> Outcome:
    """Send requests; a defect is a fault of the site, another status than is expected, or a payload that is markup."""
    outcome = Outcome()

    def try_one(numbered: tuple[int, Sent]) -> tuple[Sent, int, str]:
        number, sent = numbered
        begun = time.monotonic()
        try:
            status, headers, body = target.send(sent, number)
        except (OSError, http.client.HTTPException) as error:
            return sent, 0, type(error).__name__
        return sent, status, _defect(status, headers, body, expected, time.monotonic() - begun)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for sent, status, defect in pool.map(try_one, enumerate(sents)):
            outcome.add(str(status or defect))
            if defect:
                outcome.defects.append(f"{sent.method} {sent.path[:200]} {dict(sent.headers)}: {status} {defect}")
    return outcome


def _defect(status: int, headers: dict[str, str], body: bytes, expected: Sequence[int], seconds: float) -> str:
    """Return what is wrong with a response, nothing for a sound one."""
    is_page = headers.get("content-type", "").startswith("text/html")
    wrong = {
        "a fault": status >= 500 and not (status == 503 and "retry-after" in headers),
        "an unexpected status": bool(expected) and status not in expected,
        "a trace of the program": any(trace in body for trace in TRACES),
        "a file of the machine": PASSWORDS in body,
        "a payload as markup": is_page and any(one in body for one in MARKUP),
        "a header of the payload": MARK in "".join(headers),
        f"more than {MAX_S:.0f} s": seconds > MAX_S,
    }
    return ", ".join(name for name, is_so in wrong.items() if is_so)


def statements(target: Target) -> Outcome:
    """Run statements with the rights of each role; a defect is one that is not refused."""
    outcome = Outcome()
    with target.database("lode_admin") as connection:
        tables = connection.execute(TABLES).fetchall()
    for role, kinds in ROLES.items():
        with target.database(role) as connection:
            tried = [
                SQL(STATEMENTS[kind]).format(table=Identifier(str(schema), str(table)), column=Identifier(str(column)))
                for schema, table, column in tables
                for kind in kinds
            ]
            for statement in (*tried, *(Composed([SQL(escape)]) for escape in ESCAPES)):
                try:
                    with connection.transaction(force_rollback=True):
                        connection.execute(statement)
                except psycopg.errors.InsufficientPrivilege:
                    outcome.add("no right")
                except psycopg.Error as error:
                    outcome.add(type(error).__name__)
                else:
                    outcome.add("done")
                    outcome.defects.append(f"{role}: {statement.as_string(connection)}")
    return outcome


def files(target: Target) -> Outcome:
    """Send hostile files as areas; a defect is a fault, a secret in the response, or a request to another host."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as name, recording_server() as server:
        secret = Path(name) / "secret.csv"
        secret.write_text("marker-of-a-secret-file\n")
        folder = Path(name) / "files"
        folder.mkdir()
        for number, (file, content) in enumerate(area_files(folder, secret, server.address)):
            sent = Sent(
                "POST", f"/api/area?name={quote(os.fsencode(file))}", {"Content-Type": "application/octet-stream"}, content
            )
            try:
                status, headers, body = target.send(sent, number)
            except (OSError, http.client.HTTPException) as error:
                outcome.add(type(error).__name__)
                outcome.defects.append(f"{file}: {type(error).__name__}")
                continue
            outcome.add(str(status))
            if (defect := _defect(status, headers, body, (), 0)) or b"marker-of-a-secret" in body:
                outcome.defects.append(f"{file}: {status} {defect}")
        outcome.defects += [f"requested: {one}" for one in server.seen]
    return outcome


def attack() -> dict[str, Outcome]:
    """Attack a fresh site, and return what came of it."""
    with own_site({**RAISED_LIMITS}) as (url, pid):
        target = Target(url, pid)
        before = target.counted()
        openapi = json.loads(target.send(Sent("GET", "/api/openapi.json"))[2])
        # the files first: they are few, and each takes long
        made = {
            "hostile files as areas": files(target),
            "odd values in every parameter of every operation and page": requests(target, odd_values(openapi, PAGES)),
            "requests of other sites' pages": requests(target, from_other_sites(openapi), (400, 403, 404, 405, 413, 415)),
            "false sessions and API keys": requests(target, false_tokens(DESK), (302, 303, 400, 401, 403, 404, 405, 431)),
            "statements beyond the rights of a role": statements(target),
        }
        after, now = Outcome(), target.counted()
        for name, sound in {
            f"the records, accounts and version are the same ({before}, {now})": now == before,
            "the site is ready": target.send(Sent("GET", "/readyz"))[0] == 200,
            "no file was written in /tmp": not Path("/tmp/lode-attack").exists(),
        }.items():
            after.add("so" if sound else "not so")
            after.defects += [] if sound else [name]
        return {**made, "afterwards": after}


def lines(found: dict[str, Outcome], seconds: float) -> list[str]:
    """Return the report as Markdown."""
    rows = []
    for name, outcome in found.items():
        results = ", ".join(f"{key}: {count:,}" for key, count in sorted(outcome.results.items()))
        rows.append(f"| {name} | {outcome.tries:,} | {results} | {len(outcome.defects)} |")
    heads = ["| tries | number | results | defects |", "| --- | --: | --- | --: |"]
    return [*HEAD.splitlines(), f"On {datetime.now(UTC).date()} in {seconds:.0f} s:", "", *heads, *rows]


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack, print and write the report; return 1 if anything was possible that should not be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/measurements/attack.md")
    args = parser.parse_args(arguments)
    begun = time.monotonic()
    found = attack()
    report = lines(found, time.monotonic() - begun)
    defects = [f"{name}: {what}" for name, one in found.items() for what in one.defects]
    print("\n".join([*report, "", *defects[:200]]))
    if args.write:
        PAGE.write_text("\n".join(report) + "\n", encoding="utf-8")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
