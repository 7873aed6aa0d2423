"""What the tests of whole ways share: the command `lode` as a person runs it, with a home of its own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from tests.flows import visits
from tests.flows.visits import Visit, Visits
from tests.many_requests import MANY_REQUESTS

from lodebase.db.private_cluster.cluster import Cluster

LODE = str(Path(sys.executable).with_name("lode"))
STARTED = "Ctrl-C ends it."
NOT_DURABLE = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"
"""Settings of the server of a home that is made for tests."""
OWN_YEAR = datetime.now(UTC).year - 1
"""The year of the table's data; older ones are last known."""
OWN_MAPPING = f"""
name: own-table
title_en: "<script>alert(1)</script> table"
title_zh: "<script>alert(1)</script> 表"
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
as_of: "{OWN_YEAR}"
tables:
  - key: "{{id}}"
    kind: kind
    name_en: name
    name_zh: name_zh
    position: {{lon: lon, lat: lat, accuracy_m: 100}}
    country: country
    commodities: [{{column: metal, split: "+"}}]
    estimates:
      - category: category
        ore: {{column: ore_mt, unit: Mt}}
        measures: [{{commodity: {{const: copper}}, contained: {{column: cu_kt, unit: kt, basis: metal}}}}]
    phases: [{{product: product, status: status}}]
"""
OWN_TABLE = """\
id,kind,name,name_zh,lon,lat,country,metal,category,ore_mt,cu_kt,product,status
script,deposit,<script>alert(1)</script>,<script>alert(1)</script>,20.5123,24.6123,Libya,copper,,,,,
sized,deposit,Sahara Copper,撒哈拉铜矿,18.5123,26.6123,Libya,copper+cobalt,inferred,1000,8000,,
built,project,Sahara Smelter,撒哈拉冶炼厂,16.5123,28.6123,Libya,copper,,,,refined copper,operating
found,discovery,Sahara Find,撒哈拉发现,15.5123,25.6123,Libya,lithium,,,,,
nowhere,deposit,Sahara Unplaced,,,,Libya,copper,,,,,
"""

OUTPUT_MAPPING = """
name: own-output
title_en: Output of refined copper
title_zh: 精炼铜产量
publisher: The bureau
licence: {id: internal, name: Internal}
citation: "The bureau, Output of refined copper 2012 to 2021"
version: "2022"
as_of: 2022-06-30
observations:
  - indicator: {const: production}
    commodity: metal
    stage: {const: refinery}
    basis: {const: gross}
    unit: {const: kt}
    area: country
    columns: "(?P<period>20[0-9]{2})"
"""
OUTPUT_TABLE = """\
metal,country,2012,2013,2014,2015,2016,2017,2018,2019,2020,2021
copper,China,5823,6667,7649,7964,8436,8915,9029,9784,10025,10487
copper,Chile,2902,2755,2729,2688,2613,2430,2461,2269,2329,2274
copper,Japan,1516,1468,1554,1483,1553,1488,1595,1495,1583,1517
copper,Other Countries,9500,10100,10500,10900,10900,10800,11000,11100,11000,10600
cobalt,China,30,36,39,49,45,69,78,90,95,128
cobalt,Finland,10,10,11,9,11,12,13,13,15,14
"""
"""Shares of China from 29.5 % in 2012 to 42.1 % in 2021; figures made up in the size of those published."""


@dataclass(frozen=True, slots=True)
class SiteResponse:
    """Status and body of a response of a site."""

    status: int
    text: str


def _heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True, slots=True)
class Serving:
    """A running `lode serve`; its output goes to ``log``."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        """The address of the site."""
        return f"http://127.0.0.1:{self.port}"

    def output(self) -> str:
        """Return the output so far."""
        return self.log.read_text(encoding="utf-8")

    def ready(self, seconds: float = 200) -> "Serving":
        """Wait until the site has started and return it."""
        _until(lambda: STARTED in self.output() or self.process.poll() is not None, seconds)
        assert STARTED in self.output(), self.output()
        return self

    def get(self, path: str = "/") -> SiteResponse:
        """Return the response to a GET request."""
        return self._request(urllib.request.Request(self.url + path))

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> SiteResponse:
        """Return the response to a POST request."""
        return self._request(urllib.request.Request(self.url + path, body, {"Content-Type": content_type}))

    def _request(self, request: urllib.request.Request) -> SiteResponse:
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return SiteResponse(response.status, response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return SiteResponse(error.code, error.read().decode())

    def press_ctrl_c(self) -> None:
        """Send what a terminal sends: the signal to every process of the foreground group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self, number: int = signal.SIGINT, seconds: float = 30) -> int:
        """Send a signal, as a terminal or a service manager does, and return the exit status."""
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        return self.process.wait(seconds)


