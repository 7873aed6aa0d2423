"""Caddy and nginx with the files of deploy/ in front of a real site: TLS, HSTS, limits of bodies, closed paths."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.flows.operate.test_slow import sent

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

Headers = dict[str, str] | None
DEPLOY = Path(__file__).parents[3] / "deploy"
ITEMS = "/api/collections/deposits/items"
CLOSED = ("/metrics", "/metrics/", "/desk", "/desk/", "/desk/sign-in", "//desk/sign-in", "/%64esk/sign-in", "/x/../metrics")
ELSEWHERE = "192.0.2.0/24"
"""A network that the tests are not in."""
LOCAL = ssl._create_unverified_context()


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that was started, by the port of its TLS and that of its plain HTTP."""

    port: int
    plain: int

    def request(self, path: str, method: str = "GET", body: bytes | None = None, headers: Headers = None) -> Response:
        """Return the response to a request."""
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=30, context=LOCAL)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Response(response.status, response.headers, response.read())

    def connect(self) -> ssl.SSLSocket:
        """Return a connection on which nothing was sent."""
        return LOCAL.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 30), server_hostname="localhost")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def substituted(name: str, *pairs: tuple[str, str]) -> str:
    """Return a file of deploy/ with other addresses; each must be there."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, f"deploy/{name} has no {old!r}"
        text = text.replace(old, new)
    return text


def nginx(site: int, port: int, plain: int, closed: bool, folder: Path) -> list[str]:
    key = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*key, "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True)
    own = substituted(
        "nginx.conf",
        ("127.0.0.1:8000", f"127.0.0.1:{site}"),
        ("listen 80;\n    listen [::]:80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;\n    listen [::]:443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("server_name lode.example.org", "server_name localhost"),
        ("/var/cache/lode-proxy", str(folder / "cache")),
        ("/etc/letsencrypt/live/lode.example.org/fullchain.pem", str(folder / "cert.pem")),
        ("/etc/letsencrypt/live/lode.example.org/privkey.pem", str(folder / "key.pem")),
        *([("127.0.0.0/8 0;", f"{ELSEWHERE} 0;")] if closed else []),
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    main = f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
    (folder / "main.conf").write_text(f"{main} http {{ access_log off; {places} {own} }}", encoding="utf-8")
    return ["nginx", "-p", str(folder), "-c", str(folder / "main.conf"), "-e", str(folder / "error.log")]


def caddy(site: int, port: int, plain: int, closed: bool, folder: Path) -> list[str]:
    alone = (
        f"admin off\n\tlocal_certs\n\tskip_install_trust\n\thttps_port {port}\n\thttp_port {plain}\n\tdefault_bind 127.0.0.1\n"
    )
    own = substituted("Caddyfile", ("{\n\tservers {", f"{{\n\t{alone}\tstorage file_system {folder}/store\n\tservers {{"))
    (folder / "Caddyfile").write_text(own, encoding="utf-8")
    settings = {"LODE_DOMAIN": f"localhost:{port}", "LODE_UPSTREAM": f"127.0.0.1:{site}", "HOME": str(folder)}
    settings |= {"LODE_INTERNAL": ELSEWHERE} if closed else {}
    version = subprocess.run(["caddy", "version"], capture_output=True, text=True, check=True).stdout
    settings |= {"LODE_BUFFERS": "buffers_2.6"} if version.lstrip("v").startswith("2.6") else {}
    return [
        "env",
        *(f"{name}={value}" for name, value in settings.items()),
        "caddy",
        "run",
        "--config",
        str(folder / "Caddyfile"),
    ]


MAKERS = {"nginx": nginx, "caddy": caddy}


@contextlib.contextmanager
def started(name: str, site: int, closed: bool, folder: Path) -> Iterator[Proxy]:
    if shutil.which(name) is None:
        pytest.fail(f"there is no {name} here; install it: apt-get install {name}")
    made = Proxy(free_port(), free_port())
    command = MAKERS[name](site, made.port, made.plain, closed, folder)
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as process:
        try:
            deadline = time.monotonic() + 60
            while True:
                with contextlib.suppress(OSError):
                    if made.request("/healthz").status == 200:
                        break
                assert process.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.2)
            yield made
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def site(lasting: Callable[..., "Serving"]) -> "Serving":
    """A site that trusts one proxy."""
    return lasting(LODE_TRUSTED_PROXIES="1", LODE_BODY_TIMEOUT="60")


@pytest.fixture(scope="module", params=sorted(MAKERS))
def proxy(request: pytest.FixtureRequest, site: "Serving", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Each proxy, with everything closed that a stranger may not have."""
    with started(request.param, site.port, True, tmp_path_factory.mktemp("proxy")) as made:
        yield made


