"""What lists are made of is read into memory as the site starts, in the background; else who asks first waits for the disk."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from lodebase.db import prepared_tables

EXTENSION = "pg_prewarm"
"""What reads, a part of PostgreSQL; a database that lacks it is not read ahead."""
BLOCKS = 16_384
"""Read by one statement: 128 MB of blocks of 8 KB, between which the reading can be ended."""
MEMORY = """
SELECT (SELECT count(*) FROM pg_extension WHERE extname = %s), current_setting('block_size')::bigint,
  pg_size_bytes(current_setting('shared_buffers')), pg_size_bytes(current_setting('effective_cache_size'))
"""
RELATIONS = """
SELECT r.oid::text, pg_relation_size(r.oid)
FROM unnest(%(tables)s::text[]) WITH ORDINALITY AS wanted(name, nth)
JOIN pg_class t ON t.oid = to_regclass('lode.' || wanted.name)
JOIN LATERAL (
  SELECT t.oid, true AS heap UNION ALL SELECT t.reltoastrelid, true WHERE t.reltoastrelid <> 0
  UNION ALL SELECT indexrelid, false FROM pg_index WHERE indrelid IN (t.oid, t.reltoastrelid)
) r ON true
ORDER BY wanted.name = ANY(%(features)s) AND r.heap, wanted.nth, r.heap
"""
"""Counts and all indexes before the features, which are the largest; by number, as TOAST has no name for the owner."""
READ = "SELECT pg_prewarm(%s::regclass, %s, 'main', %s, %s)"

Relation = tuple[str, int]
"""A table or an index, and its blocks."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some blocks of a relation, and whether they go to the server's memory (``buffer``) or the system's (``read``)."""

    relation: str
    mode: str
    first: int
    last: int


def fill(address: str, over: threading.Event, say: Callable[[str], None]) -> None:
    """Read it once, unless it is ``over`` before."""
    begun, read = time.monotonic(), 0
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            there, block, server, whole = _row(connection, MEMORY, (EXTENSION,))
            if not there:
                return
            features = [table.name for table in prepared_tables.FEATURES.values()]
            counts = [table.name for table in prepared_tables.COUNTS]
            wanted = connection.execute(RELATIONS, {"tables": [*counts, *features], "features": features}).fetchall()
            for piece in pieces(((name, size // block) for name, size in wanted), server // block, whole // block):
                if over.is_set():
                    return
                read += _row(connection, READ, (piece.relation, piece.mode, piece.first, piece.last))[0]
    except psycopg.Error as error:
        if not over.is_set():
            say(f"memory: what lists are made of could not be read ahead ({str(error).strip().splitlines()[0]})")
        return
    say(f"memory: {read * block / 1e6:,.1f} MB of what lists are made of, read in {time.monotonic() - begun:.1f} s")


def pieces(relations: Iterable[Relation], server: int, whole: int) -> Iterator[Piece]:
    """What is read, in order: as many blocks as the server's own memory has go there, and the rest, up to the ``whole`` of what
    the server may count on, to the system's."""
    done = 0
    for name, blocks in relations:
        first = 0
        while first < blocks and done < whole:
            mode, end = ("buffer", server) if done < server else ("read", whole)
            n = min(blocks - first, end - done, BLOCKS)
            yield Piece(name, mode, first, first + n - 1)
            first, done = first + n, done + n


def _row(connection: psycopg.Connection[tuple[Any, ...]], statement: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
    row = connection.execute(statement.encode(), values).fetchone()
    assert row is not None
    return row
