"""What questions cost, beside raw SQL and the peers; then by many clients at once, and at ten times the rows."""

import os
import shutil
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from tests.benchmarks import client, million
from tests.benchmarks.conftest import QUESTIONS, RATES, TEN, Figures, administered, load, own_home, raw_sql, serving
from tests.benchmarks.questions import LISTS, OTHERS, SMALL_LISTS, Question, World
from tests.benchmarks.sides import Failed, Http, Raw, Side, Told

Measured = dict[str, list[float]]
"""The seconds of each side's answers."""
CLIENTS = 32
SECONDS = float(os.environ.get("LODE_BENCH_SECONDS") or 10)
BOXES = 60_000
"""More than can be asked in those seconds."""
WARM_UPS = 3
BETTER_THAN_PEERS = 4.0
MORE_OF_TEN = 2.0
BEFORE = 1_000
"""Times that each list is put to either side, with other values, before it is measured at ten times the rows and at a tenth."""
TOOL = "/healthz"
OURS = ("raw", "lode")


@pytest.mark.timeout(5400)
@pytest.mark.parametrize("question", (*LISTS, *OTHERS), ids=lambda question: question.what)
def test_a_question(question: Question, sides: list[Side], world: World, figures: Figures) -> None:
    taken = measured(question, sides, world, figures.remarks)
    ours = statistics.median(taken["lode"])
    ratio = ours / statistics.median(taken["raw"]) if "raw" in taken else None
    reached = {"raw": ratio, "ms": ours * 1000, "ms at p95": p95(taken["lode"]) * 1000}[question.must.of]
    assert reached is not None
    met = reached <= question.must.most
    times = [told(taken.get(name)) for name in ("raw", "tipg", "pygeoapi", "lode")]
    figures.add(QUESTIONS, (question.what, *times, "-" if ratio is None else f"{ratio:.2f}"), must(question), met)
    assert met


@pytest.mark.timeout(600)
def test_many_clients_at_once(others: list[Http], site: Http, world: World, figures: Figures) -> None:
    rates, wrong = {}, 0
    for side in (*others, site):
        chance = Random(CLIENTS)
        paths = [side.path(SMALL_LISTS, SMALL_LISTS.values(chance, world)) for _ in range(BOXES)]
        found = client.rate(side.port, paths, CLIENTS, SECONDS)
        rates[side.name] = found.per_second
        wrong += found.others if side is site else 0
    tool = client.rate(site.port, [TOOL], CLIENTS, SECONDS)
    better = max((rates[side.name] for side in others), default=None)
    ratio = None if better is None else rates["lode"] / better
    met = None if ratio is None else ratio >= BETTER_THAN_PEERS
    shown = [f"{rates[name]:,.0f} /s" if name in rates else "-" for name in ("tipg", "pygeoapi", "lode")]
    row = (f"{CLIENTS} clients, {SMALL_LISTS.what}", *shown, "-" if ratio is None else f"{ratio:.1f}")
    figures.add(RATES, row, f"at least {BETTER_THAN_PEERS:.0f} x the better peer", met)
    capable = tool.per_second > rates["lode"]
    row = (f"{CLIENTS} clients, {TOOL}", "-", "-", f"{tool.per_second:,.0f} /s", f"{tool.per_second / rates['lode']:.1f}")
    figures.add(RATES, row, "more than the list", capable)
    assert not wrong, f"{wrong} answers of Lode's were no 200"
    assert met is not False
    assert capable


