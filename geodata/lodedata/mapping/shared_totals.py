"""Totals that several rows of a source repeat: the first row keeps the total, the others name it."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lodedata.mapping.reading import Reading
from lodedata.records import Phase, Project


@dataclass(frozen=True, slots=True)
class SharedReading:
    """A reading and what it has in common with the other rows of the same total, None if its capacity is its own."""

    reading: Reading
    total: Hashable | None


def mark_shared_totals(rows: Iterable[SharedReading]) -> Iterator[Reading]:
    """Yield the readings in their order; of the rows of one total only the first has a converted capacity.

    The first names the others as ``shared_with``. The others have the figure as it is reported, without a factor, and the
    name of the first as ``included_in``. A row without a figure belongs to no total.
    """
    every = list(rows)
    totals: dict[Hashable, list[int]] = {}
    for number, row in enumerate(every):
        if row.total is not None and _get_capacity(row.reading) is not None:
            totals.setdefault(row.total, []).append(number)
    readings = [row.reading for row in every]
    for members in totals.values():
        if len(members) > 1:
            _share(readings, members)
    yield from readings


def _share(readings: list[Reading], members: Sequence[int]) -> None:
    first, *others = members
    names = list(dict.fromkeys(_get_project(readings[number]).name for number in members))
    holder = _get_project(readings[first]).name
    readings[first] = _replace_phase(readings[first], shared_with=tuple(name for name in names if name != holder))
    for number in others:
        readings[number] = _replace_phase(readings[number], included_in=holder)


def _get_capacity(reading: Reading) -> float | None:
    project = _get_project(reading) if reading.records else None
    quantity = project.phases[0].capacity if project is not None and project.phases else None
    return None if quantity is None else quantity.reported


def _get_project(reading: Reading) -> Project:
    project = reading.records[0]
    assert isinstance(project, Project)
    return project


def _replace_phase(reading: Reading, shared_with: tuple[str, ...] = (), included_in: str | None = None) -> Reading:
    project = _get_project(reading)
    phase, *others = project.phases
    assert phase.capacity is not None
    factor = phase.capacity.factor if included_in is None else None
    shared: Phase = replace(
        phase, capacity=replace(phase.capacity, factor=factor), shared_with=shared_with, included_in=included_in
    )
    return replace(reading, records=(replace(project, phases=(shared, *others)), *reading.records[1:]))
