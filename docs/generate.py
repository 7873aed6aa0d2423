"""Writes docs/reference from the tables of the code; what the code does not say stands in words.yml beside this file.

python docs/generate.py            write the pages
python docs/generate.py --check    write nothing; exit status 1 when a page is not what would be written
"""

import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from lodebase import errors
from lodebase.cli import main as command
from lodebase.db import history_tables, models, tables
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.cql2 import BOUNDS
from lodebase.query.parameters import PARAMETERS
from lodebase.query.query import DEFAULT_LIMIT, MAX_LIMIT
from lodebase.settings import Settings, secret_variables
from lodedata import sources, starter, vocab
from lodedata.mapping import model
from lodedata.problems import RULES, Rule
from lodedata.write import FORMATS
from lodeweb.app import create_app
from lodeweb.http.problem_details import STATUS

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
HELP_WIDTH = 100
NOTE = "<!-- Written by docs/generate.py (`make docs`); change the code or docs/words.yml, not this page. -->"
MODELS: Sequence[type[BaseModel]] = (
    model.Source,
    model.Licence,
    model.Fetch,
    model.TableSpec,
    model.ZoneSpec,
    model.Cell,
    model.Amount,
    model.PositionSpec,
    model.Accuracy,
    model.CommoditySpec,
    model.StatusSpec,
    model.EstimateSpec,
    model.MeasureSpec,
    model.PhaseSpec,
    model.OwnerSpec,
)
ABOUT_TABLE = frozenset(
    ["file", "part", "encoding", "delimiter", "header_row", "nulls", "key", "repeated_keys"]
    + ["everything", "rows", "rows_at_least", "fill", "ignored"]
)
"""Keys of a table that fill no field."""


class WordsTrouble(Exception):
    """A word is missing in words.yml, or nothing asks for one that stands there."""


class Words:
    """The words of words.yml, which notes those that were asked for."""

    def __init__(self, path: Path) -> None:
        self._words: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._asked: set[tuple[str, str]] = set()

    def of(self, section: str, name: str) -> Any:
        """What stands under a name in a section. Raises WordsTrouble where there is nothing."""
        self._asked.add((section, name))
        try:
            return self._words[section][name]
        except KeyError:
            raise WordsTrouble(f"docs/words.yml says nothing of {name!r} under {section!r}") from None

    def guardrails(self) -> list[dict[str, Any]]:
        """The guardrails, each with the names of the constraints, triggers or roles that hold it."""
        found: list[dict[str, Any]] = self._words["guardrails"]
        return found

    def require_all_asked(self) -> None:
        """Raises WordsTrouble where something stands in words.yml for nothing."""
        there = {(section, name) for section, part in self._words.items() if isinstance(part, dict) for name in part}
        if left := sorted(there - self._asked):
            raise WordsTrouble(f"docs/words.yml speaks of what is not there: {left[:5]}")


def pages() -> dict[str, str]:
    """The text of each page by its file's name. Raises WordsTrouble."""
    words = Words(ROOT / "docs" / "words.yml")
    made = {f"{name}.md": _page(name, write(words), words) for name, write in WRITERS.items()}
    words.require_all_asked()
    return made


