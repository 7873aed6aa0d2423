"""Sends a site the requests of many clients at once and reports rate, responses, times and memory, and what is wrong.

python -m tests.load.load                          200 clients, ten minutes, a site of its own
python -m tests.load.load --offenders 7 --pause 1   7 of them offend in each of six ways
python -m tests.load.load --url URL --seconds 10   a site that runs already
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from tests.load import report
from tests.load.client import Client, source_address
from tests.load.offenders import OFFENDERS, Offender
from tests.load.report import Plan, Seen

TIMEOUT_S = 30.0
"""Seconds after which a request counts as hanging."""
KINDS = ("", "_TILES", "_DOWNLOADS", "_LAYOUT")
RAISED_LIMITS = {f"LODE_RATE_LIMIT{kind}": "10000000/minute" for kind in KINDS}
"""A few clients send as many requests as many would; their requests are counted all the same."""
MANY = (1, 10, 50, 100)
FILTERS = (
    "main_commodity = 'copper'",
    "main_commodity IN ('nickel','cobalt') AND position_accuracy_m < 5000",
    "name_en LIKE 'S%' OR country = 'CN'",
    "S_INTERSECTS(geom, BBOX(-80,-40,-60,0))",
)
SEARCH_TERMS = ("escond", "德兴", "dexing", "jinch", "cop", "zambia", "escondda", "li")


MakeRequest = Callable[[random.Random], tuple[str, str]]


def request_kinds(ids: Sequence[str], tag: str) -> dict[str, tuple[int, MakeRequest]]:
    """Return the kinds of requests: the weight of each, and a function that makes a path and headers."""

    def tile(chance: random.Random) -> tuple[str, str]:
        zoom = chance.choice((0, 2, 4, 6, 9))
        x, y = (chance.randrange(2**zoom) for _ in "xy")
        return f"/api/collections/deposits/tiles/WebMercatorQuad/{zoom}/{x}/{y}", ""

    def box(chance: random.Random) -> str:
        west, south = chance.uniform(-120, 120), chance.uniform(-50, 40)
        return f"bbox={west:.3f},{south:.3f},{west + 20:.3f},{south + 20:.3f}"

    return {
        "list": (30, lambda chance: (f"/api/collections/deposits/items?limit={chance.choice(MANY)}&{box(chance)}", "")),
        "filter": (20, lambda chance: (f"/api/collections/deposits/items?limit=20&filter={quote(chance.choice(FILTERS))}", "")),
        "search": (10, lambda chance: (f"/api/search?q={quote(chance.choice(SEARCH_TERMS))}", "")),
        "tile": (15, tile),
        "item": (15, lambda chance: (f"/api/collections/deposits/items/{chance.choice(ids)}", "")),
        "facet": (5, lambda chance: (f"/api/collections/deposits/facets?commodity={chance.choice(('copper', 'tin'))}", "")),
        "304": (5, lambda chance: ("/api/collections/deposits/items?limit=10", f"If-None-Match: {tag}\r\n")),
    }


async def load(url: str, plan: Plan, pids: Sequence[int]) -> Seen:
    """Run the clients and return what they saw; the memory is that of the processes."""
    host, _, text = url.removeprefix("http://").rstrip("/").partition(":")
    port = int(text)
    kinds = await _kinds(Client(host, port, source_address(host, 1)), plan.without)
    seen, begun = Seen(times={kind: [] for kind in kinds}), time.monotonic()
    until = begun + plan.seconds
    watching = [
        asyncio.create_task(_health(host, port, begun, seen)),
        asyncio.create_task(_memory(pids, begun, max(plan.seconds / 120, 0.5), seen)),
    ]
    await asyncio.gather(
        *(
            # each comes from an address of its own, as the clients of a public site do
            _client(Client(host, port, source_address(host, 1, n)), kinds, random.Random(n), until, plan.pause_s, seen)
            for n in range(plan.fair)
        ),
        *(
            offend(Offender(kind, host, port, until, random.Random(f"{kind} {n}"), seen.offences))
            for kind, offend in OFFENDERS.items()
            for n in range(plan.offenders_each)
        ),
    )
    seen.seconds = time.monotonic() - begun
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    return seen


async def _kinds(client: Client, without: Sequence[str]) -> dict[str, tuple[int, MakeRequest]]:
    """Return the kinds of requests, each tried once."""
    first = await client.get("/api/collections/deposits/items?limit=100")
    ids = [feature["id"] for feature in json.loads(first.body)["features"]]
    tagged = await client.get("/api/collections/deposits/items?limit=10")
    kinds = request_kinds(ids, tagged.headers.get("etag", '"none"'))
    for kind in without:
        del kinds[kind]
    for kind, (_, make_request) in kinds.items():
        path, headers = make_request(random.Random(0))
        response = await client.get(path, headers)
        if response.status not in _good(kind):
            sys.exit(f"{kind}: {path} returns {response.status}: {response.body[:300]!r}")
    client.close()
    return kinds


def _good(kind: str) -> tuple[int, ...]:
    """Return the expected statuses of a kind of request; an empty tile has no content."""
    return {"304": (304,), "tile": (200, 204)}.get(kind, (200,))


async def _client(
    client: Client,
    kinds: dict[str, tuple[int, MakeRequest]],
    chance: random.Random,
    until: float,
    pause_s: float,
    seen: Seen,
) -> None:
    names, weights = list(kinds), [weight for weight, _ in kinds.values()]
    warm = time.monotonic() + min(report.WARM_S, (until - time.monotonic()) / 4)
    while time.monotonic() < until:
        if pause_s:
            await asyncio.sleep(min(chance.expovariate(1 / pause_s), max(until - time.monotonic(), 0)))
            if time.monotonic() >= until:
                # without this all clients would send their last request at the same moment
                break
        kind = chance.choices(names, weights)[0]
        path, headers = kinds[kind][1](chance)
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                response = await client.get(path, headers)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            seen.wrong[f"{kind}: {type(error).__name__}"] += 1
            client.close()
            await asyncio.sleep(0.1)
            continue
        seen.statuses[str(response.status)] += 1
        if response.status in _good(kind):
            seen.served += 1
            if time.monotonic() > warm:
                seen.times[kind].append(time.perf_counter() - begun)
        elif response.status == 503 and response.headers.get("retry-after", "").isdigit():
            seen.shed += 1
            seen.shed_warm += time.monotonic() > warm
            # what a client does that can read; not longer than the run lasts
            await asyncio.sleep(min(int(response.headers["retry-after"]), max(until - time.monotonic(), 0)))
        else:
            seen.wrong[f"{kind}: {response.status} for {path}"] += 1
    client.close()


async def _health(host: str, port: int, since: float, seen: Seen) -> None:
    """Request /healthz every half second, each time as a separate client."""
    while True:
        begun, client = time.monotonic(), Client(host, port)
        try:
            # not wait_for: before Python 3.12 it can swallow a cancellation at the moment of a response
            async with asyncio.timeout(TIMEOUT_S):
                response = await client.get("/healthz")
            if response.status != 200:
                seen.wrong[f"/healthz: {response.status}"] += 1
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            seen.wrong[f"/healthz: {type(error).__name__}"] += 1
        seen.health.append((begun - since, time.monotonic() - begun))
        client.close()
        await asyncio.sleep(0.5)


async def _memory(pids: Sequence[int], begun: float, pause: float, seen: Seen) -> None:
    while pids:
        seen.memory.append((time.monotonic() - begun, max(_own_mb(pid) for pid in pids)))
        await asyncio.sleep(pause)


def _own_mb(pid: int) -> float:
    """Return the memory of a process; shared pages are divided by the number of processes."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def workers(pid: int) -> list[int]:
    """Return the worker processes of a `lode serve`: the children of its server process."""
    below = [int(child) for child in _children(pid)]
    return [worker for child in below for worker in _children(child)]


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


