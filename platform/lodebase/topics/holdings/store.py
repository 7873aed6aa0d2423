"""What is held of China and what is not, counted in the store: list entries, plants, rights, milestones and statistics.

Each row has the number of records and the newest year of one list and grade, product, mineral, stage or stream. What the site
deals with has a row even if nothing of it is held.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, RowMapping, TextClause, text

from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.statistics.figures import Known
from lodedata.figures.national_output import load_output_stages
from lodedata.layout.products import PRODUCTS
from lodedata.messages import Label, Message, Translatable, msg
from lodedata.vocab import Term, load_vocabulary

COUNTRY = "CHN"
# dates that may be a month or a year are texts that begin with the year; a proposed firm is on no list, whatever page names it
LISTS = text("""
WITH entry AS (
  SELECT e.list, CASE WHEN e.state IN ('proposed', 'change-proposed') THEN 'proposed' ELSE coalesce(e.grade, '') END AS grade,
    left(coalesce(e.valid_from::text, b.published), 4) AS year
  FROM lode.list_entry e LEFT JOIN (
    SELECT list, number, max(published) AS published FROM lode.list_batch GROUP BY list, number
  ) b ON b.list = e.list AND b.number = e.batch
), listed AS (
  SELECT code, min(name_en) AS name_en, min(name_zh) AS name_zh FROM lode.condition_list l
  WHERE country = :country OR EXISTS (SELECT FROM lode.list_entry e WHERE e.list = l.code AND e.country = :country)
  GROUP BY code
)
SELECT l.code, l.name_en, l.name_zh, e.grade, count(e.list) AS records, max(e.year)::int AS newest_year
FROM listed l LEFT JOIN entry e ON e.list = l.code GROUP BY 1, 2, 3, 4 ORDER BY 1, 4
""")
WANTED = "unnest(CAST(:groups AS text[]), CAST(:members AS text[])) AS wanted (code, member)"
# a record with two members of one group is counted once
PLANTS = text(f"""
SELECT wanted.code, count(DISTINCT p.id) AS records, max(extract(year FROM f.status_date))::int AS newest_year
FROM {WANTED} JOIN lode.phase f ON f.product = wanted.member JOIN lode.project p ON p.id = f.project_id
WHERE p.country = :country GROUP BY 1
""")
MILESTONES = text(f"""
SELECT wanted.code, count(*) AS records, max(left(greatest(m.information_date, m.actual_date), 4))::int AS newest_year
FROM {WANTED} JOIN lode.milestone m ON m.product = wanted.member WHERE m.country = :country GROUP BY 1
""")
RIGHTS = text(f"""
SELECT wanted.code, count(DISTINCT r.id) AS records,
  max(left(coalesce(r.information_date, r.valid_from), 4))::int AS newest_year
FROM {WANTED} JOIN lode.mining_right r ON wanted.member = ANY(r.commodities) WHERE r.country = :country GROUP BY 1
""")
SALES = text(f"""
SELECT wanted.code, count(DISTINCT r.id) AS records,
  max(left(coalesce(r.notice_date, r.information_date), 4))::int AS newest_year
FROM {WANTED} JOIN lode.right_sale r ON wanted.member = ANY(r.commodities) WHERE r.country = :country GROUP BY 1
""")
RECOVERY = text(f"""
SELECT wanted.code, count(*) AS records, max(r.year) AS newest_year
FROM {WANTED} JOIN lode.recovery_record r ON r.commodity = wanted.member WHERE r.country = :country GROUP BY 1
""")
STREAMS = text("""
SELECT stream AS code, count(*) AS records, max(coalesce(year, left(information_date, 4)::int)) AS newest_year
FROM lode.plant_stream WHERE country = :country GROUP BY 1
""")
OUTPUT = text("""
SELECT s.commodity, s.stage, count(DISTINCT o.period) AS records, max(extract(year FROM o.period))::int AS newest_year
FROM lode.series s JOIN lode.observation o ON o.series = s.id JOIN lode.vintage v ON v.id = o.vintage
WHERE s.area = :country AND s.indicator = 'production' AND s.freq = 'A' AND s.transformation = 'level'
  AND o.value IS NOT NULL AND v.withdrawn_run IS NULL
