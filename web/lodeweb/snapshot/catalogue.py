"""The catalogue of a snapshot as JSON-LD: schema.org's DataCatalog with a Dataset for each collection and its files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from lodebase.history.dataset_state import Version
from lodebase.query.collections_ import Collection
from lodedata.messages import Translatable, languages
from lodedata.write import FORMATS
from lodeweb.i18n import labels

TAGS = {"en": "en", "zh": "zh-CN"}
MEDIA_TYPES = {form.suffix: form.media_type for form in FORMATS.values()}


def document(
    folder: Path,
    root: str,
    version: Version,
    listed: Sequence[Collection],
    files: Mapping[str, Sequence[str]],
    origins: Sequence[Mapping[str, Any]],
) -> bytes:
    """Return the catalogue; the addresses of files are relative to it."""
    licences = sorted({one["licence_url"] for one in origins if one["licence_url"]})
    body = {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "name": texts(labels.SITE_TITLE),
        "url": root,
        "version": str(version.number),
        "license": licences,
        "dataset": [
            {
                "@type": "Dataset",
                "@id": f"{root}/data/{one.name}",
                "name": texts(one.title),
                "description": texts(one.description),
                "version": str(version.number),
                "license": licences,
                "citation": [origin["citation"] for origin in origins],
                "distribution": [_distribution(folder / "data" / name) for name in files[one.name]],
            }
            for one in listed
        ],
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2)


def texts(text: Translatable) -> list[dict[str, str]]:
    """Return a text in each language."""
    return [{"@language": TAGS[lang], "@value": text.in_language(lang)} for lang in languages()]


def _distribution(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    media_type = MEDIA_TYPES[path.suffix]
    return {
        "@type": "DataDownload",
        "contentUrl": f"data/{path.name}",
        "encodingFormat": media_type,
        "contentSize": f"{size} B",
    }
