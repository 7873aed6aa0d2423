"""Clients that try to take more than their share, of every kind that took something from others once.

Each kind comes from one address, and none waits as Retry-After says.
"""

import asyncio
import io
import math
import random
import time
import zipfile
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.load.client import Client, Response, source_address

EXPECTED = frozenset({200, 202, 400, 403, 408, 413, 429, 503})
"""Responses that an offender may get; a 429 or a 503 has Retry-After. A closed connection is fine as well."""
BYTE_EVERY_S = 2.0
AGAIN_S = 0.2
"""Seconds between two requests of an offender."""
PATIENCE_S = 60.0
SILENT_AT_ONCE = 40
"""Connections that a silent client holds at a time."""


@dataclass
class Offences:
    """What happened to the offenders: outcomes by kind, and what should not have happened."""

    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    unexpected: Counter[str] = field(default_factory=Counter)
    slowest_s: dict[str, float] = field(default_factory=dict)

    def add(self, kind: str, outcome: str) -> None:
        """Count an outcome."""
        self.outcomes.setdefault(kind, Counter())[outcome] += 1


@dataclass(frozen=True, slots=True)
class Offender:
    """One offending client: the site, until when it offends, its own chance, and where outcomes are counted."""

    kind: str
    host: str
    port: int
    until: float
    chance: random.Random
    seen: Offences

    @property
    def source(self) -> str | None:
        """The address of all clients of this kind."""
        return source_address(self.host, 10 + list(OFFENDERS).index(self.kind))


async def send_slow_bodies(one: Offender) -> None:
    """Send bodies a byte at a time; begin again when the site ends a connection."""
    while time.monotonic() < one.until:
        try:
            outcome = await _send_slowly(one)
        except OSError as error:
            outcome = type(error).__name__
            await asyncio.sleep(AGAIN_S)
        one.seen.add(one.kind, outcome)
        if outcome.isdigit() and int(outcome) not in EXPECTED:
            one.seen.unexpected[f"{one.kind}: {outcome}"] += 1


async def _connect(one: Offender) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(one.host, one.port, local_addr=None if one.source is None else (one.source, 0))


async def _send_slowly(one: Offender) -> str:
    """Return the status that the site ended a body with, "closed" for none, "open" when it was still read at the end."""
    reader, writer = await _connect(one)
    try:
        head = "POST /api/collections/deposits/items HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head.format(one.host, one.port)}Content-Length: 100000\r\n\r\n{{".encode())
        first = asyncio.ensure_future(reader.readline())
        while time.monotonic() < one.until:
            done, _ = await asyncio.wait({first}, timeout=BYTE_EVERY_S)
            if done:
                line = first.result().split()
                return line[1].decode() if len(line) > 1 else "closed"
            writer.write(b" ")
            await writer.drain()
        first.cancel()
        return "open"
    except ConnectionError:
        return "closed"
    finally:
        writer.close()


async def stay_silent(one: Offender) -> None:
    """Open connections and say nothing, as many as a client of this kind holds at once, again whenever they are closed."""

    async def hold() -> None:
        while time.monotonic() < one.until:
            try:
                reader, writer = await _connect(one)
                async with asyncio.timeout(max(one.until - time.monotonic(), 0.1)):
                    await reader.read(1)
                outcome = "closed"
                writer.close()
            except TimeoutError:
                outcome = "open"
                writer.close()
            except OSError as error:
                outcome = type(error).__name__
            one.seen.add(one.kind, outcome)
            await asyncio.sleep(AGAIN_S)

    await asyncio.gather(*(hold() for _ in range(SILENT_AT_ONCE)))


async def read_slowly(one: Offender) -> None:
    """Request a large list and take a few bytes of it a second."""
    while time.monotonic() < one.until:
        try:
            reader, writer = await _connect(one)
            path = "/api/collections/deposits/items?limit=10000"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {one.host}:{one.port}\r\n\r\n".encode())
            outcome = "open"
            while time.monotonic() < one.until:
                async with asyncio.timeout(max(one.until - time.monotonic(), 0.1)):
                    taken = await reader.read(64)
                if not taken:
                    outcome = "closed"
                    break
                await asyncio.sleep(BYTE_EVERY_S)
            writer.close()
        except TimeoutError:
            writer.close()
        except OSError as error:
            outcome = type(error).__name__
        one.seen.add(one.kind, outcome)
        await asyncio.sleep(AGAIN_S)


async def check_long_lists(one: Offender) -> None:
    """Send tables of nearly ten thousand firms to check."""

    def made() -> tuple[str, str, bytes]:
        firms = "".join(f"Firm {one.chance.randrange(10**9)} Co. Ltd.,2024-06-30\n" for _ in range(9_900))
        return "POST", "/api/lists/check", f"name,date\n{firms}".encode()

    await _send(one, made)


