"""Messages from the reading process to its client: a length, then JSON. Nothing else is accepted."""

import json
from collections.abc import Iterator
from typing import IO, Any

MAX_FRAME_BYTES = 256 * 2**20
"""Bytes of one frame; a longer one ends the job."""
HEAD_BYTES = 4


def write(stream: IO[bytes], kind: str, content: Any) -> None:
    """Send one frame."""
    data = json.dumps([kind, content], separators=(",", ":"), ensure_ascii=True).encode("ascii")
    stream.write(len(data).to_bytes(HEAD_BYTES, "big"))
    stream.write(data)
    stream.flush()


def read(stream: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield frames until the sender ends. Raises ValueError for bytes that are none."""
    while head := stream.read(HEAD_BYTES):
        size = int.from_bytes(head, "big")
        data = stream.read(size) if len(head) == HEAD_BYTES and size <= MAX_FRAME_BYTES else b""
        if len(data) != size or not data:
            raise ValueError("a frame was cut short")
        kind, content = json.loads(data)
        yield str(kind), content
