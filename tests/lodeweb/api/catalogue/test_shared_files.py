"""Downloads of a site on several machines: a file that one made is served by another (``LODE_FILES_URL``)."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from lodebase.errors import BadSetting
from lodebase.settings import load

PATH = "/api/collections/deposits/download/csv"


def fetch(app: Flask, **headers: str) -> tuple[int, bytes, str | None]:
    """Return status, body and entity tag of a download."""
    with app.test_client().get(PATH, headers=headers) as response:
        return response.status_code, response.data, response.headers["ETag"]


def test_another_machine_serves_what_the_first_made(own_app: Callable[..., Flask], tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    machines = [own_app(LODE_SPOOL=str(tmp_path / name), LODE_FILES_URL=f"file://{shared}") for name in ("one", "two", "three")]
    status, made, tag = fetch(machines[0])
    assert status == 200 and len(made) > 1000
    machines[0].extensions["lode"].spool.shared.wait()
    (about,) = shared.glob("*.about")
    path = about.with_name(about.name.removesuffix(".about"))
    assert path.read_bytes() == made
    # a content that no machine makes shows where the second has the file from
    marked = made.replace(b"Field 1", b"Field X")
    path.write_bytes(marked)
    about.write_text(json.dumps(json.loads(about.read_text()) | {"sha256": hashlib.sha256(marked).hexdigest()}))
    assert fetch(machines[1]) == (200, marked, tag)
    assert fetch(machines[1], Range="bytes=3-9")[:2] == (206, marked[3:10])
    # a damaged file is made anew
    path.write_bytes(b"damaged")
    assert fetch(machines[2]) == (200, made, tag)


def test_an_address_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODE_FILES_URL", "ftp://files.example/lode")
    with pytest.raises(BadSetting, match="LODE_FILES_URL"):
        load()