GROUP BY 1, 2
""")

PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class HeldRow:
    """The number of records of one list and grade, product, mineral, stage or stream, and the newest year among them.

    ``grade`` is None outside of lists and for a list without entries, ``newest_year`` None where no record states a date.
    """

    part: str
    code: str
    label: Label
    grade: str | None
    grade_label: Label | None
    records: int
    newest_year: int | None


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A part of what is held of China: its rows, its sum, and a sentence that says what is held and what is not."""

    name: str
    title: Message
    summary: Message
    text: Message
    rows: tuple[HeldRow, ...]


@dataclass(frozen=True, slots=True)
class ChinaHoldings:
    """What is held of China by part."""

    dataset_version: int
    parts: Mapping[str, HeldPart]


PARTS: Mapping[str, Message] = {
    "lists": msg("List entries by list and grade of the source"),
    "plants": msg("Plants by product"),
    "rights": msg("Mining rights by mineral"),
    "sales": msg("Notices of sales of mining rights by mineral"),
    "milestones": msg("Milestones by product"),
    "statistics": msg("Years of output by stage"),
    "recovery": msg("Records of recovery rates by metal"),
    "recycling": msg("Input streams of recycling plants"),
}
"""The parts in the order of the page."""


def read_holdings(engine: Engine, cache: Known) -> ChinaHoldings:
    """Return what is held of China, counted once for each version. Raises DatabaseAway, StatementTimeout."""
    with open_reading(engine) as connection:
        version = read_dataset_version(connection)
        return cache.at(version, ("held-in-china",), lambda: ChinaHoldings(version, _count(connection)))


def _count(connection: Connection) -> dict[str, HeldPart]:
    products = {code: (product.label, product.codes) for code, product in PRODUCTS.items()}
    groups = {
        group.code: (
            Label(group.label_en, group.label_zh),
            tuple(term.code for term in load_vocabulary("commodity") if _is_of(term, group)),
        )
        for group in load_vocabulary("commodity-group")
        if group.code != "other"
    }
    rows = {
        "lists": [_list_row(row) for row in connection.execute(LISTS, {"country": COUNTRY}).mappings()],
        "plants": _list_by_codes(connection, "plants", PLANTS, products),
        "rights": _list_by_codes(connection, "rights", RIGHTS, groups),
        "sales": _list_by_codes(connection, "sales", SALES, groups),
        "milestones": _list_by_codes(connection, "milestones", MILESTONES, products),
        "statistics": list(_list_output_years(connection)),
        "recovery": _list_by_codes(connection, "recovery", RECOVERY, groups),
        "recycling": list(_list_streams(connection)),
    }
    return {name: _build_part(name, rows[name]) for name in PARTS}


def _build_part(name: str, rows: list[HeldRow]) -> HeldPart:
    return HeldPart(name, PARTS[name], summarize(name, rows), describe(name, rows), tuple(rows))


def summarize(part: str, rows: list[HeldRow]) -> Message:
    """Return a sentence with the number of records, their newest year, and how many of the names have any."""
    names, held = {row.code for row in rows}, {row.code for row in rows if row.records}
    years = [row.newest_year for row in rows if row.newest_year is not None]
    counts = {"title": PARTS[part], "records": sum(row.records for row in rows), "held": len(held), "names": len(names)}
    if not years:
        return msg("%(title)s (China): %(records)s in all, for %(held)s of the %(names)s named.", **counts)
    return msg(
        "%(title)s (China): %(records)s in all, up to %(year)s, for %(held)s of the %(names)s named.", **counts, year=max(years)
    )