def _until(met: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def _environment(home: Path, **more: str) -> dict[str, str]:
    """The test's environment without its own settings of Lode."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LODE_") and name != "PORT"}
    return {**bare, **MANY_REQUESTS, "LODE_HOME": str(home), "LC_ALL": "C.UTF-8", "LODE_TOTP": "optional", **more}


def _free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _processes(home: Path) -> dict[int, str]:
    """The live processes that have to do with a home, by their command line or their environment."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes()
            settings = (entry / "environ").read_bytes().split(b"\0") if os.access(entry / "environ", os.R_OK) else []
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            concerned = os.fsencode(home) + b"/" in command or b"LODE_HOME=" + os.fsencode(home) in settings
            if concerned and state != "Z":
                found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


@contextlib.contextmanager
def _home() -> Iterator[Path]:
    # pytest's own folders are closed to other users, and root's cluster runs as one
    folder = Path(tempfile.mkdtemp(prefix="lode-"))
    folder.chmod(0o755)
    yield folder
    for pid, command in _processes(folder).items():
        if "postgres" not in command:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    cluster = Cluster(folder)
    if (cluster.data / "postmaster.pid").exists():
        cluster.stop()
    shutil.rmtree(cluster.base, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_home() -> Iterator[Path]:
    """An empty home under a short path, since a socket's may have 107 bytes; whatever runs there at the end is ended."""
    with _home() as folder:
        yield folder


@pytest.fixture
def spare_homes() -> Iterator[Callable[[], Path]]:
    """Makes more empty homes, which any user may write into."""
    with contextlib.ExitStack() as stack:

        def make() -> Path:
            folder = stack.enter_context(_home())
            folder.chmod(0o777)
            return folder

        yield make


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that was served once and stopped, with the starter register in it; others are copied from it."""
    with _home() as folder:
        site = _start(folder, None, (), {}, tmp_path_factory.mktemp("made") / "log").ready()
        assert site.end() == 0
        with (Cluster(folder).data / "postgresql.conf").open("a") as stream:
            stream.write(NOT_DURABLE)
        yield folder


@pytest.fixture(scope="session")
def product(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A site with the starter register and a table of a user's own, whose names and titles are scripts."""
    folder = tmp_path_factory.mktemp("product")
    (folder / "own.yml").write_text(OWN_MAPPING, encoding="utf-8")
    (folder / "own.csv").write_text(OWN_TABLE, encoding="utf-8")
    with _home() as home:
        subprocess.run(["cp", "-a", f"{made_home}/.", str(home)], check=True)
        site = _start(home, None, (), {}, folder / "log").ready()
        result = _call(home, "import", "--mapping", str(folder / "own.yml"), str(folder / "own.csv"), "--json")
        assert result.returncode == 0, result.stderr
        (folder / "output.yml").write_text(OUTPUT_MAPPING, encoding="utf-8")
        (folder / "output.csv").write_text(OUTPUT_TABLE, encoding="utf-8")
        result = _call(home, "import", "--mapping", str(folder / "output.yml"), str(folder / "output.csv"), "--json")
        assert result.returncode == 0, result.stderr
        yield site
        assert site.end() == 0
        assert "Traceback" not in site.output()


@pytest.fixture(scope="module")
def lasting(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Serving]]:
    """Starts a site on a copy of the made home, for all tests of a module."""
    with contextlib.ExitStack() as stack:
        started: list[Serving] = []

        def start(**more: str) -> Serving:
            home = stack.enter_context(_home())
            subprocess.run(["cp", "-a", f"{made_home}/.", str(home)], check=True)
            started.append(_start(home, None, (), more, tmp_path_factory.mktemp("lasting") / "log"))
            return started[-1].ready()

        yield start
        for site in started:
            assert site.end() == 0
            assert "Traceback" not in site.output()


@pytest.fixture
def processes() -> Callable[[Path], dict[int, str]]:
    """Gives the live processes that have to do with a home."""
    return _processes


@pytest.fixture
def until() -> Callable[..., None]:
    """Waits until something is so."""
    return _until


def _call(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LODE, *arguments],
        env=_environment(home, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def add_account(home: Path, name: str, role: str, password: str) -> None:
    """Add an account by command."""
    result = subprocess.run(
        [LODE, "user", "add", name, "--role", role],
        env=_environment(home),
        input=password,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def _start(home: Path, port: int | None, options: tuple[str, ...], more: dict[str, str], log: Path) -> Serving:
    port = port or _free_port()
    more = {"LODE_WORKERS": "1"} | more
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [LODE, "serve", *options],
            env=_environment(home, PORT=str(port), **more),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # a shell's background job ignores Ctrl-C, and so would whatever it starts
            preexec_fn=_heed_ctrl_c,
        )
    return Serving(home, port, process, log)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Serving]]:
    """Starts `lode serve` on a home, in a process group of its own as a shell does."""
    started: list[Serving] = []

    def start(home: Path, port: int | None = None, *options: str, **more: str) -> Serving:
        started.append(_start(home, port, options, more, tmp_path / f"serve-{len(started)}.log"))
        return started[-1]

    yield start
    for serving in started:
        with contextlib.suppress(subprocess.TimeoutExpired):
            serving.end(seconds=20)
        if serving.process.poll() is None:
            serving.process.kill()
            serving.process.wait()


