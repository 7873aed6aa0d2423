"""Draw pairs of source rows to label from a store with all sources, and print them as CSV without a label.

The pairs are the candidate pairs and the pairs that are served as one record or as two linked ones, without those that are
labelled already. Each of four strata is drawn at random over the kinds and sources of both rows in turn, so that a rare
combination of sources is not lost; no record is drawn more than twice.
"""

import csv
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

import psycopg

from lodebase import settings
from lodebase.db.store import open_upgraded_store
from lodebase.resolve.candidates import find_candidate_pairs
from lodebase.resolve.facts import EVERY, parse_facts_json
from lodebase.resolve.measure import SERVED, read_labelled_pairs
from lodedata.matching import MatchRecord, match_records

STRATA = {"joined": 0.3, "linked": 0.2, "nearly joined": 0.35, "not joined": 0.15}
"""The share of each stratum in the pairs to draw."""
MIN_PROBABILITY = 0.05
"""From this probability on, a pair that is not joined is nearly joined."""
MAX_OF_ONE = 2
COLUMNS = ("stratum", "a_source", "a_key", "a_name", "b_source", "b_key", "b_name")
Pair = tuple[MatchRecord, MatchRecord]


def main() -> None:
    """Draw pairs; the arguments are their number and the seed."""
    count, seed = map(int, sys.argv[1:])
    with open_upgraded_store(settings.load()) as store, psycopg.connect(store.importer) as connection:
        strata = stratify(connection)
    rng = random.Random(seed)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    times: Counter[str] = Counter()
    for stratum, share in STRATA.items():
        print(f"{stratum}: {len(strata[stratum])} pairs", file=sys.stderr)
        for a, b in draw(strata[stratum], round(count * share), rng, times):
            writer.writerow((stratum, *row(a), *row(b)))


def row(record: MatchRecord) -> tuple[str, str, str]:
    """Return source, key and name of a record's first row."""
    return (*min(record.own), (record.names or ("",))[0])


def stratify(connection: psycopg.Connection) -> dict[str, list[Pair]]:
    """Return the pairs of each stratum."""
    every = [identity for (identity,) in connection.execute(EVERY)]
    records = {
        record.id: record
        for record in map(parse_facts_json, (text for (text,) in connection.execute("SELECT facts::text FROM match_side")))
    }
    rows = {(source, key): served for source, key, served in connection.execute(SERVED)}
    served = {identity: rows[min(record.own)] for identity, record in records.items()}
    linked = {frozenset(ends) for ends in connection.execute("SELECT from_id, to_id FROM link")}
    known = {frozenset((pair.a, pair.b)) for pair in read_labelled_pairs()}
    strata: dict[str, list[Pair]] = defaultdict(list)
    for first, second in sorted(find_candidate_pairs(connection, every) | set(served_pairs(served, linked))):
        if first not in records or second not in records:
            continue
        a, b = records[first], records[second]
        if frozenset((min(a.own), min(b.own))) not in known:
            strata[stratum_of(a, b, served, linked)].append((a, b))
    return strata


def served_pairs(served: dict[str, str], linked: Iterable[frozenset[str]]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of records that are served as one or as two linked records, the lesser id first."""
    members = defaultdict(list)
    for identity, of in served.items():
        members[of].append(identity)
    for group in members.values():
        yield from combinations(sorted(group), 2)
    for ends in linked:
        if len(ends) == 2:
            one, other = (members.get(end, []) for end in sorted(ends))
            yield from (tuple(sorted((a, b))) for a in one for b in other)  # type: ignore[misc]


def stratum_of(a: MatchRecord, b: MatchRecord, served: dict[str, str], linked: set[frozenset[str]]) -> str:
    """Return the stratum of a pair."""
    if served[a.id] == served[b.id]:
        return "joined"
    if frozenset((served[a.id], served[b.id])) in linked:
        return "linked"
    return "nearly joined" if match_records(a, b).probability >= MIN_PROBABILITY else "not joined"


def draw(pairs: list[Pair], count: int, rng: random.Random, times: Counter[str]) -> Iterator[Pair]:
    """Yield pairs at random, one of each combination of kinds and sources in turn."""
    cells = defaultdict(list)
    for a, b in pairs:
        cells[tuple(sorted(((a.kind, a.source), (b.kind, b.source))))].append((a, b))
    for cell in cells.values():
        rng.shuffle(cell)
    drawn = 0
    while drawn < count and cells:
        for name in sorted(cells):
            if not cells[name]:
                del cells[name]
                continue
            a, b = cells[name].pop()
            if max(times[a.id], times[b.id]) >= MAX_OF_ONE or drawn >= count:
                continue
            times.update((a.id, b.id))
            drawn += 1
            yield a, b


if __name__ == "__main__":
    main()
