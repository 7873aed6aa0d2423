"""A data set in ISO 19139 and ISO 19115-3, for catalogues of geodata; in Chinese by the profile GB/T 19710."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request

from lodebase.history.dataset_state import Extent, Version
from lodedata.messages import list_languages
from lodeweb.api.catalogue.dataset import Dataset, find_version_day
from lodeweb.http.database import site
from lodeweb.i18n.language import language

FORMS = {"iso19139": "ISO 19139", "iso19115-3": "ISO 19115-3"}
XML = "application/xml"
ISO_639_2 = {"en": "eng", "zh": "zho"}


def write_iso_document(
    form: str, dataset: Dataset, version: Version, sources: Sequence[Mapping[str, Any]], extent: Extent | None
) -> str:
    """Return the metadata of a data set in the language of the request, with title and abstract in the other one too."""
    lang = language()
    return render_template(
        f"iso/{form}.xml",
        dataset=dataset,
        sources=sources,
        extent=extent,
        contact=site().settings.contact,
        lang=lang,
        other=next(code for code in list_languages() if code != lang),
        languages=ISO_639_2,
        day=find_version_day(version),
        version=str(version.number),
        page=f"{request.url_root}data/{dataset.name}",
        formats=dataset.forms,
        licences=sorted({source["licence_url"] or source["licence_name"] for source in sources}),
        lineage="\n".join(source["citation"] for source in sources),
    )