def _page(name: str, lines: Iterable[str], words: Words) -> str:
    about = words.of("pages", name)
    return "\n".join([f"# {about['title']}", "", NOTE, "", about["intro"].strip(), "", *lines]).rstrip() + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a table and an empty one; nothing for no rows."""
    listed = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    if listed:
        yield from ("| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *listed, "")


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return " ".join(text.replace("|", "\\|").split())


def _code(text: object) -> str:
    return f"`{text}`" if "`" not in str(text) else f"`` {text} ``"


# --- settings and commands -------------------------------------------------------------------------------------------
def settings_page(words: Words) -> Iterator[str]:
    """One row for each setting."""
    rows = []
    for field in Settings.model_fields.values():
        variable = str(field.validation_alias)
        said = words.of("settings", variable)
        named = f"{_code(variable)} *or a file*" if variable in secret_variables() else _code(variable)
        rows.append((named, _default(field, said), field.description, said["zh"]))
    yield from _table(("variable", "default 默认", "meaning", "含义"), rows)


def _default(field: FieldInfo, said: Mapping[str, str]) -> str:
    if "default" in said:
        return said["default"]
    if field.default_factory is not None:
        raise WordsTrouble(f"docs/words.yml does not tell the default of {field.validation_alias}")
    return "none 无" if field.default is None else _code(field.default)


def commands_page(words: Words) -> Iterator[str]:
    """The help of each command, then the exit statuses and the errors behind them."""
    for path, context in commands():
        yield from (f"## {path}", "", words.of("commands", path), "")
        yield from ("```text", context.command.get_help(context).rstrip(), "```", "")
    yield from ("## Exit status 退出状态", "")
    told = re.search(r"Exit status: (.+?)\.\n", f"{command.__doc__}\n")
    assert told is not None
    yield from _table(("status", "meaning"), (part.strip().split(" ", 1) for part in told[1].split(";")))
    yield from ("The errors that end a command with a sentence 以一句话结束命令的错误:", "")
    yield from _table(("error", "status", "meaning"), ((_code(e.__name__), e.exit_status, e.__doc__) for e in known_errors()))


def commands() -> Iterator[tuple[str, click.Context]]:
    """Every command with its whole name and a context to show its help in, the root first."""
    root = click.Context(
        command.cli, info_name="lode", terminal_width=HELP_WIDTH, max_content_width=HELP_WIDTH, **command.cli.context_settings
    )
    yield from _within(root)


def _within(context: click.Context) -> Iterator[tuple[str, click.Context]]:
    yield context.command_path, context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            found = context.command.get_command(context, name)
            assert found is not None
            yield from _within(click.Context(found, info_name=name, parent=context))


def known_errors() -> list[type[errors.LodeError]]:
    """The classes of errors that have a sentence, in the order of their file."""
    return [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.LodeError)]


# --- sources and vocabularies ----------------------------------------------------------------------------------------
def sources_page(words: Words) -> Iterator[str]:
    """A list of the sources, then what is known of each."""
    found = [(s, {} if s.tables else words.of("sources", s.name)) for s in map(sources.source, sources.names())]
    yield from _table(
        ("name", "title", "标题", "licence 许可", "rows 行数", "becomes 成为"),
        (
            (
                f"[{s.name}](#{s.name})",
                s.title_en,
                s.title_zh,
                _code(s.licence.id),
                _rows(s, said),
                said.get("becomes") or _kinds(s),
            )
            for s, said in found
        ),
    )
    for source, said in found:
        yield from _source(source, said)


def _rows(source: model.Source, said: Mapping[str, str]) -> str:
    told = [spec.rows for spec in source.tables if spec.rows is not None]
    if source.name == sources.STARTER:
        told = [len(yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)["records"]) for file in starter.folder().glob("*.yml")]
    return f"{sum(told):,}" if told else said.get("rows", "")


def _kinds(source: model.Source) -> str:
    cells = [spec.kind for spec in source.tables]
    named = [kind for cell in cells for kind in ([cell.const] if cell.const is not None else (cell.map or {}).values())]
    return ", ".join(dict.fromkeys(map(str, named)))


def _source(source: model.Source, said: Mapping[str, str]) -> Iterator[str]:
    yield from (f"## {source.name}", "", f"**{source.title_en}** · **{source.title_zh}**", "")
    fetched = ", ".join(f.url for f in source.fetch) or said.get("fetched", "nowhere; get it by hand 需自行取得")
    about = {
        "publisher 发布者": source.publisher,
        "licence 许可": f"{source.licence.name} ({_code(source.licence.id)})",
        "attribution 署名": source.licence.attribution,
        "citation 引用": source.citation,
        "version 版本": source.version,
        "as of 时点": source.as_of,
        "homepage 网址": source.homepage,
        "fetched from 下载自": fetched,
    }
    yield from _table(("", ""), ((name, value) for name, value in about.items() if value))
    for note in (source.note_en, source.note_zh):
        if note:
            yield from (note, "")
    for spec in source.tables:
        yield from _source_table(spec)


def _source_table(spec: model.TableSpec) -> Iterator[str]:
    part = f", sheet {_code(spec.part)}" if spec.part is not None else ""
    counted = f", {spec.rows:,} rows" if spec.rows is not None else ""
    least = f" A file of fewer than {spec.rows_at_least:,} rows replaces nothing." if (spec.rows_at_least or 0) > 1 else ""
    yield from (f"### {_code(spec.file)}{part}{counted}", "", f"Key 主键 {_code(spec.key)}.{least}", "")
    becomes: dict[str, list[str]] = {}
    for name in spec.model_fields_set - ABOUT_TABLE:
        for path, told in _leaves(getattr(spec, name), name):
            becomes.setdefault(path, []).append(told)
    order = list(model.TableSpec.model_fields)
    rows = sorted(becomes.items(), key=lambda item: order.index(item[0].split(".")[0]))
    yield from _table(("field 字段", "from 取自"), ((_code(path), "; ".join(dict.fromkeys(told))) for path, told in rows))
    yield from _table(("ignored column 略去的列", "reason 原因"), ((_code(c), why) for c, why in spec.ignored.items()))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Each field that a part of a mapping fills, with the words where its value comes from."""
    if isinstance(value, model.Cell):
        yield path, _origin(value)
        if isinstance(value, model.StatusSpec) and value.date is not None:
            yield f"{path}.date", _origin(value.date)
    elif isinstance(value, model.Accuracy):
        yield path, f"{_code(value.column)} by {len(value.map)} words" if value.column else f"{value.default} m"
    elif isinstance(value, BaseModel):
        for name in sorted(value.model_fields_set, key=list(type(value).model_fields).index):
            yield from _leaves(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, tuple):
        for part in value:
            yield from _leaves(part, path)
    elif value is not None:
        yield path, _code(value)


