"""Setting a machine up: nothing to do is done at once, and what can't be done ends with one sentence and status 2.

The script runs in a copy of the tree, with a PATH that holds only what the test puts there. Where it looks for installed
programs by their full path, the copy looks into an empty folder instead, so that this machine seems bare.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
TOOLS = (
    *("basename", "cat", "cp", "cut", "date", "dirname", "env", "find", "id", "ls", "mkdir", "mktemp", "rm", "sed"),
    *("sha256sum", "sort", "tail", "touch", "xargs"),
)
COPIED = (
    "scripts",
    "pyproject.toml",
    "requirements.txt",
    "requirements-ckan.txt",
    "requirements-programs.txt",
    "requirements-dev.txt",
    "requirements-uv.txt",
    "LICENSE",
    "NOTICE",
    "README.md",
)
INSTALLED = (
    *("/usr/share/postgresql", "/usr/lib/postgresql", "/usr/bin/python3", "/usr/share/fonts", "/etc/postgresql-common"),
    *("/usr/lib/python3", "/usr/lib/qgis", "/usr/lib/R", "/usr/lib/cgi-bin"),
)
TYPEFACE = "bare/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
NOTE = 'echo "$(basename "$0") $*" >>"$CALLS"\n'
PYTHON = (
    NOTE
    + """case "$*" in
  --version) echo Python 3.13.5 ;;
  "-m venv "*) mkdir -p "$3/bin"; for made in python pybabel uv lode; do cp "$0" "$3/bin/$made"; done ;;
