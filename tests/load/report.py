"""The measurements of a load test, its failures, and the page that reports them."""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.load import offenders

MEASUREMENTS = Path(__file__).resolve().parents[2] / "docs" / "measurements"
SLOWEST = 10.0
"""How many times the median the 99th percentile may take."""
GROWTH_MB = 24.0
GROWTH = 0.10
"""What the workers' memory may grow by from the second quarter of the run to the last, whichever is more."""
HEALTH_S = 2.0
"""Seconds in which /healthz responds under any load."""
WARM_S = 10.0
"""Seconds at the beginning, a quarter of a short run, whose times don't count: each process makes its statements then."""


@dataclass
class Seen:
    """What a run has seen so far."""

    times: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    health: list[tuple[float, float]] = field(default_factory=list)
    """When in the run /healthz was requested, and the seconds it took."""
    memory: list[tuple[float, float]] = field(default_factory=list)
    served: int = 0
    shed: int = 0
    shed_warm: int = 0
    """Of these, those after the first seconds, in which each process makes its statements."""
    seconds: float = 0.0
    offences: offenders.Offences = field(default_factory=offenders.Offences)


@dataclass(frozen=True)
class Plan:
    """Who sends requests and for how long: clients in all, and how many of them are offenders of each kind."""

    clients: int
    seconds: float
    offenders_each: int = 0
    pause_s: float = 0
    """Mean seconds between a response and the next request of a client; 0 for none."""
    without: Sequence[str] = ()

    @property
    def has_offenders(self) -> bool:
        """Whether some clients are offenders."""
        return self.fair < self.clients

    @property
    def fair(self) -> int:
        """The number of clients that are no offenders."""
        return self.clients - self.offenders_each * len(offenders.OFFENDERS)


def amiss(seen: Seen, plan: Plan, slowest: float = SLOWEST) -> list[str]:
    """Return the failures of a run, one sentence each."""
    found = [f"{count} x {what}" for what, count in (seen.wrong + seen.offences.unexpected).most_common(20)]
    if plan.has_offenders and seen.shed_warm:
        found.append(f"{seen.shed_warm} requests of other clients were refused because of the offenders")
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


def figures(seen: Seen, plan: Plan) -> list[str]:
    """Return the figures as the lines of a page."""
    served, (early, late) = _all(seen), _early_and_late(seen)
    lines = ["| figure | value |", "| --- | --- |"]
    again = f"after {plan.pause_s:g} s on average" if plan.pause_s else "when it has the response"
    lines.append(f"| clients, each sending its next request {again} | {plan.fair} |")
    lines.append(f"| seconds | {seen.seconds:.0f} |")
    lines.append(f"| responses per second | {seen.served / seen.seconds:,.0f} |")
    lines.append("| responses by status | " + ", ".join(f"{s}: {n:,}" for s, n in sorted(seen.statuses.items())) + " |")
    lines.append(f"| refused for now (503 with Retry-After) | {seen.shed:,} |")
    lines.append(f"| other responses than 200, 304 or a declared 503 | {sum(seen.wrong.values()):,} |")
    lines.append(f"| p50, p99 of what was served | {_ms(served, 50)}, {_ms(served, 99)} |")
    lines.append(f"| the slowest of them | {_ms(served, 100)} |")
    lines += _figures_of_offenders(seen.offences, plan)
    health = [took for _, took in seen.health]
    health_times = ", ".join(_ms(health, percent) for percent in (50, 99, 100))
    lines.append(f"| /healthz, {len(health):,} requests: p50, p99, slowest | {health_times} |")
    if seen.memory:
        lines.append(f"| largest worker (proportional set size), second and last quarter | {early:.0f} MB, {late:.0f} MB |")
        series = seen.memory[:: max(len(seen.memory) // 10, 1)]
        lines.append("| the same over the run | " + ", ".join(f"{mb:.0f}" for _, mb in series) + " MB |")
    lines += ["", "| kind | responses | p50 | p99 |", "| --- | --- | --- | --- |"]
    lines += [f"| {kind} | {len(t):,} | {_ms(t, 50)} | {_ms(t, 99)} |" for kind, t in seen.times.items() if t]
    return lines


def _figures_of_offenders(offences: offenders.Offences, plan: Plan) -> Iterator[str]:
    for kind, outcomes in offences.outcomes.items():
        listed = ", ".join(f"{outcome}: {n:,}" for outcome, n in sorted(outcomes.items()))
        slowest = f"; the slowest response {offences.slowest_s[kind]:.1f} s" if kind in offences.slowest_s else ""
        yield f"| {plan.offenders_each} clients: {kind} | {listed}{slowest} |"


def _all(seen: Seen) -> list[float]:
    return [time for times in seen.times.values() for time in times]


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


def write(plan: Plan, lines: Sequence[str]) -> None:
    """Write the page of a run."""
    name, head = ("load-offenders.md", HEAD_OFFENDERS) if plan.has_offenders else ("load.md", HEAD)
    (MEASUREMENTS / name).write_text("\n".join([*head.splitlines(), *lines]) + "\n", encoding="utf-8")


HEAD = f"""\
# Under load

<!-- Written by `make load`. -->

`make load` starts a site with the starter register, sends it requests of 200 clients for ten minutes (`LODE_LOAD_SECONDS=60
make load` for less) and writes this page. The clients and the site share the machine. Each client sends its next request when
it has the response. After a 503 it waits as long as Retry-After says. The requests are lists in a box, CQL2 filters, searches,
tiles, single records, facets, and requests whose response is 304.

The run fails if a response is not 200, 204 (an empty tile), 304 or a 503 with Retry-After; if p99 is ten times p50 or more,
over all that was served after the first {WARM_S:.0f} s (without the 503, which are fast and would improve the figures); if
`/healthz` takes 2 s; or if a worker grows from the second quarter of the run to the last by more than a tenth and more than
{GROWTH_MB:.0f} MB.

"""
HEAD_OFFENDERS = f"""\
# Under load, with offenders

<!-- Written by `make load-offenders`. -->

`make load-offenders` starts a site with the starter register, sends it the requests of 200 clients for ten minutes
(`LODE_LOAD_SECONDS=60 make load-offenders` for less) and writes this page. The clients and the site share the machine.

Most clients have an address each and send a mix of requests: lists in a box, CQL2 filters, searches, tiles, single
records, facets, and requests whose response is 304. At the same time seven clients offend in each of these ways, each from
one address and whatever the responses are: {", ".join(offenders.OFFENDERS)}.

The run fails if one of the other clients gets anything but 200, 204 (an empty tile) or 304 after the first {WARM_S:.0f} s; if
their p99 is ten times their p50 or more; if an offender gets anything but
{", ".join(map(str, sorted(offenders.EXPECTED)))} or the end of its connection; if `/healthz` takes 2 s; or if a
worker grows from the second quarter of the run to the last by more than a tenth and more than {GROWTH_MB:.0f} MB.

"""