@pytest.mark.timeout(7200)
@pytest.mark.skipif(not os.environ.get("LODE_BENCH_TEN"), reason="LODE_BENCH_TEN=1 measures lists at ten times the rows too")
def test_ten_times_the_rows(
    home: Path,
    raw: Raw,
    admin: psycopg.Connection[tuple[Any, ...]],
    world: World,
    figures: Figures,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    needed, free = million.room_needed(admin), shutil.disk_usage(home).free
    assert free >= needed, f"ten times the rows need {needed / 2**30:.0f} GiB of disk, and {free / 2**30:.0f} GiB are free"
    million.multiply(admin)
    slow = []
    with own_home() as fewer:
        load(fewer, tmp_path_factory.mktemp("tenth"))
        with (
            administered(fewer) as its_admin,
            raw_sql(fewer) as its_raw,
            started(home, admin) as site,
            started(fewer, its_admin) as its_site,
        ):
            found = warmed(((raw, site), (its_raw, its_site)), world, figures.remarks)
    for question, ((first, then), (_, tenth)) in found:
        ours = statistics.median(then["lode"])
        beside_raw, beside_one = (ours / statistics.median(other) for other in (then["raw"], tenth["lode"]))
        times = (told(first["lode"]), told(then["raw"]), told(then["lode"]))
        met = beside_one <= MORE_OF_TEN and beside_raw <= question.must.most
        must_be = f"{MORE_OF_TEN} x a tenth of the rows, {must(question)}"
        figures.add(TEN, (question.what, *times, f"{beside_raw:.2f}", f"{beside_one:.2f}"), must_be, met)
        slow += [] if met else [question.what]
    assert not slow


@contextmanager
def started(home: Path, admin: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Http]:
    """The site as after a start of it and of its database, with an empty buffer cache."""
    million.forget(admin)
    with serving(home) as site:
        yield site


def warmed(
    stores: Sequence[Sequence[Side]], world: World, remarks: list[str]
) -> list[tuple[Question, list[tuple[Measured, Measured]]]]:
    """What each list takes of each store at first, and once all of them were put so many times as in a minute or two."""
    first = [quarter_by_quarter(question, stores, world, remarks, "first") for question in LISTS]
    for question in LISTS:
        quarter_by_quarter(replace(question, times=BEFORE), stores, world, remarks, "before")
    then = [quarter_by_quarter(question, stores, world, remarks, "then") for question in LISTS]
    return [(one, list(zip(of, after, strict=True))) for one, of, after in zip(LISTS, first, then, strict=True)]


def quarter_by_quarter(
    question: Question, stores: Sequence[Sequence[Side]], world: World, remarks: list[str], seed: str
) -> list[Measured]:
    """What the sides of each store take, a quarter of it at one store and then at the next, as machines change their speed."""
    taken: list[Measured] = [{} for _ in stores]
    for quarter in range(4):
        for sides, of_store in zip(stores, taken, strict=True):
            part = replace(question, times=question.times // 4)
            for side, seconds in measured(part, sides, world, remarks, f"{seed} {quarter}").items():
                of_store.setdefault(side, []).extend(seconds)
    return taken


def measured(question: Question, sides: Sequence[Side], world: World, remarks: list[str], seed: str = "") -> Measured:
    """What each side that can be asked takes, the same values put to all: raw SQL and Lode by turns, then the peers by turns.

    A peer that fails at a question is left out of it, with a remark. With another ``seed`` the values are others.
    """
    asked = [side for side in sides if getattr(question, side.name) is not None]
    ours, others = ([side for side in asked if (side.name in OURS) is is_ours] for is_ours in (True, False))
    taken, numbers = by_turns(question, ours, world, remarks, seed)
    if others:
        of_others, numbers_of_others = by_turns(question, others, world, remarks, seed)
        taken |= of_others
        for turn, (one, other) in enumerate(zip(numbers, numbers_of_others, strict=True)):
            _require_alike(question, turn, one | other)
    return taken


def by_turns(
    question: Question, sides: Sequence[Side], world: World, remarks: list[str], seed: str
) -> tuple[Measured, list[dict[str, int]]]:
    """What each side takes and how many features each turn gave; who is first changes, as the first warms the rest."""
    asked = list(sides)
    taken: Measured = {side.name: [] for side in asked}
    numbers: list[dict[str, int]] = []
    chance = Random(question.what + seed)
    for number in range(-min(WARM_UPS, question.times // 5), question.times):
        values = question.values(chance, world)
        first = number % max(len(asked), 1)
        answers: dict[str, Told] = {}
        for side in (*asked[first:], *asked[:first]):
            try:
                answers[side.name] = side.ask(question, values)
            except Failed as failure:
                if side.name in OURS:
                    raise
                remarks.append(f"{side.name} failed at {question.what!r} ({failure}).")
                asked.remove(side)
                del taken[side.name]
        numbers.append({name: answer.features for name, answer in answers.items()})
        _require_alike(question, number, numbers[-1])
        if number >= 0:
            for name, answer in answers.items():
                taken[name].append(answer.seconds)
    return taken, numbers


def _require_alike(question: Question, turn: int, numbers: Mapping[str, int]) -> None:
    if question.listed and numbers:
        # a row on the very edge of a box may be in for one and out for another
        assert max(numbers.values()) - min(numbers.values()) <= 1, (question.what, turn, numbers)


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(seconds)[max(0, -(-len(seconds) * 95 // 100) - 1)]


def told(seconds: Sequence[float] | None) -> str:
    """Median and 95th percentile in milliseconds."""
    if seconds is None:
        return "-"
    return (
        " / ".join(f"{value * 1000:,.{1 if value < 0.1 else 0}f}" for value in (statistics.median(seconds), p95(seconds)))
        + " ms"
    )


def must(question: Question) -> str:
    """What a question may cost, in words."""
    return f"{question.must.most} x raw SQL" if question.must.of == "raw" else f"{question.must.most:.0f} {question.must.of}"