@pytest.fixture(scope="session")
def lode() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command of Lode to its end."""

    return _call


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, without a window."""
    program = next(filter(None, map(shutil.which, visits.PROGRAMS)), None)
    if program is None:
        pytest.fail("there is no Chromium here; install it: apt-get install chromium fonts-noto-cjk")
    made = playwright.chromium.launch(executable_path=program, args=visits.SWITCHES)
    yield made
    made.close()


@pytest.fixture
def visit(browser: Browser, product: Serving) -> Iterator[Visits]:
    """Makes visits of the served product, and looks at the end of the test whether anything went wrong on one.

    A request to another host, an error on the console and a breach of the page's policy are wrong.
    """
    made: list[tuple[Visit, BrowserContext]] = []

    def begin(lang: str = "en", size: tuple[int, int] = visits.DESKTOP, **options: Any) -> Visit:
        context = browser.new_context(
            base_url=product.url,
            locale=visits.LOCALES[lang],
            viewport={"width": size[0], "height": size[1]},
            **({"reduced_motion": "reduce"} | options),
        )
        context.set_default_timeout(15_000)
        context.add_init_script(visits.REPORT_BREACHES)
        own = Visit(context.new_page(), lang)
        made.append((own, context))
        context.route("**/*", lambda route: visits.only_home(route, product.port, own.wrong))
        own.page.on("console", lambda message: visits.noted(message, own.wrong))
        own.page.on("pageerror", lambda error: own.wrong.append(f"error: {error}"))
        own.page.on("websocket", lambda socket: own.wrong.append(f"websocket: {socket.url}"))
        own.page.on("dialog", lambda dialog: own.wrong.append(f"dialog: {dialog.message}"))
        return own

    yield begin
    for own, context in made:
        context.close()
        assert visits.forgiven(own) == []


@pytest.fixture
def sheet(browser: Browser, product: Serving) -> Iterator[Callable[..., Page]]:
    """Opens pages of the product, each in a context of its own, and waits for their charts.

    The test fails on a request to another host, an error on the console or a breach of the page's policy; ``forgiven`` are
    parts of messages that the test causes on purpose.
    """
    opened: list[tuple[BrowserContext, list[str], str]] = []

    def open_(path: str, lang: str = "en", size: tuple[int, int] = (1280, 800), forgiven: str = "", **options: Any) -> Page:
        locale = {"en": "en-GB", "zh": "zh-CN"}[lang]
        context = browser.new_context(
            base_url=product.url, locale=locale, viewport={"width": size[0], "height": size[1]}, **options
        )
        context.set_default_timeout(15_000)
        context.add_init_script(visits.REPORT_BREACHES)
        wrong: list[str] = []
        opened.append((context, wrong, forgiven))
        context.route("**/*", lambda route: visits.only_home(route, product.port, wrong))
        page = context.new_page()
        page.on("console", lambda message: visits.noted(message, wrong))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
        page.goto(path)
        page.wait_for_function("() => !document.querySelector('[aria-busy]')")
        return page

    yield open_
    for context, wrong, forgiven in opened:
        context.close()
        assert [message for message in wrong if not forgiven or forgiven not in message] == []
