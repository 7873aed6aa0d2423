"""A data set in ISO 19139 and ISO 19115-3, for catalogues of geodata; in Chinese by the profile GB/T 19710."""

from flask import render_template

from lodedata.messages import list_languages
from lodeweb.api.catalogue.dataset import DatasetDescription
from lodeweb.http.database import get_site
from lodeweb.i18n.language import get_language

FORMS = {"iso19139": "ISO 19139", "iso19115-3": "ISO 19115-3"}
XML = "application/xml"
ISO_639_2 = {"en": "eng", "zh": "zho"}


def write_iso_document(form: str, description: DatasetDescription) -> str:
    """Return the metadata of a data set in the language of the request, with title and abstract in the other one too."""
    lang = get_language()
    return render_template(
        f"iso/{form}.xml",
        dataset=description.dataset,
        sources=description.sources,
        extent=description.extent,
        contact=get_site().settings.contact,
        lang=lang,
        other=next(code for code in list_languages() if code != lang),
        languages=ISO_639_2,
        day=description.day,
        version=description.version,
        page=description.page,
        formats=description.dataset.forms,
        licences=description.licences,
        lineage="\n".join(source["citation"] for source in description.sources),
    )
