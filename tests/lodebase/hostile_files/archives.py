"""Hostile archives."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.lodebase.hostile_files.case import MIB, Case, Target, write_content, zip_entries


def list_zip_cases(target: Target) -> Iterator[Case]:
    bomb = zip_entries({"a.shp": bytes(60 * MIB)})
    yield "zip-bomb.zip", write_content(bomb)
    yield "zip-many-small-bombs.zip", write_content(zip_entries({f"{i}.shp": bytes(9 * MIB) for i in range(40)}))
    yield "zip-nested.zip", write_content(zip_entries({"a.zip": bomb, "a.shp": bomb}))
    yield "zip-many.zip", write_content(zip_entries({f"{i}.shp": b"" for i in range(10_001)}, zipfile.ZIP_STORED))
    for number, name in enumerate(
        ("../a.shp", "/a.shp", "C:\\a.shp", "a/../../b.shp", "..\\a.shp", "./a.shp", "a\0.shp", "{a}.shp")
    ):
        yield f"zip-path-{number}.zip", write_content(zip_entries({name: b"x"}))
    yield "zip-link.zip", write_content(_with_link(target.secret))
    yield "zip-cut.zip", write_content(bomb[: len(bomb) // 2])
    yield "zip-comment.zip", write_content(b"PK\x05\x06" + bytes(16) + b"\xff\xff" + b"x" * 65_535)
    yield "zip-lie.zip", write_content(bomb.replace((60 * MIB).to_bytes(4, "little"), (4).to_bytes(4, "little")))
    yield "zip-head-alone.zip", write_content(b"PK\x03\x04")
    yield "zip-twice.zip", write_content(_twice())
    yield "zip-shp-folder.zip", write_content(zip_entries({"a.shp/": b"", "a.shp/b.shp": b"x"}))
    yield "zip-vsi-name.zip", write_content(zip_entries({f"vsicurl/{target.address}/a.shp": b"x"}))


def _with_link(secret: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("a.shp")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(secret))
    return made.getvalue()


def _twice() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("a.shp", "b.shp"):
            archive.writestr(name, b"x")
        archive.filelist[1].filename = "a.shp"
    return made.getvalue()