@contextlib.contextmanager
def own_site(limits: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Yield a site with the starter register and some limits, and the process of its `lode serve`."""
    home = Path(tempfile.mkdtemp(prefix="lode-load-"))
    home.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bare = {name: value for name, value in os.environ.items() if name != "LODE_DATABASE_URL"}
    environment = {**bare, **limits, "LODE_HOME": str(home), "PORT": str(port), "LC_ALL": "C.UTF-8"}
    command = [str(Path(sys.executable).with_name("lode")), "serve", "--json"]
    with (home / "said").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            sys.exit((home / "said").read_text())
        yield json.loads(line)["url"], process.pid
    finally:
        process.terminate()
        process.wait(60)
        cluster = home / "cluster"
        shutil.rmtree(cluster.resolve() if cluster.is_symlink() else cluster, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print and write the report; return the exit status, which is 1 if something is amiss."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a site that runs; without it one is started with the starter register")
    parser.add_argument("--pid", type=int, help="the process of its `lode serve`, whose workers' memory is watched")
    parser.add_argument("--clients", type=int, default=200, help="all of them, offenders too")
    parser.add_argument("--offenders", type=int, default=0, help="how many of them offend in each way")
    parser.add_argument("--pause", type=float, default=0, help="mean seconds between a response and the next request")
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("LODE_LOAD_SECONDS") or 600))
    parser.add_argument("--without", nargs="*", default=[], help="kinds of requests to leave out")
    parser.add_argument("--slowest", type=float, default=report.SLOWEST, help="how many times p50 the p99 may not reach")
    parser.add_argument("--write", action="store_true", help="write load.md or load-offenders.md in docs/measurements")
    args = parser.parse_args(arguments)
    plan = Plan(args.clients, args.seconds, args.offenders, args.pause, args.without)
    # all clients have one address, unless there are offenders: then the site's own limits stay in force
    limits = {} if args.offenders else RAISED_LIMITS
    site = own_site(limits) if args.url is None else contextlib.nullcontext((args.url, args.pid or 0))
    with site as (url, pid):
        seen = asyncio.run(load(url, plan, workers(pid) if pid else []))
    found = report.amiss(seen, plan, args.slowest)
    lines = report.figures(seen, plan)
    print("\n".join([*lines, "", *(f"amiss: {what}" for what in found)]))
    if args.write:
        report.write(plan, lines)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
