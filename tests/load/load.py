"""Many clients ask a site at once for a time; told are the rate, the answers, the times and the memory, and what is amiss.

python tests/load/load.py                          200 clients, ten minutes, a site of its own; writes docs/load.md
python tests/load/load.py --url URL --seconds 10   a site that runs already
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
SHEET = ROOT / "docs" / "load.md"
SLOWEST = 10.0
"""How many times the median the 99th percentile may take."""
GROWTH_MB = 24.0
GROWTH = 0.10
"""What the workers' memory may grow by from the second quarter of the run to the last, whichever is more."""
HEALTH_S = 2.0
"""Seconds in which /healthz answers whatever else goes on."""
ANSWER_S = 30.0
"""Seconds after which an answer counts as one that hangs."""
WARM_S = 10.0
"""Seconds at the beginning, a quarter of a short run, whose times don't count: each process makes its statements then."""
MANY = (1, 10, 50, 100)
FILTERS = (
    "main_commodity = 'copper'",
    "main_commodity IN ('nickel','cobalt') AND position_accuracy_m < 5000",
    "name_en LIKE 'S%' OR country = 'CN'",
    "S_INTERSECTS(geom, BBOX(-80,-40,-60,0))",
)
WORDS = ("escond", "德兴", "dexing", "jinch", "cop", "zambia", "escondda", "li")


@dataclass
class Seen:
    """What a run has seen so far."""

    times: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    health: list[tuple[float, float]] = field(default_factory=list)
    """When in the run /healthz was asked, and the seconds it took."""
    memory: list[tuple[float, float]] = field(default_factory=list)
    served: int = 0
    shed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Answer:
    """An answer: status, headers with their names in lower case, and body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """A client with a connection that it keeps."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, headers: str = "") -> Answer:
        """What the site answers; a connection that the site has closed meanwhile is opened anew once."""
        for attempt in (1, 2):
            fresh = self._streams is None
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._host, self._port)
            try:
                return await self._ask(path, headers)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
                if fresh or attempt == 2:
                    raise
        raise AssertionError("not reached")

    async def _ask(self, path: str, headers: str) -> Answer:
        assert self._streams is not None
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{headers}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        status = int(head[0].split()[1])
        if told.get("transfer-encoding") == "chunked":
            parts = []
            while size := int(await reader.readuntil(b"\r\n"), 16):
                parts.append((await reader.readexactly(size + 2))[:-2])
            await reader.readexactly(2)
            body = b"".join(parts)
        else:
            body = b"" if status == 304 else await reader.readexactly(int(told.get("content-length", "0")))
        if told.get("connection") == "close":
            self.close()
        return Answer(status, told, body)

    def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


Question = Callable[[random.Random], tuple[str, str]]


def questions(ids: Sequence[str], tag: str) -> dict[str, tuple[int, Question]]:
    """The kinds of questions: how often each comes, and how a path and headers of it are made."""

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
        "search": (10, lambda chance: (f"/api/search?q={quote(chance.choice(WORDS))}", "")),
        "tile": (15, tile),
        "item": (15, lambda chance: (f"/api/collections/deposits/items/{chance.choice(ids)}", "")),
        "facet": (5, lambda chance: (f"/api/collections/deposits/facets?commodity={chance.choice(('copper', 'tin'))}", "")),
        "304": (5, lambda chance: ("/api/collections/deposits/items?limit=10", f"If-None-Match: {tag}\r\n")),
    }


async def load(url: str, clients: int, seconds: float, pids: Sequence[int], without: Sequence[str] = ()) -> Seen:
    """What the clients see; the memory is that of the processes."""
    host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
    kinds = await _kinds(Client(host, int(port)), without)
    seen, begun = Seen(times={kind: [] for kind in kinds}), time.monotonic()
    tasks = [
        asyncio.create_task(_client(Client(host, int(port)), kinds, random.Random(n), begun + seconds, seen))
        for n in range(clients)
    ]
    watching = [
        asyncio.create_task(_health(host, int(port), begun, seen)),
        asyncio.create_task(_memory(pids, begun, max(seconds / 120, 0.5), seen)),
    ]
    await asyncio.gather(*tasks)
    seen.seconds = time.monotonic() - begun
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    return seen


async def _kinds(client: Client, without: Sequence[str]) -> dict[str, tuple[int, Question]]:
    """The kinds of questions, each tried once."""
    first = await client.get("/api/collections/deposits/items?limit=100")
    ids = [feature["id"] for feature in json.loads(first.body)["features"]]
    tagged = await client.get("/api/collections/deposits/items?limit=10")
    made = questions(ids, tagged.headers.get("etag", '"none"'))
    for kind in without:
        del made[kind]
    for kind, (_, question) in made.items():
        path, headers = question(random.Random(0))
        answer = await client.get(path, headers)
        if answer.status not in _good(kind):
            sys.exit(f"{kind}: {path} answers {answer.status}: {answer.body[:300]!r}")
    client.close()
    return made


