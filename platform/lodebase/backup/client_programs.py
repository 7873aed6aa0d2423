"""pg_dump and pg_restore: selection of the installed programs, and their connection to the database.

Passwords reach them by environment variables of libpq, never on a command line, which every user of a machine can read.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from lodebase.db.private_cluster.programs import DEBIAN_ROOT
from lodebase.errors import BadSetting, DatabaseUnfit
from lodedata.messages import msg

VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True)
class ClientPrograms:
    """pg_dump and pg_restore of one major version of PostgreSQL."""

    pg_dump: Path
    pg_restore: Path
    major: int


def find(oldest: int, preferred: Path | None = None) -> ClientPrograms:
    """Return the programs of major version ``oldest``, or of the next newer one installed. Raises DatabaseUnfit."""
    client_programs = sorted(find_client_programs(preferred), key=lambda programs: programs.major)
    for programs in client_programs:
        if programs.major >= oldest:
            return programs
    there = ", ".join(str(programs.major) for programs in client_programs)
    problem = f"only those of version {there} are installed" if there else "none are installed"
    raise DatabaseUnfit(
        msg(
            "pg_dump and pg_restore of PostgreSQL %(oldest)s or newer are needed, and %(problem)s. Install the "
            "package postgresql-client-%(oldest)s, or set LODE_POSTGRES_BIN to the folder of the programs.",
            oldest=oldest,
            problem=problem,
        )
    )


def find_client_programs(preferred: Path | None = None) -> Iterator[ClientPrograms]:
    """Return the installed programs: of the preferred folder alone where it is given, else of Debian's folders and of PATH."""
    folders = [preferred] if preferred is not None else sorted(DEBIAN_ROOT.glob("*/bin"))
    pairs = [(folder / "pg_dump", folder / "pg_restore") for folder in folders]
    if preferred is None:
        on_path = shutil.which("pg_dump"), shutil.which("pg_restore")
        if on_path[0] is not None and on_path[1] is not None:
            pairs.append((Path(on_path[0]), Path(on_path[1])))
    for pg_dump, pg_restore in pairs:
        majors = _read_major(pg_dump), _read_major(pg_restore)
        if majors[0] is not None and majors[0] == majors[1]:
            yield ClientPrograms(pg_dump, pg_restore, majors[0])


def read_server_major(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    """Return the major version of the server."""
    return connection.info.server_version // 10_000


def build_connection_arguments(conninfo: str) -> tuple[list[str], dict[str, str]]:
    """Return arguments and environment that lead pg_dump to a database. Raises BadSetting.

    Raises:
        BadSetting: the address has a secret other than the password, such as ``sslpassword``, for which libpq has no
            environment variable.
    """
    variables = {
        option.keyword.decode(): (option.envvar.decode() if option.envvar else None, option.dispchar == b"*")
        for option in pq.Conninfo.get_defaults()
    }
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    open_arguments = {}
    for name, value in conninfo_to_dict(conninfo).items():
        variable, secret = variables[name]
        # pg_dump sets its own search path and time zone
        if name == "options":
            continue
        if variable is not None:
            environment[variable] = str(value)
        elif secret:
            raise BadSetting(
                msg(
                    "%(name)s in LODE_DATABASE_URL can't be passed to pg_dump safely; use a key file without password.",
                    name=name,
                )
            )
        else:
            open_arguments[name] = value
    arguments = [f"--dbname={make_conninfo('', **open_arguments)}"] if open_arguments else []
    return arguments, environment


def _read_major(program: Path) -> int | None:
    try:
        output = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = VERSION.search(output)
    return int(match[1]) if match else None