async def send_areas(one: Offender) -> None:
    """Send packed outlines of many vertices as areas."""

    def made() -> tuple[str, str, bytes]:
        places = "".join(f"<Placemark><Polygon>{_ring(one.chance)}</Polygon></Placemark>" for _ in range(40))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("doc.kml", f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{places}</Document></kml>')
        return "POST", "/api/area?name=area.kmz", packed.getvalue()

    await _send(one, made)


async def send_costly_filters(one: Offender) -> None:
    """Send one costly filter after the other, none twice."""
    await _send(
        one,
        lambda: ("GET", f"/api/collections/deposits/items?limit=1000&filter={quote(costly_filter(one.chance))}", b""),
    )


async def _send(one: Offender, make: Callable[[], tuple[str, str, bytes]]) -> None:
    """Send one request after the other until the end, and count what becomes of each."""
    client = Client(one.host, one.port, one.source)
    while time.monotonic() < one.until:
        method, path, body = make()
        begun = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                response = await client.send(method, path, body=body)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            one.seen.add(one.kind, type(error).__name__)
            if isinstance(error, TimeoutError):
                one.seen.unexpected[f"{one.kind}: no response in {PATIENCE_S:.0f} s"] += 1
            client.close()
            await asyncio.sleep(AGAIN_S)
            continue
        slowest = one.seen.slowest_s
        slowest[one.kind] = max(slowest.get(one.kind, 0.0), time.monotonic() - begun)
        one.seen.add(one.kind, str(response.status))
        if not _is_expected(response):
            one.seen.unexpected[f"{one.kind}: {response.status}"] += 1
        await asyncio.sleep(AGAIN_S)
    client.close()


def _is_expected(response: Response) -> bool:
    refused = response.status in (429, 503)
    return response.status in EXPECTED and (not refused or response.headers.get("retry-after", "").isdigit())


def costly_filter(chance: random.Random) -> str:
    """Return a filter that costs much: one of those that took the site down once, or one just within the bounds."""
    return chance.choice((_powers, _texts, _boxes, _alternatives))(chance)


def _powers(chance: random.Random) -> str:
    """Return 95 conditions of four nested powers each, which took the planner long before filters had bounds."""
    power = f"(((discovery_year^1.1)^1.1)^1.1)^1.{chance.randrange(1, 999)}"
    return " AND ".join(f"{power}>{n}" for n in range(95))


def _texts(chance: random.Random) -> str:
    """Return comparisons without case and accents, for which there is no index."""
    return " OR ".join(f"ACCENTI(CASEI(name_en)) LIKE ACCENTI(CASEI('%{chance.randrange(10**6)}%'))" for _ in range(14))


def _boxes(chance: random.Random) -> str:
    """Return comparisons with polygons of many vertices."""
    return " OR ".join(f"S_INTERSECTS(geometry, {_ellipse(chance)})" for _ in range(8))


def _ellipse(chance: random.Random, vertices: int = 30) -> str:
    lon, lat = chance.uniform(-100, 100), chance.uniform(-40, 40)
    wide, high = chance.uniform(5, 20), chance.uniform(5, 20)
    angles = [2 * math.pi * n / vertices for n in range(vertices)]
    points = [(lon + wide * math.cos(angle), lat + high * math.sin(angle)) for angle in angles]
    return "POLYGON((" + ", ".join(f"{x:.2f} {y:.2f}" for x, y in [*points, points[0]]) + "))"


def _alternatives(chance: random.Random) -> str:
    """Many alternatives with eight powers of a property."""
    powers = " AND ".join(f"discovery_year ^ 2 > {chance.randrange(10**6)}" for _ in range(8))
    years = " OR ".join(f"(discovery_year > {chance.randrange(2100)} AND NOT country = 'X{n}')" for n in range(65))
    return f"({powers}) OR {years}"


def _ring(chance: random.Random, vertices: int = 200) -> str:
    lon, lat = chance.uniform(-150, 150), chance.uniform(-60, 60)
    angles = [2 * math.pi * n / vertices for n in range(vertices)]
    points = [(lon + math.cos(angle), lat + math.sin(angle)) for angle in angles]
    listed = " ".join(f"{x:.5f},{y:.5f}" for x, y in [*points, points[0]])
    return f"<outerBoundaryIs><LinearRing><coordinates>{listed}</coordinates></LinearRing></outerBoundaryIs>"


OFFENDERS: Mapping[str, Callable[[Offender], Awaitable[None]]] = {
    "bodies of a byte every 2 s": send_slow_bodies,
    f"{SILENT_AT_ONCE} silent connections each": stay_silent,
    "responses taken at 32 bytes a second": read_slowly,
    "costly filters": send_costly_filters,
    "tables of 9,900 firms": check_long_lists,
    "packed outlines as areas": send_areas,
}
"""Every kind of offender, by what it sends."""