def _good(kind: str) -> tuple[int, ...]:
    """The statuses that a kind of question should have; a tile of nothing has nothing in it."""
    return {"304": (304,), "tile": (200, 204)}.get(kind, (200,))


async def _client(
    client: Client, kinds: dict[str, tuple[int, Question]], chance: random.Random, until: float, seen: Seen
) -> None:
    names, weights = list(kinds), [weight for weight, _ in kinds.values()]
    warm = time.monotonic() + min(WARM_S, (until - time.monotonic()) / 4)
    while time.monotonic() < until:
        kind = chance.choices(names, weights)[0]
        path, headers = kinds[kind][1](chance)
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await client.get(path, headers)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            seen.wrong[f"{kind}: {type(error).__name__}"] += 1
            client.close()
            await asyncio.sleep(0.1)
            continue
        seen.statuses[str(answer.status)] += 1
        if answer.status in _good(kind):
            seen.served += 1
            if time.monotonic() > warm:
                seen.times[kind].append(time.perf_counter() - begun)
        elif answer.status == 503 and answer.headers.get("retry-after", "").isdigit():
            seen.shed += 1
            # what a client does that can read; not longer than the run lasts
            await asyncio.sleep(min(int(answer.headers["retry-after"]), max(until - time.monotonic(), 0)))
        else:
            seen.wrong[f"{kind}: {answer.status} for {path}"] += 1
    client.close()


