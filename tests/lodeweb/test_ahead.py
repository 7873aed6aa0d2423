"""Files of whole collections that are made before anybody asks."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from lodedata.write import FORMATS
from lodeweb import ahead

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


NAMES = ("deposits", "discoveries", "projects")
