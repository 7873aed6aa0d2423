"""Operations on workbooks to fill in: which there are, and the workbook of one with its columns."""

from dataclasses import dataclass
from typing import Annotated

from lodebase.field_types import Choice
from lodebase.operations.formats import CSV, HTML, JSON, XLSX
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodedata.mapping.templates import KEY, TEMPLATES, Template
from lodedata.messages import Label, msg


@dataclass(frozen=True, slots=True)
class TemplateSummary:
    """A workbook to fill in: its name, what its rows are, the record kind, and the number of its columns."""

    name: str
    label: Label
    kind: str
    columns: int


@dataclass(frozen=True, slots=True)
class TemplateList:
    """The workbooks to fill in, in the order in which the desk offers them."""

    templates: tuple[TemplateSummary, ...]


@dataclass(frozen=True, slots=True)
class TemplateHeading:
    """A column of a workbook: its heading, the code list of its terms, whether it is required, and an example."""

    label: Label
    vocabulary: str | None
    required: bool
    example: Label


@dataclass(frozen=True, slots=True)
class TemplateColumns:
    """The columns of a workbook to fill in, the key first."""

    name: str
    label: Label
    columns: tuple[TemplateHeading, ...]
    dataset_version: int
    """The version whose condition lists the file offers."""


class WorkbookParameters(Parameters):
    """The workbook."""

    template: Annotated[str, Choice(tuple(TEMPLATES), msg("The workbook to fill in."))]


def list_templates(_services: OperationServices, _parameters: Parameters) -> TemplateList:
    """Return the workbooks to fill in."""
    return TemplateList(tuple(_build_summary(template) for template in TEMPLATES.values()))


def describe_workbook(services: OperationServices, parameters: WorkbookParameters) -> TemplateColumns:
    """Return the columns of a workbook. Raises the errors of reading."""
    template = TEMPLATES[parameters.template]
    key = TemplateHeading(KEY, None, True, Label("X-1", "X-1"))
    columns = (TemplateHeading(column.title, column.vocabulary, column.required, column.example) for column in template.columns)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
    return TemplateColumns(template.name, _label(template), (key, *columns), version)


def _build_summary(template: Template) -> TemplateSummary:
    return TemplateSummary(template.name, _label(template), template.kind, len(template.columns) + 1)


def _label(template: Template) -> Label:
    return Label(template.title.in_language("en"), template.title.in_language("zh"))


LIST = Operation(
    "templates.list",
    "/api/templates",
    msg("Workbooks to fill in"),
    msg("The workbooks that are filled in and imported without a mapping"),
    Parameters,
    run=list_templates,
    result=TemplateList,
    formats=(JSON, HTML, CSV),
    rows=lambda result: result.templates,
    row=TemplateSummary,
    varies_by=(),
    command=True,
)
WORKBOOK = Operation(
    "templates.workbook",
    "/api/templates/workbook",
    msg("Workbook to fill in"),
    msg("A workbook to fill in with headings, units, lists of terms, an example and notes, or its columns as data"),
    WorkbookParameters,
    run=describe_workbook,
    result=TemplateColumns,
    formats=(JSON, XLSX, CSV),
    rows=lambda result: result.columns,
    row=TemplateHeading,
    varies_by=("version",),
    file_name="lode-template",
)
OPERATIONS = (LIST, WORKBOOK)
