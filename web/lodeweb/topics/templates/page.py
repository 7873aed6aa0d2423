"""The file of a workbook to fill in, in the language of the request."""

from lodebase.operations.formats import XLSX
from lodebase.topics.lists.list_overview import read_names
from lodebase.topics.templates.operations import WORKBOOK, TemplateColumns
from lodedata.mapping.templates import TEMPLATES, write_template
from lodeweb.adapter.responses import Presentation
from lodeweb.http.database import get_site
from lodeweb.i18n.language import get_language

LIST_COLUMN = "list"


def write_workbook(result: TemplateColumns) -> bytes:
    """Return the empty workbook of a template; a column of lists offers those of the store."""
    template, choices = TEMPLATES[result.name], {}
    if LIST_COLUMN in {column.name for column in template.columns}:
        choices[LIST_COLUMN] = {list_.code: list_.name for list_ in read_names(get_site().engine, get_site().figures).lists}
    return write_template(template, get_language(), choices)


PRESENTATIONS = {WORKBOOK: Presentation(writers={XLSX: write_workbook})}