def _origin(cell: model.Cell) -> str:
    """Where a cell's value comes from, in words."""
    if cell.const is not None:
        return f"always {_code(cell.const)}"
    told = _code(cell.column if cell.column is not None else cell.template)
    if cell.pattern is not None:
        told += ", a part of it"
    if cell.split is not None:
        told += ", divided at " + " ".join(_code(s) for s in cell.split)
    if cell.map is not None:
        told += f", by a map of {len(cell.map)} words"
    if isinstance(cell, model.CommoditySpec) and cell.rank != "main":
        told += f", as {cell.rank}"
    if isinstance(cell, model.Amount):
        told += f" in {_code(cell.unit or cell.unit_column)}" if cell.unit or cell.unit_column else ""
        told += f" of {cell.basis}" if cell.basis else ""
    return told


def vocabularies_page(words: Words) -> Iterator[str]:
    """One row for each vocabulary and table of figures, then where each comes from."""
    about = vocab.sources()
    rows = []
    for name, told in about.items():
        listed = vocab.table(name)
        without = sum(1 for row in listed if not row.get("uri"))
        local = without if "uri" in listed[0] and (told["local"] or without < len(listed)) else ""
        rows.append((f"[{name}](#{name})", told["title_en"], told["title_zh"], len(listed), local, _code(told["licence"])))
    yield from _table(("name", "title", "标题", "terms 术语", "local 本地", "licence 许可"), rows)
    for name, told in about.items():
        yield from (f"## {name}", "", f"{told['title_en']} · {told['title_zh']}. {told['publisher']}. {told['citation']}.", "")
        for key, lead in (("retrieved_from", "Retrieved from"), ("note", "Note")):
            if told.get(key):
                yield from (f"{lead}: {told[key]}.", "")


# --- checks and mapping files ----------------------------------------------------------------------------------------
def checks_page(words: Words) -> Iterator[str]:
    """The rules that refuse, then those that flag."""
    groups: Mapping[str, Sequence[tuple[str, Rule]]] = {
        weight: [(name, rule) for name, rule in RULES.items() if rule.weight == weight] for weight in ("refuse", "flag")
    }
    yield from (f"## refuse 拒收 ({len(groups['refuse'])})", "")
    yield from _table(("rule", "sentence", "中文"), ((_code(name), *_sentences(rule)) for name, rule in groups["refuse"]))
    yield from (f"## flag 标记 ({len(groups['flag'])})", "")
    yield from _table(
        ("rule", "title", "标题", "sentence", "中文"),
        ((_code(name), rule.title_en, rule.title_zh, *_sentences(rule)) for name, rule in groups["flag"]),
    )


def _sentences(rule: Rule) -> tuple[str, str]:
    return rule.en.replace("!r}", "}"), rule.zh.replace("!r}", "}")


