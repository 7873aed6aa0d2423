"""Clients that try to take more than their share: bodies sent a byte at a time, and filters as costly as can be."""

import asyncio
import math
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.load.client import Client, source_address

EXPECTED = frozenset({200, 400, 408, 413, 429, 503})
"""Responses that an offender may get; a 429 or a 503 has Retry-After. A closed connection is fine as well."""
BYTE_EVERY_S = 2.0
AGAIN_S = 0.2
"""Seconds between two requests with a costly filter; these clients do not wait as Retry-After says."""
PATIENCE_S = 60.0
SLOW_NETWORK, COSTLY_NETWORK = 2, 3
"""Second part of the loopback address of these clients; each kind comes from one address."""


@dataclass
class Offences:
    """What happened to the offenders."""

    slow: Counter[str] = field(default_factory=Counter)
    costly: Counter[str] = field(default_factory=Counter)
    unexpected: Counter[str] = field(default_factory=Counter)
    slowest_costly_s: float = 0.0


async def send_slow_bodies(host: str, port: int, until: float, seen: Offences) -> None:
    """Send bodies a byte at a time until a moment; begin again when the site ends a connection."""
    while time.monotonic() < until:
        try:
            outcome = await _send_slowly(host, port, until)
        except OSError as error:
            outcome = type(error).__name__
            await asyncio.sleep(AGAIN_S)
        seen.slow[outcome] += 1
        if outcome.isdigit() and int(outcome) not in EXPECTED:
            seen.unexpected[f"slow body: {outcome}"] += 1


async def _send_slowly(host: str, port: int, until: float) -> str:
    """Return the status that the site ended a body with, "closed" for none, "open" when it was still read at the end."""
    source = source_address(host, SLOW_NETWORK)
    reader, writer = await asyncio.open_connection(host, port, local_addr=None if source is None else (source, 0))
    try:
        head = "POST /api/collections/deposits/items HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head.format(host, port)}Content-Length: 100000\r\n\r\n{{".encode())
        first = asyncio.ensure_future(reader.readline())
        while time.monotonic() < until:
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


async def send_costly_filters(host: str, port: int, until: float, chance: random.Random, seen: Offences) -> None:
    """Send one costly filter after the other until a moment, none twice."""
    client = Client(host, port, source_address(host, COSTLY_NETWORK))
    while time.monotonic() < until:
        path = f"/api/collections/deposits/items?limit=1000&filter={quote(costly_filter(chance))}"
        begun = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                response = await client.get(path)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            seen.costly[type(error).__name__] += 1
            if isinstance(error, TimeoutError):
                seen.unexpected[f"costly filter: no response in {PATIENCE_S:.0f} s"] += 1
            client.close()
            await asyncio.sleep(AGAIN_S)
            continue
        seen.slowest_costly_s = max(seen.slowest_costly_s, time.monotonic() - begun)
        seen.costly[str(response.status)] += 1
        refused = response.status in (429, 503)
        if response.status not in EXPECTED or (refused and not response.headers.get("retry-after", "").isdigit()):
            seen.unexpected[f"costly filter: {response.status}"] += 1
        await asyncio.sleep(AGAIN_S)
    client.close()


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
