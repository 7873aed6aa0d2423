"""Sends each benchmark query to two running sites in turn, such as those of two revisions, and prints their medians.

    python -m tests.benchmarks.compare_sites 8201 8202

Both sites run on this machine with the same rows and a high rate limit (``LODE_RATE_LIMIT``).
"""

import statistics
import sys
from random import Random

from tests.benchmarks.datasets import million
from tests.benchmarks.queries import LISTS, OTHERS, BenchmarkQuery, World
from tests.benchmarks.sides import Http

WARM_UPS = 5


def compare(query: BenchmarkQuery, sites: tuple[Http, Http], world: World) -> tuple[float, float]:
    """Return the median seconds of both sites, which have the same values; which is first changes. Raises Failed."""
    chance = Random(query.what)
    seconds: tuple[list[float], list[float]] = ([], [])
    for number in range(-WARM_UPS, query.times):
        values = query.values(chance, world)
        for n in (0, 1) if number % 2 else (1, 0):
            timing = sites[n].run(query, values)
            if number >= 0:
                seconds[n].append(timing.seconds)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def main(first: int, second: int) -> None:
    """Print a row of a table for each query."""
    places = [(lon, lat) for _, lon, lat in million.register()]
    sites = Http("lode", first), Http("lode", second)
    print("| query | first | second | ratio |\n|---|---|---|---|")
    for query in (*LISTS, *OTHERS):
        before, after = compare(query, sites, World(places, places))
        print(f"| {query.what} | {before * 1000:,.1f} ms | {after * 1000:,.1f} ms | {after / before:.2f} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
