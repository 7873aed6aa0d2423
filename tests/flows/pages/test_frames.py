"""The map and a chart in frames of another origin: shown to a host of the setting with their source, and to no other."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

pytestmark = pytest.mark.browser
Publish = Callable[[str], int]


@pytest.fixture
def publish() -> Iterator[Publish]:
    """Serves a page of a body on all names of this machine, and returns its port."""
    served: list[ThreadingHTTPServer] = []
    bodies = [b""]

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(bodies[0])

        def log_message(self, format: str, *values: object) -> None:
            """Write nothing."""

    def of(body: str) -> int:
        bodies[0] = body.encode()
        if not served:
            served.append(ThreadingHTTPServer(("127.0.0.1", 0), Page))
            threading.Thread(target=served[0].serve_forever).start()
        return served[0].server_port

    yield of
    for server in served:
        server.shutdown()
        server.server_close()


def test_frames_of_another_origin(
    serve: Callable[..., "Serving"],
    made_home: Path,
    new_home: Path,
    publish: Publish,
    browser: Browser,
) -> None:
    port = publish("")
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    site = serve(new_home, None, LODE_EMBED_HOSTS=f"http://127.0.0.1:{port}").ready()
    frame = '<iframe name="{0}" src="{1}/embed/{0}?collection=deposits&commodity=copper" width="800" height="400"></iframe>'
    publish("".join(frame.format(name, site.url) for name in ("map", "chart")))
    page = browser.new_page(viewport={"width": 900, "height": 900})
    page.set_default_timeout(15_000)
    page.goto(f"http://127.0.0.1:{port}/")
    for name in ("map", "chart"):
        inside = page.frame_locator(f"[name={name}]")
        # without scrolling inside the frame
        expect(inside.get_by_role("link", name="Sources and licences")).to_be_in_viewport(ratio=1)
    expect(page.frame_locator("[name=map]").locator(".leaflet-container")).to_be_visible()
    expect(page.frame_locator("[name=chart]").locator("main svg").first).to_be_visible()
    page.goto(f"http://localhost:{port}/")
    for name in ("map", "chart"):
        expect(page.frame_locator(f"[name={name}]").get_by_role("link", name="Sources and licences")).to_have_count(0)
    page.close()
