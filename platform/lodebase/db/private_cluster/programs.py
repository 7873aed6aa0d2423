"""The PostgreSQL programs of this machine: the newest with PostGIS, and the user they may run as."""

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lodebase.errors import ClusterTrouble
from lodedata.messages import msg

OLDEST_POSTGRES = 15
OLDEST_POSTGIS = (3, 3)
DEBIAN_ROOT = Path("/usr/lib/postgresql")
UNPRIVILEGED_USERS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Programs:
    """The folder of the PostgreSQL programs of one major version."""

    bin: Path
    major: int

    def path(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.bin / name)


def find_installed_programs(preferred: Path | None = None) -> list[Programs]:
    """Return the PostgreSQL installations with PostGIS, newest first; only the preferred one if it is given."""
    if preferred is not None:
        folders = [preferred]
    else:
        folders = sorted(DEBIAN_ROOT.glob("*/bin")) if DEBIAN_ROOT.is_dir() else []
        on_path = shutil.which("initdb")
        if on_path is not None:
            folders.append(Path(on_path).resolve().parent)
    by_folder: dict[Path, Programs] = {}
    for folder in folders:
        major = _read_major_version(folder)
        if major is not None and major >= OLDEST_POSTGRES and _has_postgis(folder, major):
            by_folder.setdefault(folder.resolve(), Programs(folder, major))
    return sorted(by_folder.values(), key=lambda programs: -programs.major)


def choose_newest_programs(preferred: Path | None = None) -> Programs:
    """Return the programs to create a new cluster with. Raise ClusterTrouble if there are none."""
    installed_programs = find_installed_programs(preferred)
    if not installed_programs:
        where = f"in {preferred}" if preferred is not None else "on this machine"
        raise ClusterTrouble(
            msg(
                "There is no PostgreSQL %(oldest_postgres)s or newer with PostGIS %(where)s; `make serve` "
                "installs it, or set LODE_DATABASE_URL to a PostGIS that runs elsewhere.",
                oldest_postgres=OLDEST_POSTGRES,
                where=where,
            )
        )
    return installed_programs[0]


def choose_unprivileged_user() -> pwd.struct_passwd | None:
    """Return the user to run PostgreSQL as if this process is root, otherwise None. Raise ClusterTrouble if there is none."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ClusterTrouble(
        msg("PostgreSQL refuses to run as root and there is no user postgres; make one with `adduser postgres`.")
    )


def _read_major_version(folder: Path) -> int | None:
    try:
        version = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)", version.stdout)
    return int(match[1]) if match else None


def _has_postgis(folder: Path, major: int) -> bool:
    shares = [Path(f"/usr/share/postgresql/{major}"), folder.parent / "share", folder.parent / "share/postgresql"]
    return any((share / "extension/postgis.control").is_file() for share in shares)
