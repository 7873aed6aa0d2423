"""Files of whole collections that are made before anybody asks."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from lodebase.db.store import Store
from lodebase.download.ahead import COMMAND
from lodebase.download.spool import ABOUT
from lodedata.write import FORMATS
from lodeweb import ahead
from lodeweb.database import KEY

ROOT = "http://localhost"


def test_whole_collections_are_made_ahead_where_they_are_large(own_app: Callable[..., Flask], tmp_path: Path) -> None:
    small = own_app(LODE_SPOOL=tmp_path / "spool")
    assert list(ahead.made(small, ROOT)) == [], "what is small is made when it is asked for"
    rows = {
        name: small.test_client().get(f"/api/collections/{name}/items?limit=1").get_json()["numberMatched"] for name in NAMES
    }
    most = max(rows, key=lambda name: rows[name])
    app = own_app(LODE_SPOOL=tmp_path / "spool", LODE_AHEAD_FROM=rows[most])
    made = list(ahead.made(app, ROOT))
    languages = sum(2 for form in FORMATS.values() if form.words)
    assert len(made) == len(FORMATS) + languages and {one.query.collection for one in made} == {most}
    for form in FORMATS.values():
        for lang in ("", "?lang=zh") if form.words else ("",):
            told = app.test_client().head(f"/api/collections/{most}/download/{form.name}{lang}")
            assert told.content_length and "Digest" in told.headers, form.name
    assert list(ahead.made(app, ROOT)) == [], "each is made once a version"


def test_what_is_larger_than_was_thought_is_left_for_those_who_ask(
    own_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = own_app(LODE_SPOOL=tmp_path / "spool", LODE_AHEAD_FROM=1)
    everything = len(list(ahead.made(app, ROOT)))
    spool = app.extensions[KEY].spool
    files = [path for path in (spool.folder / "ready").iterdir() if path.suffix != ABOUT]
    sizes = sorted(path.stat().st_size for path in files)
    for path in files:
        path.unlink()
    # no file may be as large as the median
    monkeypatch.setattr(spool, "most_of_one", sizes[len(sizes) // 2] - 1)
    made = list(ahead.made(app, ROOT))
    assert 0 < len(made) < everything == len(files)
    assert len([path for path in (spool.folder / "ready").iterdir() if path.suffix != ABOUT]) == len(made)


def test_its_process_ends_by_itself_while_its_parent_lives(site_store: Store, tmp_path: Path) -> None:
    addresses = site_store.addresses
    environment = {
        **os.environ,
        "LODE_DATABASE_URL": addresses.owner.render_as_string(hide_password=False),
        "LODE_SITE_DATABASE_URL": addresses.site.render_as_string(hide_password=False),
        "LODE_SPOOL": str(tmp_path / "spool"),
        "LODE_HOME": str(tmp_path),
    }
    # what it reads from stays open
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        assert (process.wait(60), said) == (0, "")


NAMES = ("deposits", "discoveries", "projects")
