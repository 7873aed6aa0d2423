"""The catalogue of a snapshot as JSON-LD: schema.org's DataCatalog with a Dataset for each collection and its files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from lodebase.history.dataset_state import Version
from lodebase.query.collections_ import Collection
from lodedata.messages import Translatable, list_languages
from lodedata.write import FORMATS
from lodeweb.i18n import labels

TAGS = {"en": "en", "zh": "zh-CN"}
MEDIA_TYPES = {form.suffix: form.media_type for form in FORMATS.values()}


def build_snapshot_catalogue(
    folder: Path,
    root: str,
    version: Version,
    listed: Sequence[Collection],
    files: Mapping[str, Sequence[str]],
    origins: Sequence[Mapping[str, Any]],
) -> bytes:
    """Return the catalogue; the addresses of files are relative to it."""
    licences = sorted({origin["licence_url"] for origin in origins if origin["licence_url"]})
    body = {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "name": list_catalogue_texts(labels.SITE_TITLE),
        "url": root,
        "version": str(version.number),
        "license": licences,
        "dataset": [
            {
                "@type": "Dataset",
                "@id": f"{root}/data/{collection.name}",
                "name": list_catalogue_texts(collection.title),
                "description": list_catalogue_texts(collection.description),
                "version": str(version.number),
                "license": licences,
                "citation": [origin["citation"] for origin in origins],
                "distribution": [_build_distribution(folder / "data" / name) for name in files[collection.name]],
            }
            for collection in listed
        ],
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2)


def list_catalogue_texts(text: Translatable) -> list[dict[str, str]]:
    """Return a text in each language."""
    return [{"@language": TAGS[lang], "@value": text.in_language(lang)} for lang in list_languages()]


def _build_distribution(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    media_type = MEDIA_TYPES[path.suffix]
    return {
        "@type": "DataDownload",
        "contentUrl": f"data/{path.name}",
        "encodingFormat": media_type,
        "contentSize": f"{size} B",
    }