def describe(part: str, rows: list[HeldRow]) -> Message:
    """Return a sentence that says what of China is held, with the newest year of each, and what is not."""
    held = _join_labels(_describe_row(row) for row in rows if row.records)
    missing = _join_labels(row.label for row in rows if not row.records)
    if not held.en:
        return msg("%(title)s (China): nothing is held here.", title=PARTS[part])
    if not missing.en:
        return msg("%(title)s (China): %(held)s.", title=PARTS[part], held=held)
    return msg("%(title)s (China): %(held)s. Not held here: %(missing)s.", title=PARTS[part], held=held, missing=missing)


def _join_labels(parts: Iterable[Translatable]) -> Label:
    """Return texts one after the other, between semicolons as they have commas of their own."""
    texts, between = list(parts), msg("; ")
    return Label(*(between.in_language(lang).join(part.in_language(lang) for part in texts) for lang in ("en", "zh")))


def _describe_row(row: HeldRow) -> Message:
    name = row.label if row.grade_label is None else msg("%(label)s (%(grade)s)", label=row.label, grade=row.grade_label)
    if row.newest_year is None:
        return msg("%(name)s %(records)s", name=name, records=row.records)
    return msg("%(name)s %(records)s (up to %(year)s)", name=name, records=row.records, year=row.newest_year)


def _list_row(row: RowMapping) -> HeldRow:
    held = row["records"] > 0
    grades = {term.code: Label(term.label_en, term.label_zh) for term in load_vocabulary("list-source-grade")}
    grades |= {PROPOSED: _translate_label(msg("proposed only")), "": _translate_label(msg("no grade stated"))}
    return HeldRow(
        "lists",
        row["code"],
        Label(row["name_en"], row["name_zh"]),
        row["grade"] if held else None,
        grades[row["grade"]] if held else None,
        row["records"],
        row["newest_year"],
    )


def _list_by_codes(
    connection: Connection, part: str, statement: TextClause, groups: Mapping[str, tuple[Label, tuple[str, ...]]]
) -> list[HeldRow]:
    """Return a row for each group of codes, one without records too."""
    pairs = [(code, member) for code, (_, members) in groups.items() for member in members]
    values = {"country": COUNTRY, "groups": [code for code, _ in pairs], "members": [member for _, member in pairs]}
    code_rows = {row["code"]: row for row in connection.execute(statement, values).mappings()}
    return [_build_row(part, code, label, code_rows.get(code)) for code, (label, _) in groups.items()]


def _build_row(part: str, code: str, label: Label, row_mapping: RowMapping | None) -> HeldRow:
    records, year = (0, None) if row_mapping is None else (row_mapping["records"], row_mapping["newest_year"])
    return HeldRow(part, code, label, None, None, records, year)


def _list_output_years(connection: Connection) -> Iterator[HeldRow]:
    """Yield the years with an output of China for each stage that the site compares with capacities."""
    outputs = {(row["commodity"], row["stage"]): row for row in connection.execute(OUTPUT, {"country": COUNTRY}).mappings()}
    for (commodity, stage), compared in load_output_stages().items():
        yield _build_row(
            "statistics", f"{commodity}-{stage}", _translate_label(compared.label), outputs.get((commodity, stage))
        )


def _list_streams(connection: Connection) -> Iterator[HeldRow]:
    stream_rows = {row["code"]: row for row in connection.execute(STREAMS, {"country": COUNTRY}).mappings()}
    for term in load_vocabulary("stream"):
        row = stream_rows.get(term.code)
        # streams without a broader one are the groups of which something should be held; the others are named where they are
        if row is not None or not term.broader:
            yield _build_row("recycling", term.code, Label(term.label_en, term.label_zh), row)


def _is_of(term: Term, group: Term) -> bool:
    return term.extra["scope"] == "in" and term.extra["group"] == group.code


def _translate_label(message: Message) -> Label:
    return Label(message.in_language("en"), message.in_language("zh"))