def mapping_page(words: Words) -> Iterator[str]:
    """A table of keys for each part of a mapping."""
    for part in MODELS:
        told = words.of("models", part.__name__)
        yield from (f"## {_part_name(part)}", "", f"{told['en']} {told['zh']}", "")
        yield from _table(("key 键", "value 值", "default 默认", "meaning", "含义"), _keys(part, words))


def _keys(part: type[BaseModel], words: Words) -> Iterator[Sequence[object]]:
    inherited = {name for base in part.__mro__[1:] if issubclass(base, BaseModel) for name in base.model_fields}
    for name, field in part.model_fields.items():
        if name in inherited:
            continue
        said = words.of("mapping", f"{part.__name__}.{name}")
        english = field.description or said.get("en")
        if not english:
            raise WordsTrouble(f"docs/words.yml has no English for {part.__name__}.{name}, and the model has none either")
        if field.description and "en" in said:
            raise WordsTrouble(f"{part.__name__}.{name} is described by the model; take its English out of docs/words.yml")
        yield _code(name), _kind(field.annotation), _default_key(field), english, said["zh"]


def _default_key(field: FieldInfo) -> str:
    if field.is_required():
        return "**required 必填**"
    default = field.default
    if default is None or default in ((), {}):
        return ""
    if isinstance(default, tuple):
        return " ".join(_code(word or '""') for word in default)
    return _code(str(default).lower() if isinstance(default, bool) else default)


def _part_name(part: type[BaseModel]) -> str:
    return part.__name__.removesuffix("Spec").casefold()


