"""Functions, views and triggers of the store: their SQL texts, and how they are applied to a database.

``functions/*.sql`` hold the objects that exist once. A file ``functions/GROUP/*.sql`` is a template for each table of a
group (``GROUPS``): ``{{table}}`` and the other names of ``values`` are filled in. ``functions/state/*.sql`` are templates for
each schema of ``STATES``.
"""

import hashlib
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from sqlalchemy import ARRAY, Connection, Table, text

from lodebase.db.private_cluster.cluster import DESK, SITE
from lodebase.db.schema import history_tables, tables
from lodebase.db.schema.decision_kinds import DECISION_KINDS
from lodebase.db.schema.prepared_tables import FEATURES
from lodebase.db.schema.tables import HISTORY_SCHEMA, SCHEMA
from lodedata.figures.leading_figures import list_coming_statuses, list_gone_statuses
from lodedata.figures.national_output import UNLIKE_CONTENT, load_output_stages
from lodedata.kinds import KINDS, PUBLIC, Field, Kind, Reference
from lodedata.write.content import SEPARATOR

FOLDER = Path(__file__).parent / "functions"
SCHEMAS = (SCHEMA, HISTORY_SCHEMA, "lode_as_of", "lode_since", "lode_reported", "lode_all")
NEEDED_BY_TABLES = ("morton_code", "current_version")
"""Functions of generated columns and defaults, which must exist before the tables."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "point": tuple(FEATURES),
    "searched": tables.SEARCHED,
    "kind": tuple(tables.SERVED),
    "layer": tuple(name for name in tables.SERVED if name in PUBLIC),
    "plain": tuple(name for name in tables.SERVED if name not in FEATURES),
    "versioned": tuple(table.name for table in history_tables.VERSIONED),
    "merged": tuple(name for name, kind in KINDS.items() if kind.merged and name != "project"),
    "child": tuple(table.name for table in tables.CHILDREN if table.name != "estimate_measure"),
}
"""The tables of each template folder."""
STATES = {SCHEMA: "lode_site, lode_import", "lode_as_of": "lode_site, lode_import", "lode_all": "lode_desk"}
"""The schemas with the records as they are, as they were and with internal ones, each with the roles that read its views of
the folder ``state``."""
_RANK = "CASE size_class WHEN 'extra-large' THEN 0 WHEN 'large' THEN 0 WHEN 'medium' THEN 2 WHEN 'small' THEN 4 ELSE 6 END"
_RANKS = {"organisation": "1"}
"""The ranks in search of the kinds that have no size; an organisation comes right after the largest deposits."""
_DERIVED = {
    "id": "t.record_id",
    "morton_code": "lode.morton_code(r.geom)",
    "status": "derived.status",
    "status_date": "derived.status_date",
}
"""The columns that a reported record does not have, as it holds reported columns only, and their SQL."""
_RECORD_ID = {"estimate": "coalesce(c.deposit_id, c.discovery_id)", "flag": "c.record_id"}
_RECORD_ID |= {"exploration_activity": "c.deposit_id", "phase": "c.project_id", "owner": "c.project_id"}
_NAME = re.compile(r"^CREATE OR REPLACE (?:FUNCTION|VIEW) (\w+\.\w+)", re.MULTILINE)
_LEFTOVER_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace::regnamespace::text = ANY(:schemas)
  AND NOT p.pronamespace::regnamespace::text || '.' || p.proname = ANY(:current)
"""
_VIEWS = "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'v' AND relnamespace::regnamespace::text = ANY(:schemas)"
_TRIGGERS = """
SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace::regnamespace::text = ANY(:schemas)
"""
_CHECKSUM = "SELECT substring(obj_description(to_regnamespace(:schema), 'pg_namespace') FROM 'checksum (\\w+)')"


@cache
def write_object_statements() -> tuple[str, ...]:
    """Return the SQL of all objects but those that tables need: each file's, functions before the views that use them."""
    single = sorted(path for path in FOLDER.glob("*.sql") if path.stem not in NEEDED_BY_TABLES)
    texts = [_fill_template(path, _collect_single_values()) for path in single]
    for group, names in GROUPS.items():
        for path in sorted((FOLDER / group).glob("*.sql")):
            texts += [_fill_template(path, collect_template_values(name)) for name in names]
    for path in sorted((FOLDER / "state").glob("*.sql")):
        state_values = [{"schema": schema, "readers": readers} for schema, readers in STATES.items()]
        texts += [_fill_template(path, _collect_single_values() | values) for values in state_values]
    return tuple(sorted(texts, key=lambda sql: "CREATE OR REPLACE VIEW" in sql))


def write_early_functions() -> tuple[str, ...]:
    """Return the SQL of the functions that must exist before the tables."""
    return tuple((FOLDER / f"{name}.sql").read_text("utf-8") for name in NEEDED_BY_TABLES)


def compute_sql_checksum() -> str:
    """Return a checksum of all texts, which is stored in the comment of a database's schema."""
    return hashlib.sha256("".join((*write_early_functions(), *write_object_statements())).encode()).hexdigest()[:16]