esac
"""
)
LISTS = "echo 'postgresql-16-postgis-3 - Geographic objects'\necho 'postgresql-9-postgis-3 - old'\n"
APT_GET = (
    NOTE
    + """case "$*" in *install*)
  cat "$BARE"/etc/postgresql-common/createcluster.d/* >>"$CALLS"
  cp "$KEPT/python3" "$(dirname "$0")" ;;
esac
"""
)


def installed(requirements: str) -> list[str]:
    """Return the commands that install the Python packages."""
    return [
        "python -m pip config get global.index-url",
        "python -m pip install -q --disable-pip-version-check --retries 3 --require-hashes -r requirements-uv.txt",
        f"uv pip install -q --python .venv/bin/python --no-build --require-hashes -r {requirements}",
        "uv pip uninstall -q --python .venv/bin/python setuptools",
        "uv pip install -q --python .venv/bin/python --offline --no-deps --no-build-isolation -e .",
    ]


OWN_ENVIRONMENTS = [
    command
    for name in ("ckan", "programs")
    for command in (
        f"uv venv -q --allow-existing --python .venv/bin/python .venv-{name}",
        f"uv pip install -q --python .venv-{name}/bin/python --no-build --no-deps --require-hashes -r requirements-{name}.txt",
    )
]


@dataclass(frozen=True, slots=True)
class Machine:
    """A tree and the programs of a machine, all of them the test's own."""

    folder: Path
    user: str | None = None

    @property
    def tree(self) -> Path:
        return self.folder / "tree"

    def has(self, name: str, content: str = NOTE, where: str = "bin") -> None:
        """Put a program on the machine."""
        path = self.folder / where / name
        path.write_text(f"#!/bin/sh\n{content}")
        path.chmod(0o755)

    def calls(self) -> list[str]:
        """Return the calls of the programs."""
        log = self.folder / "calls"
        return log.read_text().splitlines() if log.exists() else []

    def forget(self) -> None:
        (self.folder / "calls").unlink(missing_ok=True)

    def run(self, what: str = "serve", **more: str) -> subprocess.CompletedProcess[str]:
        """Set it up."""
        entry = None if self.user is None else pwd.getpwnam(self.user)
        identity = {} if entry is None else {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [str(self.tree / "scripts/setup.sh"), what],
            env={
                "PATH": str(self.folder / "bin"),
                "LC_ALL": "C.UTF-8",
                "CALLS": str(self.folder / "calls"),
                "BARE": str(self.folder / "bare"),
                "KEPT": str(self.folder / "kept"),
                **more,
            },
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **identity,
        )


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The last line of a set-up that could not be done; before it stand only its steps and what they said."""
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    *steps, last = result.stderr.splitlines()
    assert last.startswith("lode: ")
    assert not [line for line in steps if line.startswith("lode: ") or "Traceback" in line]
    return last


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A bare machine: the tools that every Debian has, and a tree."""
    # pytest's own folders are closed to the user that some of these tests run as
    folder = Path(tempfile.mkdtemp(prefix="lode-setup-"))
    for name in ("bin", "kept", "tree/web/lodeweb", *(f"bare{path}" for path in INSTALLED)):
        (folder / name).mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / "tree" / name)
    for name in ("package-lock.json", "build.mjs", "frontend"):
        source = ROOT / "web" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / "tree/web" / name)
    shutil.copytree(ROOT / "geodata/lodedata/maps", folder / "tree/geodata/lodedata/maps")
    left_out = shutil.ignore_patterns("*.mo", ".lode-compiled")
    shutil.copytree(ROOT / "geodata/lodedata/translations", folder / "tree/geodata/lodedata/translations", ignore=left_out)
    (folder / "tree/web/lodeweb/static/dist").mkdir(parents=True)
    script = folder / "tree/scripts/setup.sh"
    content = script.read_text()
    for path in INSTALLED:
        assert path in content
        content = content.replace(path, f"{folder}/bare{path}")
    # the folder of a PostgreSQL is at another place of the longer path
    depth = len((folder / "bare").parts) - 1
    assert "cut -d/ -f5" in content
    script.write_text(content.replace("cut -d/ -f5", f"cut -d/ -f{5 + depth}"))
    made = Machine(folder)
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None, name
        (folder / "bin" / name).symlink_to(found)
    made.has("python3", PYTHON, "kept")
    yield made
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ready(machine: Machine) -> Machine:
    """A machine that has the system's packages and npm."""
    for path in ("share/postgresql/16/extension/postgis.control", "lib/postgresql/16/bin/initdb"):
        (machine.folder / "bare/usr" / path).parent.mkdir(parents=True)
        (machine.folder / "bare/usr" / path).touch(mode=0o755)
    for path in (
        *("python3/dist-packages/qgis/core/__init__.py", "qgis/plugins/libprovider_wfs.so"),
        *("R/site-library/sf/DESCRIPTION", "cgi-bin/qgis_mapserv.fcgi", "cgi-bin/mapserv"),
    ):
        (machine.folder / "bare/usr/lib" / path).parent.mkdir(parents=True, exist_ok=True)
        (machine.folder / "bare/usr/lib" / path).touch()
    programs = ("npm", "chromium", "curl", "systemd-analyze", "promtool", "ogr2ogr", "nginx", "caddy", "age", "restic")
    (machine.folder / "bare/usr/lib/python3/dist-packages/etcd").mkdir(parents=True)
    (machine.folder / "bare/usr/lib/python3/dist-packages/etcd/__init__.py").touch()
    for name in (*programs, "pgbouncer", "patroni", "etcd"):
        machine.has(name)
    machine.has("python3", PYTHON)
    (machine.folder / "bare/usr/share/fonts/opentype/noto").mkdir(parents=True)
    (machine.folder / "bare/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").touch()
    (machine.folder / "bare/usr/share/fonts/truetype/wqy").mkdir(parents=True)
    (machine.folder / TYPEFACE).touch()
    return machine


@pytest.fixture
def nobody(machine: Machine) -> Iterator[Machine]:
    """The bare machine as somebody who is not root uses it."""
    if os.geteuid() != 0:
        yield machine
        return
    entry = pwd.getpwnam("nobody")
    for path in (machine.folder, *machine.folder.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
    yield Machine(machine.folder, "nobody")


def test_without_apt_get_it_says_what_to_install(machine: Machine) -> None:
    result = sentence(machine.run())
    assert result.startswith(
        "lode: there is no apt-get here. Install PostgreSQL 15 or newer with PostGIS 3.3 or newer and Python"
    )
    assert "missing: postgis python" in result and "LODE_DATABASE_URL" in result
    assert not (machine.tree / ".venv").exists()


def test_without_rights_it_says_what_an_administrator_should_run(nobody: Machine) -> None:
    nobody.has("apt-get")
    nobody.has("apt-cache", LISTS)
    result = sentence(nobody.run())
    packages = "postgresql-16 postgresql-16-postgis-3 python3 python3-venv"
    assert result.endswith(f"Ask an administrator to run:  apt-get install {packages}")
    result = sentence(nobody.run("test"))
    packages += (
        " chromium fonts-noto-cjk curl systemd promtool nginx caddy gdal-bin python3-qgis qgis-providers r-cran-sf age restic"
        " qgis-server cgi-mapserver patroni etcd-server python3-etcd pgbouncer"
    )
    assert result.endswith(f"apt-get install {packages}")
    assert nobody.calls() == []


def test_a_sudo_that_wants_a_password_is_no_right(nobody: Machine) -> None:
    nobody.has("apt-get")
    nobody.has("apt-cache", LISTS)
    nobody.has("sudo", "exit 1\n")
    assert "Ask an administrator to run:  apt-get install postgresql-16" in sentence(nobody.run())
    assert nobody.calls() == []


def test_with_sudo_it_installs_the_packages_and_no_other_cluster(nobody: Machine) -> None:
    nobody.has("apt-get", APT_GET)
    nobody.has("apt-cache", LISTS)
    nobody.has("sudo", 'shift\nexec "$@"\n')
    nobody.has("npm")
    nobody.has("true", "")
    nobody.has("sh", 'exec /bin/sh "$@"\n')
    result = nobody.run()
    assert result.returncode == 0, result.stderr
    packages = "postgresql-16 postgresql-16-postgis-3 python3 python3-venv"
    assert nobody.calls()[:3] == [
        "apt-get update -q",
        f"apt-get install -y -q --no-install-recommends {packages}",
        "create_main_cluster = false",
    ]
    assert not list((nobody.folder / "bare/etc/postgresql-common/createcluster.d").iterdir())
    assert f"system packages ({packages}): " in result.stderr


@pytest.mark.parametrize(
    ("lists", "phrase"),
    [
        ("", "the package lists have no PostgreSQL with PostGIS; run 'apt-get update' as administrator"),
        ("echo 'postgresql-13-postgis-3 - x'\n", "the newest PostgreSQL with PostGIS here is 13; Lode needs 15."),
    ],
)
def test_package_lists_without_what_is_needed_are_one_sentence(nobody: Machine, lists: str, phrase: str) -> None:
    nobody.has("apt-get")
    nobody.has("apt-cache", lists)
    assert phrase in sentence(nobody.run())


def test_package_lists_that_can_not_be_fetched_are_one_sentence(nobody: Machine) -> None:
    nobody.has("apt-get", "echo 'Could not resolve host' >&2\nexit 100\n")
    nobody.has("sudo", 'shift\nexec "$@"\n')
    nobody.has("true", "")
    result = nobody.run()
    assert sentence(result) == "lode: the package lists can't be fetched; is the network there?"
    assert "Could not resolve host" in result.stderr


def test_a_database_elsewhere_needs_no_postgres_here(ready: Machine) -> None:
    shutil.rmtree(ready.folder / "bare/usr/lib/postgresql")
    assert sentence(ready.run()).startswith("lode: there is no apt-get here.")
    assert ready.run(LODE_DATABASE_URL="postgresql://planner@db.example/lode").returncode == 0


def test_a_typeface_is_installed_where_one_may_and_missed_nowhere(ready: Machine, nobody: Machine) -> None:
    (ready.folder / TYPEFACE).unlink()
    nobody.has("apt-get")
    result = nobody.run()
    assert result.returncode == 0, result.stderr
    assert "'apt-get install fonts-wqy-microhei' as administrator mends that" in result.stderr
    assert not [call for call in nobody.calls() if call.startswith("apt-get")]
    nobody.has("sudo", 'shift\nexec "$@"\n')
    nobody.has("true", "")
    nobody.has("sh", 'exec /bin/sh "$@"\n')
    result = nobody.run()
    assert result.returncode == 0, result.stderr
    assert "mends that" not in result.stderr
    assert "apt-get install -y -q --no-install-recommends fonts-wqy-microhei" in nobody.calls()


def test_each_step_says_what_it_does_and_how_long_it_took(ready: Machine) -> None:
    result = ready.run("test")
    assert result.returncode == 0, result.stderr
    steps = ("virtual environment (Python 3.13.5)", "Python packages", "front end", "ground of the map", "translations")
    lines = result.stderr.splitlines()
    assert lines[::2] == [f"{step} …" for step in steps]
    for step, line in zip(steps, lines[1::2], strict=True):
        assert line.startswith(f"{step}: ") and line.endswith(" s")
    work = [call for call in ready.calls() if " -c " not in call and "--version" not in call]
    assert work == [
        "python3 -m venv .venv",
        *installed("requirements-dev.txt"),
        *OWN_ENVIRONMENTS,
        "npm ci --ignore-scripts --no-audit --no-fund",
        "npm run -s build",
        "lode ground build",
        "pybabel compile -d geodata/lodedata/translations",
    ]


@pytest.mark.parametrize("what", ["serve", "test"])
def test_the_second_time_nothing_is_done(ready: Machine, what: str) -> None:
    assert ready.run(what).returncode == 0
    ready.forget()
    result = ready.run(what)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert [call for call in ready.calls() if " -c " not in call] == []


def test_what_the_tests_need_is_enough_for_the_site(ready: Machine) -> None:
    assert ready.run("test").returncode == 0
    ready.forget()
    assert ready.run("serve").returncode == 0
    assert [call for call in ready.calls() if " -c " not in call] == []


@pytest.mark.parametrize(
    ("changed", "done"),
    [
        ("requirements.txt", installed("requirements.txt")),
        ("pyproject.toml", installed("requirements.txt")),
        ("web/frontend/docs.js", ["npm ci --ignore-scripts --no-audit --no-fund --omit=dev", "npm run -s build"]),
        ("web/frontend/map/table/table.js", ["npm ci --ignore-scripts --no-audit --no-fund --omit=dev", "npm run -s build"]),
        (
            "geodata/lodedata/maps/map_symbols.json",
            ["npm ci --ignore-scripts --no-audit --no-fund --omit=dev", "npm run -s build"],
        ),
        ("web/package-lock.json", ["npm ci --ignore-scripts --no-audit --no-fund --omit=dev", "npm run -s build"]),
        (
            "geodata/lodedata/translations/zh_Hans_CN/LC_MESSAGES/messages.po",
            ["pybabel compile -d geodata/lodedata/translations"],
        ),
    ],
)
def test_what_has_changed_is_done_anew_and_nothing_else(ready: Machine, changed: str, done: list[str]) -> None:
    assert ready.run().returncode == 0
    ready.forget()
    with (ready.tree / changed).open("a") as stream:
        stream.write("\n")
    assert ready.run().returncode == 0
    assert [call for call in ready.calls() if " -c " not in call] == done
    ready.forget()
    assert ready.run().stderr == ""


@pytest.mark.parametrize(
    ("step", "phrase"),
    [
        ("requirements-uv", "the Python packages could not be installed: the package registry does not answer"),
        ("--no-build-isolation", "the Python packages could not be installed: the package registry does not answer"),
        ("pip", "the Python packages could not be installed: the package registry does not answer, or the disk is full."),
        ("venv", "the virtual environment can't be made with python3; is the disk full?"),
        ("npm", "the front end could not be packed: the npm registry does not answer, or the disk is full."),
        ("compile", "the translations could not be compiled."),
    ],
)
def test_a_step_that_fails_is_one_sentence_and_is_tried_again(ready: Machine, step: str, phrase: str) -> None:
    failing = f'case "$0 $*" in *{step}*) echo "no answer" >&2; exit 1 ;; esac\n'
    # a look whether pip is there is no step
    failing = 'case "$*" in -c*) exit 0 ;; esac\n' + failing
    ready.has("python3", failing + PYTHON)
    ready.has("npm", failing + NOTE)
    result = ready.run()
    assert phrase in sentence(result)
    assert "no answer" in result.stderr
    ready.has("python3", PYTHON)
    ready.has("npm")
    for name in ("python", "pybabel", "uv"):
        if (ready.tree / ".venv/bin" / name).exists():
            shutil.copy(ready.folder / "bin/python3", ready.tree / ".venv/bin" / name)
    assert ready.run().returncode == 0
    assert ready.run().stderr == ""


def test_a_package_index_that_refuses_is_one_sentence(machine: Machine) -> None:
    """With the real Python and the real pip; nothing listens on port 1."""
    script = machine.tree / "scripts/setup.sh"
    shutil.copy(ROOT / "scripts/setup.sh", script)
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "LODE_"))}
    refusing = {"PIP_INDEX_URL": "http://127.0.0.1:1/simple", "PIP_CONFIG_FILE": os.devnull, "LODE_PYTHON": sys.executable}
    result = subprocess.run(
        [script, "serve"],
        env={**bare, **refusing, "LODE_DATABASE_URL": "postgresql://planner@db.example/lode"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert sentence(result) == (
        "lode: the Python packages could not be installed: the package registry does not answer, or the disk is full. "
        "Try again when it is back."
    )
    assert not list((machine.tree / ".venv").glob(".lode-*"))


def test_a_package_that_was_altered_is_not_installed(machine: Machine, tmp_path: Path) -> None:
    """With the real Python and the real pip, which finds others than the pip and uv that were locked."""
    locked = re.findall(r"^(\w+)==([^ ]+)", (ROOT / "requirements-uv.txt").read_text(), re.MULTILINE)
    assert [name for name, _ in locked] == ["pip", "uv"]
    for name, version in locked:
        with zipfile.ZipFile(tmp_path / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr("altered.py", "print('altered')")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "LODE_"))}
    environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "LODE_PYTHON": sys.executable}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "LODE_DATABASE_URL": "postgresql://planner@db.example/lode"}
    result = subprocess.run(
        [machine.tree / "scripts/setup.sh", "serve"], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert sentence(result).startswith("lode: a Python package is not the one whose hash is in requirements.txt")
    assert not list((machine.tree / ".venv").rglob("altered.py"))


def test_an_index_of_pip_is_used_by_uv_too(ready: Machine) -> None:
    ready.has("python3", PYTHON + 'case "$0 $*" in *"config get"*) echo https://mirror.example/simple ;; esac\n')
    seen = 'case "$0" in *uv) echo "index $UV_DEFAULT_INDEX" >>"$CALLS" ;; esac\n'
    ready.has("python3", seen + (ready.folder / "bin/python3").read_text().removeprefix("#!/bin/sh\n"))
    assert ready.run().returncode == 0
    assert ready.calls().count("index https://mirror.example/simple") == 3
    (ready.tree / "requirements.txt").write_text("")
    ready.forget()
    assert ready.run(PIP_INDEX_URL="https://other.example/simple").returncode == 0
    assert ready.calls().count("index https://other.example/simple") == 3


def test_the_folder_platform_shadows_no_module() -> None:
    """With an ``__init__.py`` it would be the standard library's ``platform`` for whoever starts at the root."""
    assert not (ROOT / "platform/__init__.py").exists()
    program = "import platform, uuid; print(platform.system(), uuid.uuid4().version)"
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == [os.uname().sysname, "4"]


@pytest.mark.parametrize("failing", [None, "check", "test"])
def test_the_gate_checks_and_then_tests(machine: Machine, failing: str | None) -> None:
    gate = machine.tree / ".ci/run"
    gate.parent.mkdir()
    shutil.copy(ROOT / ".ci/run", gate)
    machine.has("make", NOTE + f'[ "$1" != "{failing}" ]\n')
    environment = {"PATH": str(machine.folder / "bin"), "CALLS": str(machine.folder / "calls")}
    result = subprocess.run([gate], env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode == 0) is (failing is None)
    calls = ["make check", "make test"]
    assert machine.calls() == calls[: calls.index(f"make {failing or 'test'}") + 1]
