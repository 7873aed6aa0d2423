"""Measure the accuracy of each source's positions by their distances from other sources' positions of the same object.

Wants a store with all sources imported and joined. Prints, for each source and accuracy in use, the number of distances, the
share of them beyond the accuracy in use, and the radius that four of five keep.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np
import psycopg
from scipy.optimize import minimize

from lodebase import settings
from lodebase.db.store import open_upgraded_store
from lodedata.choice.criteria import COPY_KM, measure_distance_km

SHARE = 0.8
"""Share of distances that lie within the radii of both positions."""
MIN_PAIRS = 20
POSITIONS = """
SELECT served_id, source, (row ->> 'position_accuracy_m')::float8,
  ST_X((row ->> 'geom')::geometry), ST_Y((row ->> 'geom')::geometry)
FROM reported_record WHERE row ->> 'geom' IS NOT NULL AND row ->> 'position_accuracy_m' IS NOT NULL
ORDER BY served_id, record_id
"""
Class = tuple[str, float]
"""A source and an accuracy in metres that it states or that its mapping gives."""


def distances(connection: psycopg.Connection) -> Iterator[tuple[Class, Class, float]]:
    """Yield the distance in kilometres of each two positions of one object by different sources, without copies."""
    positions = defaultdict(list)
    for served_id, source, accuracy_m, lon, lat in connection.execute(POSITIONS):
        positions[served_id].append(((source, accuracy_m), (lon, lat)))
    for position in positions.values():
        for (one, here), (other, there) in combinations(position, 2):
            km = measure_distance_km(here, there)
            if one[0] != other[0] and km > COPY_KM:
                yield one, other, km


def fit_radii(pairs: list[tuple[Class, Class, float]], classes: list[Class]) -> Mapping[Class, float]:
    """Return the radius in kilometres of each class: SHARE of the distances lie within the root of both radii squared.

    Quantile regression of the logarithm of the distance; the radii are fitted together, as each distance has two errors.
    """
    number = {name: n for n, name in enumerate(classes)}
    used = [(number[a], number[b], km) for a, b, km in pairs if a in number and b in number]
    first, second, km = (np.array(column) for column in zip(*used, strict=True))

    def loss(logs: np.ndarray) -> float:
        both = 0.5 * np.log(np.exp(2 * logs[first]) + np.exp(2 * logs[second]))
        beyond = np.log(km) - both
        return float(np.maximum(SHARE * beyond, (SHARE - 1) * beyond).sum() + 0.01 * (logs**2).sum())

    start = np.log([max(0.5, accuracy_m / 1000) for _, accuracy_m in classes])
    fitted = minimize(loss, start, method="Powell", options={"maxiter": 20_000, "xtol": 1e-3, "ftol": 1e-6}).x
    return {name: float(np.exp(fitted[n])) for name, n in number.items()}


def main() -> None:
    """Print the table."""
    with open_upgraded_store(settings.load()) as store, psycopg.connect(store.importer) as connection:
        pairs = list(distances(connection))
    found = defaultdict(list)
    for one, other, km in pairs:
        found[one].append(km)
        found[other].append(km)
    classes = sorted(name for name, km in found.items() if len(km) >= MIN_PAIRS)
    radii = fit_radii(pairs, classes)
    print(
        "| source | accuracy in use, km | distances | beyond it | radius of four in five, km |\n| --- | --- | --- | --- | --- |"
    )
    for source, accuracy_m in classes:
        km = np.array(found[source, accuracy_m])
        beyond = float((km > accuracy_m / 1000).mean())
        print(f"| {source} | {accuracy_m / 1000:.1f} | {len(km)} | {beyond:.0%} | {radii[source, accuracy_m]:.1f} |")


if __name__ == "__main__":
    main()