def _kind(annotation: Any) -> str:
    """What a key's value is, in words."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(args[0])
    if origin is Literal:
        return " or ".join(_code(word) for word in args)
    if origin is tuple:
        return f"list of {_kind(args[0])}"
    if origin is dict:
        return f"words to {_kind(args[1])}"
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_kind(arg) for arg in args if arg is not type(None)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{_part_name(annotation)}](#{_part_name(annotation)})"
    return {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}[annotation]


# --- the store and the API -------------------------------------------------------------------------------------------
def store_page(words: Words) -> Iterator[str]:
    """The guardrails in words, then each table."""
    yield from ("## Guardrails 约束", "", "What the database itself refuses or keeps, whatever program writes to it.", "")
    yield from ("数据库自身拒绝或保证的事项，与写入程序无关。", "")
    folders = ("migrations/versions", "platform/lodebase/db/functions")
    scripts = "".join(path.read_text("utf-8") for folder in folders for path in sorted((ROOT / folder).rglob("*.sql")))
    for guard in words.guardrails():
        for name in guard["held_by"]:
            if name not in scripts:
                raise WordsTrouble(f"no migration and no function file makes {name!r}, of which docs/words.yml speaks")
    yield from _table(
        ("", "", "held by 由何保证"),
        ((g["en"], g["zh"], ", ".join(map(_code, g["held_by"]))) for g in words.guardrails()),
    )
    for table in sorted((t for t in models.METADATA.tables.values() if t.schema == tables.SCHEMA), key=lambda t: t.name):
        yield from _store_table(table)
    kept = ", ".join(_code(t.name) for t in history_tables.KEPT)
    yield from ("## lode_history", "", f"The schema of earlier rows. It has a table for each of {kept}.", "")
    yield from ("Each has the columns of its table and `until_version`, the dataset version at which the row ended.", "")


def _store_table(table: Table) -> Iterator[str]:
    yield from (f"## {table.name}", "", table.comment or "", "")
    dialect = PGDialect()  # type: ignore[no-untyped-call]
    rows = ((_code(c.name), c.type.compile(dialect=dialect), _about_column(c)) for c in table.columns)
    yield from _table(("column", "type", ""), rows)
    checks = [c for c in table.constraints if isinstance(c, CheckConstraint)]
    named = sorted((str(c.name).removeprefix(f"ck_{table.name}_"), str(c.sqltext)) for c in checks)
    yield from _table(("constraint", "condition"), ((_code(name), _code(" ".join(text.split()))) for name, text in named))


def _about_column(column: Column[Any]) -> str:
    told = ["key"] if column.primary_key else []
    told += ["required"] if not column.nullable and not column.primary_key else []
    told += [f"references {_code(key.target_fullname.removeprefix('lode.'))}" for key in column.foreign_keys]
    return ", ".join(told)


def api_page(words: Words) -> Iterator[str]:
    """Endpoints, parameters, properties and errors."""
    app = create_app(Settings.model_validate({"LODE_DATABASE_URL": "postgresql://localhost/lode"}))
    rows = []
    gets = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        told = (app.view_functions[rule.endpoint].__doc__ or "").strip().split("\n\n")[0]
        if rule.endpoint != "static" and "GET" in (rule.methods or ()):
            rows.append((_code(path), told, words.of("endpoints", path)))
        elif rule.endpoint != "static" and rule.rule not in gets:
            rows.append((f"POST {_code(path)}", told, words.of("endpoints", path)))
    yield from ("## Endpoints 端点", "", *_table(("GET", "answer", "返回"), rows))
    yield from ("## Parameters of items 要素查询参数", "")
    parameters = ((_code(p.name), ", ".join(p.collections or ("all",)), p.text_en, p.text_zh) for p in PARAMETERS.values())
    yield from _table(("parameter", "collections", "meaning", "含义"), parameters)
    forms = (
        (_code(f.name), f.title, _code(f.suffix), _code(f.media_type), f.text_en, f.text_zh, f.loss_en, f.loss_zh)
        for f in FORMATS.values()
    )
    yield from ("## Formats of downloads 下载格式", "")
    yield from _table(("format 格式", "", "suffix 后缀", "media type 媒体类型", "good for", "用途", "lost", "缺失"), forms)
    yield from ("Every property below is a parameter too: its value, or several codes parted by commas.", "")
    yield from ("下列每个属性本身也是查询参数：给出取值，或以逗号分隔的多个代码。", "")
    yield from (f"`limit` is {DEFAULT_LIMIT} where it is left out and {MAX_LIMIT:,} at most.", "")
    yield from (f"省略 `limit` 时为 {DEFAULT_LIMIT}，上限 {MAX_LIMIT:,}。", "")
    yield from ("## Bounds of a filter 过滤条件的上限", "")
    yield from (
        "In an address write `<` and `>` as `%3C` and `%3E` (RFC 3986, 2.2); as they are, they are refused with a bare 400.",
        "",
    )
    yield from ("A filter that has more of something is refused with a 400 that names the bound and what to do instead.", "")
    yield from ("超过任一上限的过滤条件以 400 拒绝，并说明该上限与替代写法。", "")
    bounds = ((b.counted_en, b.counted_zh, f"{b.most:,}", b.advice_en, b.advice_zh) for b in BOUNDS.values())
    yield from _table(("counted", "计数对象", "at most 上限", "instead", "替代写法"), bounds)
    for collection in COLLECTIONS.values():
        yield from (f"## {collection.name}", "", f"{collection.description_en} {collection.description_zh}", "")
        fields = ((_code(f.name), f.title_en, f.title_zh, f.type, f.vocabulary) for f in collection.fields)
        yield from _table(("property", "title", "标题", "type", "vocabulary 词表"), fields)
    yield from (
        "## Errors 错误",
        "",
        "Problem details (RFC 9457) with `title`, `status` and `detail`, and for a parameter also",
    )
    yield from ("`parameter` and `value`. A 503 has `Retry-After`.", "", "错误体遵循 RFC 9457，503 附 `Retry-After`。", "")
    yield from _table(("status", "title", "when"), ((s, title, e.__doc__) for e, (s, title) in STATUS.items()))


WRITERS: Mapping[str, Callable[[Words], Iterable[str]]] = {
    "settings": settings_page,
    "commands": commands_page,
    "sources": sources_page,
    "vocabularies": vocabularies_page,
    "checks": checks_page,
    "mapping": mapping_page,
    "store": store_page,
    "api": api_page,
}


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with ``--check`` name those that are not fresh; the exit status."""
    try:
        made = pages()
    except WordsTrouble as trouble:
        print(f"docs: {trouble}", file=sys.stderr)
        return 2
    stale = [name for name, text in made.items() if not _holds(REFERENCE / name, text)]
    if "--check" in arguments:
        for name in stale:
            print(f"docs/reference/{name} is not fresh; run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    REFERENCE.mkdir(exist_ok=True)
    for name in stale:
        (REFERENCE / name).write_text(made[name], encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