async def _health(host: str, port: int, since: float, seen: Seen) -> None:
    """Ask every half second whether the site lives, each time as a client of its own."""
    while True:
        begun, client = time.monotonic(), Client(host, port)
        try:
            # not wait_for: before Python 3.12 it can swallow the end that it is told at the moment of an answer
            async with asyncio.timeout(ANSWER_S):
                answer = await client.get("/healthz")
            if answer.status != 200:
                seen.wrong[f"/healthz: {answer.status}"] += 1
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
    """The memory of a process, what it shares with others divided by their number."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def workers(pid: int) -> list[int]:
    """The processes under a `lode serve` that answer requests: the children of its gunicorn."""
    below = [int(child) for child in _children(pid)]
    return [worker for child in below for worker in _children(child)]


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


# --- what came of it ---------------------------------------------------------------------------------------------------
def amiss(seen: Seen, slowest: float = SLOWEST) -> list[str]:
    """What is not as it must be, one sentence each."""
    found = [f"{count} x {what}" for what, count in seen.wrong.most_common(20)]
    served = _all(seen)
    if not served:
        return [*found, "nothing was served"]
    half, most = _percentile(served, 50), _percentile(served, 99)
    if most >= slowest * half:
        found.append(f"p99 is {most * 1000:.0f} ms, {most / half:.1f} times p50 ({half * 1000:.0f} ms)")
    late_ones = [(at, took) for at, took in seen.health if took > HEALTH_S]
    found += [f"/healthz took {took:.1f} s, {at:.0f} s after the beginning" for at, took in late_ones]
    early, late = _early_and_late(seen)
    if late - early > max(GROWTH_MB, GROWTH * early):
        found.append(f"a worker grew from {early:.0f} MB to {late:.0f} MB")
    return found


def figures(seen: Seen, clients: int) -> list[str]:
    """The figures, as the lines of a page."""
    served, (early, late) = _all(seen), _early_and_late(seen)
    lines = ["| figure | value |", "| --- | --- |"]
    lines.append(f"| clients, each asking again as soon as it has its answer | {clients} |")
    lines.append(f"| seconds | {seen.seconds:.0f} |")
    lines.append(f"| answers a second | {seen.served / seen.seconds:,.0f} |")
    lines.append("| answers by status | " + ", ".join(f"{s}: {n:,}" for s, n in sorted(seen.statuses.items())) + " |")
    lines.append(f"| told to come back (503 with Retry-After) | {seen.shed:,} |")
    lines.append(f"| anything else than 200, 304 or a declared 503 | {sum(seen.wrong.values()):,} |")
    lines.append(f"| p50, p99 of what was served | {_ms(served, 50)}, {_ms(served, 99)} |")
    lines.append(f"| the slowest of them | {_ms(served, 100)} |")
    health = [took for _, took in seen.health]
    told = ", ".join(_ms(health, percent) for percent in (50, 99, 100))
    lines.append(f"| /healthz, asked {len(health):,} times: p50, p99, slowest | {told} |")
    if seen.memory:
        lines.append(
            f"| largest worker, its share of what is shared, second and last quarter | {early:.0f} MB, {late:.0f} MB |"
        )
        series = seen.memory[:: max(len(seen.memory) // 10, 1)]
        lines.append("| the same over the run | " + ", ".join(f"{mb:.0f}" for _, mb in series) + " MB |")
    lines += ["", "| kind | answers | p50 | p99 |", "| --- | --- | --- | --- |"]
    lines += [f"| {kind} | {len(t):,} | {_ms(t, 50)} | {_ms(t, 99)} |" for kind, t in seen.times.items() if t]
    return lines


def _all(seen: Seen) -> list[float]:
    return [one for times in seen.times.values() for one in times]


def _percentile(times: Sequence[float], percent: int) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)] if ordered else 0.0


def _ms(times: Sequence[float], percent: int) -> str:
    return f"{_percentile(times, percent) * 1000:.1f} ms"


def _early_and_late(seen: Seen) -> tuple[float, float]:
    """The mean memory of the second quarter of a run, when all has been used once, and of its last."""
    quarter = len(seen.memory) // 4
    if not quarter:
        return 0.0, 0.0
    early, late = seen.memory[quarter : 2 * quarter], seen.memory[-quarter:]
    return statistics.fmean(mb for _, mb in early), statistics.fmean(mb for _, mb in late)


@contextlib.contextmanager
def own_site() -> Iterator[tuple[str, int]]:
    """A site with the starter register, and the process of its `lode serve`."""
    home = Path(tempfile.mkdtemp(prefix="lode-load-"))
    home.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bare = {name: value for name, value in os.environ.items() if name != "LODE_DATABASE_URL"}
    environment = {**bare, "LODE_HOME": str(home), "PORT": str(port), "LC_ALL": "C.UTF-8"}
    command = [str(Path(sys.executable).with_name("lode")), "serve", "--json"]
    with (home / "said").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log)
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        if not told:
            sys.exit((home / "said").read_text())
        yield json.loads(told)["url"], process.pid
    finally:
        process.terminate()
        process.wait(60)
        cluster = home / "cluster"
        shutil.rmtree(cluster.resolve() if cluster.is_symlink() else cluster, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, tell and write; the exit status is 1 when something is amiss."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a site that runs; without it one is started with the starter register")
    parser.add_argument("--pid", type=int, help="the process of its `lode serve`, whose workers' memory is watched")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("LODE_LOAD_SECONDS") or 600))
    parser.add_argument("--without", nargs="*", default=[], help="kinds of questions to leave out")
    parser.add_argument("--slowest", type=float, default=SLOWEST, help="how many times p50 the p99 may not reach")
    parser.add_argument("--write", action="store_true", help="write docs/load.md")
    given = parser.parse_args(arguments)
    site = own_site() if given.url is None else contextlib.nullcontext((given.url, given.pid or 0))
    with site as (url, pid):
        seen = asyncio.run(load(url, given.clients, given.seconds, workers(pid) if pid else [], given.without))
    found = amiss(seen, given.slowest)
    lines = figures(seen, given.clients)
    print("\n".join([*lines, "", *(f"amiss: {what}" for what in found)]))
    if given.write:
        SHEET.write_text(page(lines), encoding="utf-8")
    return 1 if found else 0


def page(lines: Sequence[str]) -> str:
    """docs/load.md."""
    return "\n".join([*HEAD.splitlines(), *lines]) + "\n"


HEAD = f"""\
# Under load 压力测试

<!-- Written by `make load`. -->

`make load` starts a site with the starter register, sends it {200} clients for ten minutes (`LODE_LOAD_SECONDS=60 make
load` for less) and writes this page. The clients and the site share the machine. Each client waits for its answer and
asks again at once; told to come back (503), it waits as long as Retry-After says. The mix: lists in a box, CQL2
filters, searches, tiles, single records, facets, and questions whose answer is 304.

The run fails on any answer but 200, 204 (an empty tile), 304 and a 503 with Retry-After; on a p99 of ten times p50 or
more, over all that was served after the first {WARM_S:.0f} s (a 503 is told at once and would only flatter the figures,
so it is left out); on a `/healthz` that takes 2 s; and on a worker that grows from the second quarter of the run to the
last by more than a tenth and more than {GROWTH_MB:.0f} MB.

`make load` 启动带起始数据的网站，以 200 个客户端持续访问十分钟并写出本页。除 200、304 与带 Retry-After 的 503 之外的任何应答、
p99 达到 p50 的十倍、`/healthz` 超过 2 秒或内存增长，均视为失败。

"""


if __name__ == "__main__":
    sys.exit(main())