def are_applied(connection: Connection) -> bool:
    """Return whether a database has these objects, by the checksum in the comment of its schema."""
    return bool(connection.scalar(text(_CHECKSUM), {"schema": SCHEMA}) == compute_sql_checksum())


def drop(connection: Connection) -> None:
    """Drop views and triggers, so that migrations can change tables; a migration's own changes fire no trigger."""
    schemas = {"schemas": list(SCHEMAS)}
    _run(connection, connection.scalars(text(_TRIGGERS), schemas).all())
    views = connection.scalars(text(_VIEWS), schemas).all()
    if views:
        _run(connection, (f"DROP VIEW {', '.join(views)}",))
    _run(connection, (f"COMMENT ON SCHEMA {SCHEMA} IS NULL",))


def prepare(connection: Connection) -> None:
    """Create or replace the functions that tables need."""
    _run(connection, write_early_functions())


def apply(connection: Connection) -> None:
    """Create or replace all other objects and drop functions that no file defines any more; views and triggers are dropped."""
    _run(connection, write_object_statements())
    _drop_functions_but(connection, (*write_early_functions(), *write_object_statements()))
    _run(connection, (f"SELECT {SCHEMA}.rewrite_{name}_features()" for name in FEATURES))
    comment = f"The store of Lode; SQL objects of checksum {compute_sql_checksum()}"
    _run(connection, (f"COMMENT ON SCHEMA {SCHEMA} IS '{comment}'",))


def drop_functions(connection: Connection, needed: bool) -> None:
    """Drop the functions; those that tables need only if no table needs them any more."""
    _drop_functions_but(connection, write_early_functions() if needed else ())


def collect_template_values(name: str) -> dict[str, str]:
    """Return the values that fill the templates of a table."""
    table = tables.metadata.tables[f"{SCHEMA}.{name}"]
    values = {
        "table": name,
        "columns": _join_names(column.name for column in table.columns),
        "generated": "'morton_code'" if "morton_code" in table.c else "",
        "of_reported_record": _join_names(_write_reported_record(table)),
        "reader": DESK if name in KINDS and KINDS[name].internal else SITE,
    }
    if name in tables.SERVED:
        values |= _collect_kind_values(table)
    if name in FEATURES:
        values |= _collect_point_values(table)
    if name in tables.SEARCHED:
        values |= _collect_searched_values(table)
    return values | {"record_id": _RECORD_ID.get(name, "")}


def _collect_kind_values(table: Table) -> dict[str, str]:
    kind = KINDS[table.name]
    accuracy = next((name for name in ("position_accuracy_m", "accuracy_m") if name in table.c), "NULL::float8")
    counted = [table.c[field.name] for field in kind.served if field.facet]
    single = [f"('{c.name}', coalesce({c.name}::text, ''))" for c in counted if not isinstance(c.type, ARRAY)]
    lists = [
        f"UNION ALL SELECT '{c.name}', unnest(CASE WHEN cardinality({c.name}) = 0 THEN ARRAY[''] ELSE {c.name} END)"
        for c in counted
        if isinstance(c.type, ARRAY)
    ]
    first = "VALUES " + _join_names(single, "      ") if single else "SELECT NULL, NULL WHERE false"
    return {
        "collection": kind.collection,
        "accuracy": accuracy,
        "geom": "geom" if kind.geometry is not None else "NULL::public.geometry",
        "analyzed": f"{table.name}, {table.name}_feature" if table.name in FEATURES else table.name,
        "shown": _join_names(_columns_of_layer(table)),
        "counted": _join_names((column.name for column in counted) if counted else ("id",), "      "),
        "each_value": "\n    ".join((first, *lists)),
    }


def _columns_of_layer(table: Table) -> Iterator[str]:
    """Yield the SQL of the columns of a view for other programs: identifier, geometry, and the fields in their order."""
    kind = KINDS[table.name]
    yield "id"
    if kind.geometry is not None:
        yield "geom"
    for field in kind.served:
        joined = f"nullif(array_to_string({field.name}, '{SEPARATOR}'), '') AS {field.name}"
        yield joined if field.type == "array" else field.name


def _collect_point_values(table: Table) -> dict[str, str]:
    kind = KINDS[table.name]
    return {
        "properties": _join_names(map(_write_property, kind.served), "      "),
        "property_names": _join_names((f"'{field.name}'" for field in kind.served), "    "),
    }


def _collect_searched_values(table: Table) -> dict[str, str]:
    searched = ["search_text", "size_class"] if "size_class" in table.c else ["search_text"]
    return {
        "search_rank": _RANK if "size_class" in table.c else _RANKS.get(table.name, "6"),
        "search_digit": str(KINDS[table.name].search_code),
        "o_searched": ", ".join(f"o.{name}" for name in searched),
        "n_searched": ", ".join(f"n.{name}" for name in searched),
    }


def _write_property(field: Field) -> str:
    """Return the SQL of a feature's property: a number has a decimal point even if integral, as clients infer types from it."""
    return f"({field.name}::text::numeric + 0.0) AS {field.name}" if field.type == "number" else field.name


