"""Files that arrive at the desk in parts, as requests are limited to 1 MB; each is owned by a row of another table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from lodebase.db.schema.desk_tables import PART_BYTES
from lodebase.errors import BadQuery
from lodedata.messages import Translatable, msg

MAX_FILE_NAME_BYTES = 200
"""Bytes of a file's name, of which file systems take 255; an ideograph has three."""
_UNSAFE = re.compile(r"[^\w.() \u00b7-]")


@dataclass(frozen=True, slots=True)
class FilePart:
    """A part of a file of ``size`` bytes, from the byte ``position``."""

    size: int
    position: int
    content: bytes


def clean_file_name(file_name: str) -> str:
    """Return the name of a file without folders and unsafe characters. Raise BadQuery if nothing is left."""
    name = _UNSAFE.sub("_", file_name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    name = name.encode()[-MAX_FILE_NAME_BYTES:].decode(errors="ignore")
    if not name:
        raise BadQuery("file", file_name[:40], msg("Choose a file with a name."))
    return name


def require_size(size: int, most: int, remedy: Translatable) -> None:
    """Raise BadQuery, with a remedy, for a file that is empty or has more bytes than allowed."""
    if not 1 <= size <= most:
        raise BadQuery(
            "file",
            str(size),
            msg(
                "The file has %(size)s bytes. The desk takes 1 byte to %(most)s MB. %(remedy)s",
                size=f"{size:,}",
                most=most >> 20,
                remedy=remedy,
            ),
        )


def add(connection: Connection, owner: Column[int], number: int, part: FilePart) -> int:
    """Store a part of a file and return how many bytes are there. Raise BadQuery for a part that does not fit."""
    if not part.content or len(part.content) > PART_BYTES or not 0 <= part.position <= part.size - len(part.content):
        raise BadQuery(
            "position",
            str(part.position),
            msg(
                "A part of the file has 1 byte to %(most)s bytes and lies within its %(size)s bytes.",
                most=f"{PART_BYTES:,}",
                size=f"{part.size:,}",
            ),
        )
    row = {owner.name: number, "position": part.position, "content": part.content}
    connection.execute(insert(owner.table).values(row).on_conflict_do_nothing())
    total = func.coalesce(func.sum(func.length(owner.table.c.content)), 0)
    return int(connection.execute(select(total).where(owner == number)).scalar_one())


def read_file_parts(connection: Connection, owner: Column[int], number: int) -> Iterator[bytes]:
    """Yield the parts of a file in order."""
    table = owner.table
    statement = select(table.c.content).where(owner == number).order_by(table.c.position)
    yield from connection.execute(statement, execution_options={"yield_per": 8}).scalars()