def test_a_page_and_its_links_come_by_tls_with_hsts(proxy: Proxy) -> None:
    response = proxy.request(f"{ITEMS}?limit=1", headers={"Accept": "application/geo+json"})
    assert response.status == 200
    assert f'"https://localhost:{proxy.port}{ITEMS}'.encode() in response.body
    for path in ("/", "/no-such-page", "/desk"):
        assert proxy.request(path).headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_site_compresses_and_the_proxy_leaves_that_as_it_is(proxy: Proxy) -> None:
    packed = proxy.request(f"{ITEMS}?limit=100", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert proxy.request(f"{ITEMS}?limit=100").headers["Content-Encoding"] is None


def test_nginx_stores_what_names_a_version_and_nothing_else(site: "Serving", tmp_path: Path) -> None:
    tile = "/api/collections/deposits/tiles/WebMercatorQuad/0/0/0"
    with started("nginx", site.port, False, tmp_path) as made:
        version = made.request(tile).headers["Lode-Dataset-Version"]
        pinned = (f"{tile}?as_of={version}", f"/v/{version}{tile}")
        first, again = ([made.request(path) for path in pinned] for _ in range(2))
        assert [one.headers["X-Cache"] for one in first] == ["MISS", "MISS"]
        assert [one.headers["X-Cache"] for one in again] == ["HIT", "HIT"]
        assert [one.body for one in again] == [one.body for one in first]
        assert again[0].headers["Strict-Transport-Security"] == "max-age=31536000"
        assert again[0].headers["RateLimit"] is None
        assert [made.request(tile).headers["X-Cache"] for _ in range(2)] == ["MISS", "MISS"], (
            "what has no version is not stored"
        )
        (file,) = set(re.findall(r"/static/dist/page-\w+\.css", made.request("/").body.decode()))
        assert [made.request(file).headers["X-Cache"] for _ in range(2)] == ["MISS", "HIT"]
        assert made.request("/").headers["X-Cache"] is None


def test_plain_http_leads_to_tls(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", "/", headers={"Host": "localhost"})
        response = connection.getresponse()
        assert response.status in (301, 308) and str(response.getheader("Location")).startswith("https://localhost")


@pytest.mark.parametrize("path", CLOSED)
def test_figures_and_desk_are_closed_to_strangers_however_they_are_written(proxy: Proxy, path: str) -> None:
    assert proxy.request(path).status in ((403,) if path.startswith(("/metrics", "/desk")) else (308, 403, 404))


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_figures_and_desk_are_open_to_the_machine_itself(name: str, site: "Serving", tmp_path: Path) -> None:
    with started(name, site.port, False, tmp_path) as made:
        assert made.request("/metrics").status == 200
        assert made.request("/desk").status in (200, 302, 303)


def test_a_body_that_is_too_long_is_refused_and_a_short_one_is_not(proxy: Proxy) -> None:
    json = {"Content-Type": "application/json"}
    assert proxy.request(ITEMS, "POST", b'{"limit":1}', json).status == 200
    with contextlib.suppress(ConnectionError):
        assert proxy.request(ITEMS, "POST", bytes(3_000_000), json).status == 413


def test_a_slow_body_does_not_reach_the_site_before_it_is_complete(proxy: Proxy, site: "Serving") -> None:
    body = b'{"limit":1}' + b" " * 9
    headers = (f"Content-Length: {len(body)}", "Content-Type: application/json", "Connection: close")
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(proxy.connect()) for _ in range(5)]
        before = site.output().count('"method":"POST"')
        for context in slow:
            context.sendall(sent(ITEMS, *headers, method="POST"))
        for n in range(4):
            for context in slow:
                context.sendall(body[n : n + 1])
            time.sleep(1)
            assert "lode_requests_in_flight 1.0" in site.get("/metrics").text
            assert "lode_database_in_use 0.0" in site.get("/metrics").text
        assert site.output().count('"method":"POST"') == before
        for context in slow:
            context.sendall(body[4:])
            assert context.recv(12) == b"HTTP/1.1 200"


def test_a_stranger_can_not_pass_for_somebody_else(proxy: Proxy, site: "Serving") -> None:
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-For": "192.0.2.9",
        "Accept": "application/geo+json",
    }
    response = proxy.request(f"{ITEMS}?limit=1", headers=forged)
    assert response.status == 200 and b"evil.example" not in response.body and b"gopher" not in response.body
    assert proxy.request("/metrics", headers=forged).status == 403
