"""The forms of the desk for one record: their fields, what is wrong with the values, and the table that an import reads."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from lodedata import sources
from lodedata.cells import Unreadable, parse_partial_date
from lodedata.kinds import KINDS, Field
from lodedata.mapping import Reading, Tally
from lodedata.mapping.tables import read_table
from lodedata.messages import Label, Message, msg
from lodedata.problems import Problem
from lodedata.rights.entered_outline import OutlineUnreadable, read_outline, resolve_stated_system
from lodedata.vocab import describe_unknown_term

MAX_ENTRY_CHARACTERS = 1_000
MAX_CORNERS_LENGTH = 100_000
ACCEPTED = ("polygon-missing", "datum-uncertain", "area-disagrees")
"""Rules that mark a record that is entered all the same; any other problem is corrected first."""
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with a field of a form; ``field`` is empty for the form as a whole."""

    field: str
    message: Message | Problem

    def sentence(self, language: str) -> str:
        """Return the sentence in a language."""
        return self.message.in_language(language) if isinstance(self.message, Message) else self.message.sentence(language)


@dataclass(frozen=True, slots=True)
class RecordForm:
    """A form: the record kind, the source of what it enters, the names of its fields in order, and which are required."""

    name: str
    kind: str
    source: str
    file: str
    title: Message
    fields: tuple[str, ...]
    required: tuple[str, ...]
    own: Mapping[str, Field] = field(default_factory=dict)
    """Fields of the form that its kind does not have."""

    def declared(self) -> Iterator[Field]:
        """Yield the declaration of each field, in order."""
        of_kind = {declaration.name: declaration for declaration in KINDS[self.kind].fields}
        for name in self.fields:
            yield self.own.get(name) or of_kind[name]

    def max_characters(self, name: str) -> int:
        """Return how many characters a field may have."""
        return MAX_CORNERS_LENGTH if name == "corners" else MAX_ENTRY_CHARACTERS


RIGHTS = RecordForm(
    "rights",
    "mining_right",
    "right-form",
    "lode-right.csv",
    msg("Mining rights"),
    (
        *("right_kind", "status", "right_no", "name_zh", "name_en", "holder", "holder_uscc", "commodities"),
        *("applied_on", "granted_on", "valid_from", "valid_to", "granting_authority", "act"),
        *("country", "division", "location", "crs", "utm_zone", "corners", "area_km2_reported"),
        *("information_date", "note_zh", "note_en"),
    ),
    ("right_kind", "status", "holder", "commodities", "country"),
    {
        "crs": Field("crs", "Reference system of the corner points", "拐点坐标的坐标系"),
        "utm_zone": Field("utm_zone", "UTM zone", "UTM 带号"),
        "corners": Field("corners", "Corner points", "拐点坐标"),
    },
)
MILESTONES = RecordForm(
    "milestones",
    "milestone",
    "milestone-form",
    "lode-milestone.csv",
    msg("Milestones of projects"),
    (
        *("project", "phase", "milestone_type", "date_is", "date", "dates_reported"),
        *("cited", "page", "grade", "information_date", "authority", "act"),
    ),
    ("project", "milestone_type", "date_is", "date", "cited", "page", "grade", "information_date"),
    {
        "project": Field("project", "Project: its name, or the address of its page", "项目：名称或其页面地址"),
        "date_is": Field("date_is", "The date is", "日期性质"),
        "date": Field("date", "Date", "日期", partial_date=True),
        "dates_reported": Field("dates_reported", "Date as the source prints it", "日期(原文)"),
        "cited": Field("cited", "Source: title and page number", "来源：名称和页码"),
        "page": Field("page", "Address of the source's page", "来源网页地址"),
        "information_date": Field("information_date", "Day of the source", "来源日期", partial_date=True),
    },
)
FORMS: Mapping[str, RecordForm] = {form.name: form for form in (RIGHTS, MILESTONES)}
"""The forms by their name, which is in their address."""
_FIELD_OF_COLUMN = {"baseline_date": "date", "expected_date": "date", "actual_date": "date", "project_source": "project"}
DATE_IS: Mapping[str, Label] = {
    "planned": Label("planned", "计划日期"),
    "actual": Label("actual", "实际日期"),
}
"""Whether the date of a milestone is a plan or a fact."""
_FIELD_OF_RULE = {"ring-unreadable": "corners", "no-known-commodity": "commodities", "validity-reversed": "valid_to"}
_FIELD_OF_RULE |= {"area-disagrees": "area_km2_reported"}


def find_problems(form: RecordForm, values: Values) -> list[FieldProblem]:
    """Return what is wrong with the values of a form, in the order of its fields: what an import would refuse or leave out."""
    problems = list(_check_form(form, values))
    wrong = {field_problem.field for field_problem in problems}
    for problem in _find_import_problems(form, values):
        column = _find_problem_field(form, values, problem)
        if problem.rule not in ACCEPTED and column not in wrong:
            problems.append(FieldProblem(column, _describe_problem(problem)))
    order = {name: at for at, name in enumerate(form.fields)}
    return sorted(problems, key=lambda field_problem: order.get(field_problem.field, len(order)))


def find_remarks(form: RecordForm, values: Values) -> list[FieldProblem]:
    """Return what marks the record of valid values without refusing it, such as an area that disagrees with the corners."""
    problems = _find_import_problems(form, values)
    return [
        FieldProblem(_find_problem_field(form, values, problem), problem) for problem in problems if problem.rule in ACCEPTED
    ]


def write_table(form: RecordForm, folder: Path, key: str, values: Values) -> None:
    """Write the table of one record into a folder."""
    row = {"key": key, **_build_row(form, values)}
    with (folder / form.file).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(row))
        writer.writeheader()
        writer.writerow(row)