def _write_reported_record(table: Table) -> Iterator[str]:
    for column in table.columns:
        derived = _DERIVED.get(column.name) if table.name in tables.SERVED else None
        if column.name.startswith("status") and table.name != "project":
            derived = None
        if column.name == "since_version":
            derived = "t.since_version"
        yield f"{derived} AS {column.name}" if derived else f"r.{column.name}"


def _list_output_stages() -> str:
    """Return the products whose capacities are compared with an output, as rows of VALUES."""
    rows = [
        f"('{product}', '{stage.commodity}', '{stage.stage}', {str(stage.counts_content).lower()})"
        for stage in load_output_stages().values()
        for product in sorted(stage.products)
    ]
    return _join_names(rows)


def _collect_single_values() -> dict[str, str]:
    single_values = {"write_each_feature": ", ".join(f"write_{name}_features()" for name in GROUPS["point"])}
    statuses = {"coming_statuses": list_coming_statuses(), "gone_statuses": list_gone_statuses()}
    single_values |= {name: ", ".join(map(repr, codes)) for name, codes in statuses.items()}
    single_values |= {"unlike_content": _join_names(map(repr, sorted(UNLIKE_CONTENT))), "output_stages": _list_output_stages()}
    single_values["references"] = "\nUNION ALL\n".join(_write_references())
    single_values |= _collect_decision_values()
    for name in ("project", "estimate_measure"):
        for key in ("columns", "of_reported_record"):
            single_values[f"{name}_{key}"] = collect_template_values(name)[key]
    return single_values


def _collect_decision_values() -> dict[str, str]:
    """Return what the trigger of decisions does for each kind: the name in the trail, what is masked there, the source rows."""
    kinds = DECISION_KINDS.values()
    masks = [f"WHEN {kind.name!r} THEN ARRAY[{', '.join(map(repr, kind.masked))}]" for kind in kinds if kind.masked]
    trails = [f"WHEN {kind.name!r} THEN {kind.trail}" for kind in kinds]
    rows = [f"({kind.name!r}, {source!r}, {key!r})" for kind in kinds for source, key in kind.rows]
    rows += [f"({kind.name!r}, NULL, NULL)" for kind in kinds if not kind.rows]
    texts = {"decision_masks": masks, "decision_trails": trails}
    return {name: "\n    ".join(lines) for name, lines in texts.items()} | {"decision_rows": ",\n    ".join(rows)}


def _write_references() -> Iterator[str]:
    """Yield the SQL of what each reference of the public kinds leads to."""
    for kind in PUBLIC.values():
        for reference in kind.references:
            yield from _write_reference(kind, reference)


def _write_reference(kind: Kind, reference: Reference) -> Iterator[str]:
    named = f"r.{reference.field}"
    if reference.source_field is not None:
        source = f"r.{reference.source_field}"
        condition = f"o.source = {source} AND o.key = {named} AND o.kind = '{reference.to}'"
        yield _write_reference_rows(kind, reference, source, "keyed_record", condition)
        return
    source = "r.sources[1]" if reference.same_source else "NULL"
    same = " AND o.sources[1] = r.sources[1]" if reference.same_source else ""
    yield _write_reference_rows(kind, reference, source, reference.to, f"o.{reference.by} = {named}{same}")
    numbers = KINDS[reference.to].number_fields
    if numbers[:1] == (reference.by,):
        for former in numbers[1:]:
            condition = f"o.{former} @> ARRAY[{named}] AND o.{reference.by} IS DISTINCT FROM {named}{same}"
            yield _write_reference_rows(kind, reference, source, reference.to, condition)


def _write_reference_rows(kind: Kind, reference: Reference, source: str, relation: str, condition: str) -> str:
    return (
        f"SELECT '{kind.name}', r.id, '{reference.to}', o.id, {source}, r.{reference.field}\n"
        f"FROM lode.{kind.name} r JOIN lode.{relation} o ON {condition}"
    )


def _join_names(names: Iterable[str], indent: str = "  ") -> str:
    """Return names separated by commas, in lines of 120 characters; an expression is not broken."""
    joined = ", ".join(name.replace(" ", "\0") for name in names)
    lines = textwrap.wrap(joined, 116, break_long_words=False, break_on_hyphens=False)
    return f"\n{indent}".join(lines).replace("\0", " ")


def _fill_template(path: Path, values: Mapping[str, str]) -> str:
    sql = path.read_text("utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], sql)


def _drop_functions_but(connection: Connection, texts: tuple[str, ...]) -> None:
    parameters = {"schemas": list(SCHEMAS), "current": _NAME.findall("\n".join(texts))}
    left = connection.scalars(text(_LEFTOVER_FUNCTIONS), parameters).all()
    if left:
        _run(connection, (f"DROP FUNCTION {', '.join(left)}",))


def _run(connection: Connection, texts: Iterable[str]) -> None:
    """Run texts of one or more statements, in which % is an ordinary character."""
    for sql in texts:
        connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
