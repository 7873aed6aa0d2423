"""The pages of a snapshot, in each language: the index with the map, the list of a collection, a record."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask, render_template

from lodebase.history.dataset_state import Version
from lodebase.query.collections_ import Collection
from lodedata.messages import list_languages, msg
from lodeweb.i18n import labels, language
from lodeweb.i18n.language import translate_message

README = "README.md"
READ = (
    msg("Lode: static snapshot of version %(number)s of the data of %(root)s."),
    msg(
        "Open `index.html` on any web server, for example with `python -m http.server` in this folder. "
        "Pages and map need nothing else."
    ),
    msg(
        "The PMTiles files in `data` are read in parts: the server must send ranges, as nginx, Apache and Caddy do and "
        "`python -m http.server` does not. Pages of other sites read the files only if the server allows their origin (CORS)."
    ),
    msg(
        "Check the files with `sha256sum --check SHA256SUMS`. `catalogue.jsonld` describes them. "
        "Each source has a licence of its own; cite the sources as the index states."
    ),
)
"""The paragraphs of the readme."""


class SnapshotPages:
    """Writes pages below a folder for each language; every link is relative."""

    def __init__(
        self,
        folder: Path,
        root: str,
        version: Version,
        listed: Sequence[Collection],
        files: Mapping[str, Sequence[str]],
        origins: Sequence[Mapping[str, Any]],
    ) -> None:
        self._folder, self._listed, self._origins = folder, listed, origins
        self._root, self._version = root, version
        self._app = Flask("lodeweb", template_folder="templates")
        language.register(self._app)
        self._app.jinja_env.globals.update(language=language.get_language, translated=translate_message)
        self._app.jinja_env.filters["localized"] = language.localize_field
        self._shared = {"root": root, "version": version, "origins": origins, "files": files}

    def write_records(self, collection: Collection, features: Sequence[Mapping[str, Any]]) -> None:
        """Write the list of a collection and the page of each of its records."""
        titles = {origin["name"]: origin for origin in self._origins}
        for lang in list_languages():
            rows = []
            with self._app.test_request_context(f"/?lang={lang}"):
                folder = self._folder / lang / collection.name
                folder.mkdir(parents=True)
                for feature in features:
                    stated = feature["properties"]
                    name = labels.record_name(stated, feature["id"])
                    rows.append((feature["id"], name, _summarize_record(collection, stated, lang)))
                    more = {
                        "values": _list_values(collection, stated, lang),
                        "position": labels.format_position(feature["geometry"]),
                        "used": [titles[source] for source in stated.get("sources") or () if source in titles],
                    }
                    page = self._render("record", 2, name, collection=collection, identity=feature["id"], **more)
                    (folder / f"{feature['id']}.html").write_text(page, encoding="utf-8")
                listed = self._render("collection", 2, translate_message(collection.title), collection=collection, rows=rows)
                (folder / "index.html").write_text(listed, encoding="utf-8")

    def write_indexes(self, counts: Mapping[str, int], left_out: Mapping[str, int]) -> None:
        """Write the first page, the page of each language and the readme."""
        sizes = {path.name: path.stat().st_size for path in (self._folder / "data").iterdir()}
        for lang in list_languages():
            with self._app.test_request_context(f"/?lang={lang}"):
                more = {"listed": self._listed, "counts": counts, "left_out": left_out, "sizes": sizes}
                page = self._render("index", 1, translate_message(labels.SITE_TITLE), **more)
                (self._folder / lang / "index.html").write_text(page, encoding="utf-8")
        with self._app.test_request_context("/"):
            (self._folder / "index.html").write_text(self._render("start", 0, "Lode"), encoding="utf-8")
        filled = [part.filled(number=self._version.number, root=self._root) for part in READ]
        paragraphs = [part.in_language(lang) for lang in list_languages() for part in filled]
        (self._folder / README).write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")

    def _render(self, name: str, depth: int, title: str, **more: Any) -> str:
        return render_template(f"snapshot/{name}.html", up="../" * depth, title=title, **self._shared, **more)


def _summarize_record(collection: Collection, stated: Mapping[str, Any], lang: str) -> str:
    shown = [collection.field(name) for name in ("main_commodity", "country")]
    return " · ".join(
        labels.format_value_text(field, stated.get(field.name), lang) for field in shown if field and stated.get(field.name)
    )


def _list_values(collection: Collection, stated: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """Return the title and the text of each field that has a value."""
    fields = [field for field in collection.fields if field.name != "sources"]
    field_texts = [(field, labels.format_value_text(field, stated.get(field.name), lang)) for field in fields]
    return [(labels.title_field(field, lang), text) for field, text in field_texts if text]