def read_record(form: RecordForm, folder: Path, values: Values, tally: Tally) -> Iterator[Reading]:
    """Yield the readings of the table in a folder, with corner points in the system of the values."""
    source = sources.load_source(form.source)
    (spec,) = source.tables
    if spec.position is not None and values.get("corners"):
        system = resolve_stated_system(values.get("crs", ""), values.get("utm_zone", ""))
        spec = spec.model_copy(update={"position": spec.position.model_copy(update={"crs": system})})
    yield from read_table(source, spec, folder / form.file, tally)


def _build_row(form: RecordForm, values: Values) -> dict[str, str]:
    """Return the cells of the table by column; those of a milestone follow from whether its date is a plan."""
    if form is RIGHTS:
        return {name: values.get(name, "") for name in form.fields if name not in ("crs", "utm_zone")}
    same = ("name_zh", "name_en", "project_source", "phase", "milestone_type", "grade", "page", "authority", "act")
    row = {name: values.get(name, "") for name in (*same, "information_date")}
    planned, baseline = values.get("date_is") == "planned", values.get("baseline_date", "")
    day = values.get("date", "")
    printed = "; ".join(filter(None, (values.get("dates_reported"), values.get("cited"), values.get("information_date"))))
    return row | {
        "project": values.get("project_key", ""),
        "milestone_status": "not-started" if planned else "done",
        "baseline_no": "1" if baseline else "",
        "baseline_date": baseline,
        "expected_date": day if planned and day != baseline else "",
        "actual_date": "" if planned else day,
        "dates_reported": printed,
    }


def _check_form(form: RecordForm, values: Values) -> Iterator[FieldProblem]:
    """Yield what the form requires beyond an import."""
    for declaration in form.declared():
        value = values.get(declaration.name, "")
        if declaration.name in form.required and not value:
            yield FieldProblem(declaration.name, msg("This field is required: %(field)s.", field=declaration.title))
        elif len(value) > form.max_characters(declaration.name):
            longest = f"{form.max_characters(declaration.name):,}"
            too_long = msg(
                "%(field)s is longer than %(longest)s characters. Shorten it.", field=declaration.title, longest=longest
            )
            yield FieldProblem(declaration.name, too_long)
        elif declaration.partial_date and value and not _is_date(value):
            wrong = msg("%(value)s is not a date. Write 2027, 2027-06 or 2027-06-30.", value=value[:40])
            yield FieldProblem(declaration.name, wrong)
    yield from _check_right(values) if form is RIGHTS else _check_milestone(values)


def _check_right(values: Values) -> Iterator[FieldProblem]:
    if not (values.get("right_no") or values.get("name_zh") or values.get("name_en")):
        yield FieldProblem("right_no", msg("Enter the licence or file number, or a name."))
    if values.get("corners"):
        try:
            read_outline(values["corners"], values.get("crs", ""), values.get("utm_zone", ""))
        except OutlineUnreadable as error:
            yield FieldProblem(error.field, error.message)


def _check_milestone(values: Values) -> Iterator[FieldProblem]:
    page, phase = values.get("page", ""), values.get("phase", "")
    if page and not page.startswith(("https://", "http://")):
        yield FieldProblem("page", msg("An address begins with https:// or http://."))
    if phase and not (phase.isascii() and phase.isdigit() and 0 < int(phase[:4]) < 100 and len(phase) < 4):
        yield FieldProblem("phase", msg("%(value)s is not the number of a phase. Write 1, 2 or 3.", value=phase[:20]))
    if values.get("date_is", "planned") not in DATE_IS:
        yield FieldProblem("date_is", msg("Choose whether the date is planned or actual."))
    published, day = values.get("information_date", ""), values.get("date", "")
    shorter = min(len(published), len(day))
    if values.get("date_is") == "actual" and day[:shorter] > published[:shorter] and _is_date(day) and _is_date(published):
        later = msg("The date %(day)s is after the source of %(published)s, so it is a plan. Correct one of them.")
        yield FieldProblem("date", later.filled(day=day, published=published))


def _is_date(text: str) -> bool:
    try:
        return parse_partial_date(text) is not None
    except Unreadable:
        return False


def _find_import_problems(form: RecordForm, values: Values) -> Sequence[Problem]:
    """Return the problems of the table that the values give, none of the corner points where their system is wrong."""
    readable = dict(values)
    if form is RIGHTS:
        try:
            resolve_stated_system(values.get("crs", ""), values.get("utm_zone", ""))
        except OutlineUnreadable:
            readable["corners"] = ""
    with TemporaryDirectory(prefix="lode-entry-") as name:
        folder = Path(name)
        write_table(form, folder, "1", readable)
        readings = read_record(form, folder, readable, Tally())
        return [problem for reading in readings for problem in reading.problems]


def _describe_problem(problem: Problem) -> Message | Problem:
    """Return the sentence for a problem; a word that an import would leave empty is corrected here."""
    if problem.rule == "unknown-term":
        return describe_unknown_term(str(problem.detail["vocabulary"])).filled(value=problem.value[:40])
    return problem


def _find_problem_field(form: RecordForm, values: Values, problem: Problem) -> str:
    """Return the field of a problem: its column, else that of its rule or of the term that is not known."""
    if problem.rule == "datum-uncertain":
        return "crs"
    named = problem.column or str(problem.detail.get("field", ""))
    if named in form.fields:
        return named
    if problem.rule in _FIELD_OF_RULE:
        return _FIELD_OF_RULE[problem.rule]
    if problem.rule == "unknown-term":
        return next((name for name in ("country", "division") if values.get(name) == problem.value), "")
    return _FIELD_OF_COLUMN.get(named, "")
