"""Sends visitors of the map through nginx with the cache of deploy/nginx.conf, and reports how many requests reach the site.

python -m tests.load.cached_map                                  2,000 visitors in 200 s, a site of its own
python -m tests.load.cached_map --url URL --clients 500 --seconds 60   a site that runs already, with raised limits

A visitor opens the map, which requests its files, counts, tiles and first rows, and moves it twice. Each comes from an address
of its own with an empty cache. What reached the site is counted in nginx's log.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.load.client import Client, source_address
from tests.load.load import RAISED_LIMITS, own_site

DEPLOY = Path(__file__).parents[2] / "deploy"
TIMEOUT_S = 30.0
COLLECTIONS = ("deposits", "discoveries", "projects")
COLUMNS = "name_en,name_zh,commodity_group,main_commodity,country"
STATIC = re.compile(r"/static/dist/[\w.-]+")
CHUNK = re.compile(r"chunk-[A-Z0-9]{8}\.js")
VERSION = re.compile(r'"version": ?"(\d+-[0-9a-f]+)"')
PLACES = 60
"""Places that visitors look at; the first ones are looked at most."""
MOVES = 2
WIDE, HIGH = 3, 2
"""Tiles of a view."""
LOG = (
    "log_format cached '$status $upstream_cache_status $upstream_status $request_uri'; "
    "access_log {path} cached buffer=64k flush=1s;"
)


@dataclass(slots=True)
class Visits:
    """What visitors saw: seconds of each response, and what was wrong."""

    times: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    visitors: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of the map requests: its files, and the version of the data."""

    files: tuple[str, ...]
    version: str

    def counts(self) -> list[str]:
        """Return the addresses of the counts by filter."""
        return [f"/api/collections/{collection}/facets?facet_limit=300&as_of={self.version}" for collection in COLLECTIONS]

    def tiles(self, zoom: int, x: int, y: int) -> list[str]:
        """Return the addresses of the tiles of a view around one of them, the outlines of divisions too."""
        side = 2**zoom
        spots = [
            ((x + dx) % side, y + dy) for dx in range(min(WIDE, side)) for dy in range(min(HIGH, side)) if 0 <= y + dy < side
        ]
        listed = [
            (f"/api/collections/{collection}/tiles/WebMercatorQuad/{zoom}/{r}/{c}?", collection)
            for c, r in spots
            for collection in COLLECTIONS
        ]
        if zoom >= 3:
            listed += [
                (f"/api/collections/zones/tiles/WebMercatorQuad/{zoom}/{r}/{c}?zone_kind=division&", "") for c, r in spots
            ]
        return [f"{path}as_of={self.version}" for path, _ in listed]


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def cache(url: str, folder: Path) -> Iterator[int]:
    """Yield the port of nginx with the file of deploy/, without TLS, in front of a site."""
    port = free_port()
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    before, _, served = text.partition("server {")
    _, _, served = served.partition("server {")
    own = f"{before}server {{{served}".replace("127.0.0.1:8000", urlsplit(url).netloc)
    own = own.replace("listen 443 ssl;\n    listen [::]:443 ssl;\n    http2 on;", f"listen 127.0.0.1:{port};")
    own = re.sub(r"^ *ssl_.*$", "", own, flags=re.MULTILINE).replace("/var/cache/lode-proxy", str(folder / "cache"))
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    log = LOG.replace("{path}", str(folder / "access.log"))
    user = "user root;" if os.geteuid() == 0 else ""
    head = f"{user} daemon off; worker_rlimit_nofile 16384; pid {folder}/pid; events {{ worker_connections 8192; }}"
    (folder / "main.conf").write_text(f"{head} http {{ {places} {log} {own} }}", encoding="utf-8")
    command = ["nginx", "-p", str(folder), "-c", str(folder / "main.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


async def read_page(port: int) -> Page:
    """Return what the page of the map requests."""
    client = Client("127.0.0.1", port, source_address("127.0.0.1", 2))
    html = (await client.get("/")).body.decode()
    files = set(STATIC.findall(html))
    todo = {file for file in files if file.endswith(".js")}
    while todo:
        script = (await client.get(todo.pop())).body.decode()
        found = {f"/static/dist/{name}" for name in CHUNK.findall(script)} - files
        files |= found
        todo |= found
    client.close()
    version = VERSION.search(html)
    if version is None:
        sys.exit("the page of the map names no version of the data")
    return Page(tuple(sorted(files)), version[1])


async def visit(port: int, number: int, page: Page, start_s: float, pause_s: float, seen: Visits) -> None:
    """Open the map at a moment and move it."""
    chance = random.Random(number)
    await asyncio.sleep(start_s)
    client = Client("127.0.0.1", port, source_address("127.0.0.1", 3, number))
    await send(client, ["/", *page.files, *page.counts(), *page.tiles(1, 0, 0)], seen)
    rows = [f"/api/collections/deposits/items?limit=200&properties={COLUMNS}", "/map/names.json?lang=en"]
    await send(client, rows, seen)
    for zoom in (4, 6)[:MOVES]:
        await asyncio.sleep(chance.expovariate(1 / pause_s))
        place = random.Random(min(int(chance.paretovariate(0.7)) - 1, PLACES - 1))
        spot = (place.random(), 0.25 + place.random() / 2)
        await send(client, page.tiles(zoom, *(int(part * 2**zoom) for part in spot)), seen)
    client.close()
    seen.visitors += 1


async def send(client: Client, paths: Sequence[str], seen: Visits) -> None:
    """Request addresses one after the other."""
    for path in paths:
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                response = await client.get(path, "Accept-Encoding: gzip\r\n")
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            seen.wrong[type(error).__name__] += 1
            client.close()
            continue
        seen.times.append(time.perf_counter() - begun)
        if response.status not in (200, 204):
            seen.wrong[str(response.status)] += 1


async def run(port: int, clients: int, seconds: float) -> Visits:
    """Have visitors come evenly over a time, and return what they saw."""
    page, seen = await read_page(port), Visits()
    pause_s = seconds / 20
    until = seconds * 0.8
    await asyncio.gather(*(visit(port, number, page, until * number / clients, pause_s, seen) for number in range(clients)))
    return seen


def figures(log: Path, seen: Visits, seconds: float) -> dict[str, float | int | dict[str, int]]:
    """Return the figures of a run by nginx's log: share of hits, share that reached the site, and times of the visitors."""
    lines = [line.split(" ", 3) for line in log.read_text(encoding="utf-8").splitlines()]
    cached = [line for line in lines if line[1] != "-"]
    reached = [line for line in lines if line[2] != "-"]
    times = sorted(seen.times)
    return {
        "visitors": seen.visitors,
        "seconds": round(seconds),
        "requests": len(lines),
        "requests_per_second": round(len(lines) / seconds),
        "hits_percent": round(100 * sum(line[1] == "HIT" for line in cached) / len(cached), 2),
        "at_the_site_percent": round(100 * len(reached) / len(lines), 2),
        "p50_ms": round(1000 * times[len(times) // 2], 1),
        "p95_ms": round(1000 * times[int(len(times) * 0.95)], 1),
        "p99_ms": round(1000 * times[int(len(times) * 0.99)], 1),
        "at_the_site": dict(Counter(line[3].partition("?")[0].rstrip("0123456789/") for line in reached).most_common(8)),
        "wrong": dict(seen.wrong),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; return 1 if something is wrong or 5 % of the requests or more reach the site."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a site that runs; without it one is started with the starter register")
    parser.add_argument("--clients", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=200)
    args = parser.parse_args(arguments)
    # the proxy states the address of each visitor, as deploy/nginx.conf says
    site = (
        own_site({**RAISED_LIMITS, "LODE_TRUSTED_PROXIES": "1"}) if args.url is None else contextlib.nullcontext((args.url, 0))
    )
    with tempfile.TemporaryDirectory(prefix="lode-cache-") as temporary, site as (url, _):
        folder, begun = Path(temporary), time.monotonic()
        with cache(url, folder) as port:
            seen = asyncio.run(run(port, args.clients, args.seconds))
            taken = time.monotonic() - begun
        found = figures(folder / "access.log", seen, taken)
    print(json.dumps(found, indent=1))
    return int(bool(seen.wrong) or float(str(found["at_the_site_percent"])) >= 5)


if __name__ == "__main__":
    sys.exit(main())
