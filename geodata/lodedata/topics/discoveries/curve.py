"""The discovery curve: deposits and metal found by decade, their running totals, and the size of finds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Find:
    """A deposit with its group, its year of discovery and its metal in tonnes; what is not known is None."""

    deposit: str
    group: str | None
    year: int | None
    metal_t: float | None


@dataclass(frozen=True, slots=True)
class Decade:
    """The finds of a group in a decade. Metal is that of the finds with a figure, None if none has one."""

    group: str | None
    decade: int
    """The first year, such as 1970."""
    deposits: int
    with_metal: int
    metal_t: float | None
    mean_metal_t: float | None
    median_metal_t: float | None
    deposits_so_far: int
    metal_so_far_t: float
    """The metal of all finds of the group until the end of the decade, as far as it is known."""


def count_decades(finds: Iterable[Find]) -> tuple[Decade, ...]:
    """Return the decades with a find of each group, in order of group and time; finds without a year are left out."""
    groups: dict[str | None, list[Find]] = {}
    for find in finds:
        if find.year is not None:
            groups.setdefault(find.group, []).append(find)
    ordered = sorted(groups, key=lambda group: (-len(groups[group]), group or ""))
    return tuple(decade for group in ordered for decade in _count_decades(group, groups[group]))


def _count_decades(group: str | None, finds: Sequence[Find]) -> Iterator[Decade]:
    of_decade: dict[int, list[Find]] = {}
    for find in finds:
        assert find.year is not None
        of_decade.setdefault(find.year // 10 * 10, []).append(find)
    deposits, metal = 0, 0.0
    for decade, decade_finds in sorted(of_decade.items()):
        tonnages = [find.metal_t for find in decade_finds if find.metal_t is not None]
        deposits, metal = deposits + len(decade_finds), metal + sum(tonnages)
        yield Decade(
            group,
            decade,
            len(decade_finds),
            len(tonnages),
            sum(tonnages) if tonnages else None,
            sum(tonnages) / len(tonnages) if tonnages else None,
            median(tonnages) if tonnages else None,
            deposits,
            metal,
        )
