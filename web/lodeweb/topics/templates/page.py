"""The file of a workbook to fill in, in the language of the request."""

from lodebase.operations.formats import XLSX
from lodebase.topics.templates.operations import WORKBOOK, TemplateColumns
from lodedata.mapping.templates import TEMPLATES, write_template
from lodeweb.adapter.responses import Presentation
from lodeweb.i18n.language import language


def write_workbook(result: TemplateColumns) -> bytes:
    """Return the empty workbook of a template."""
    return write_template(TEMPLATES[result.name], language())


PRESENTATIONS = {WORKBOOK: Presentation(writers={XLSX: write_workbook})}
