"""Operations on files of records: what a file of several kinds holds before it is made."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Any, Self

from pydantic import SkipValidation
from sqlalchemy import Connection, case, func, select

from lodebase.field_types import Choices
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import NOTHING
from lodebase.operations.row_parameters import RowParameters
from lodebase.query import Query, expression, version_views
from lodebase.query.collections_ import COLLECTIONS, find_collection
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.declarations import list_taken_parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.records import provenance
from lodedata import licences
from lodedata.messages import Label, Translatable, msg, put_in_each_language
from lodedata.sources.source_texts import translate_source_text
from lodedata.vocab import load_vocabulary

KINDS = tuple(name for name, collection in COLLECTIONS.items() if collection.kind.merged)
"""The collections that a file may have together: those of the map."""
MAX_ZONES = 8
SettledQuery = tuple[Query, bool]
"""A query, and whether the transaction shows an earlier version to it."""
KINDS_OF_FILE = Choices(KINDS, msg("The kinds; by default all of the map. The filters must be those that all of them have."))


class KindsParameters(RowParameters):
    """The filters that several kinds have, and the kinds; ``query`` is that of the first one."""

    collections: Annotated[tuple[str, ...], KINDS_OF_FILE] = KINDS
    queries: Annotated[tuple[Query, ...], SkipValidation]

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> Self:
        """Return the parameters of a request. Raise BadQuery if a kind does not have a filter."""
        arguments = values if isinstance(values, Arguments) else Arguments((name, str(value)) for name, value in values.items())
        named = ",".join(arguments.getlist("collections"))
        chosen = KINDS_OF_FILE.validate(named, "collections") if named else KINDS
        filters = Arguments((name, value) for name, value in arguments.pairs() if name != "collections")
        queries = tuple(query_parser.parse_query_arguments(find_collection(name), filters, cls.groups) for name in chosen)
        return cls._validate({**filters, "collections": named, "query": queries[0], "queries": queries})

    @classmethod
    def names(cls, _in_path: Mapping[str, object] = NOTHING) -> tuple[str, ...]:
        """Return the names of the parameters: the filters of all kinds, then those of the operation."""
        filters = dict.fromkeys(name for kind in KINDS for name in list_taken_parameters(find_collection(kind), cls.groups))
        return (*filters, *cls._list_own_names())

    def resolve_queries(self, find_version: Callable[[str], int]) -> list[Query]:
        """Return the queries at the version that ``as_of`` names. Raises BadQuery if there is none."""
        version = None if self.as_of is None else find_version(self.as_of)
        return [replace(query, as_of=version) for query in self.queries]


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source with the number of records that it states something about."""

    name: str
    title_en: str
    title_zh: str
    attribution: str | None
    citation: str | None
    records: int


@dataclass(frozen=True, slots=True)
class FileLicence:
    """A licence of records with what it requires and allows: yes, no or unknown."""

    licence: str
    name: str
    url: str | None
    label_en: str
    label_zh: str
    name_en: str
    name_zh: str
    attribution: str
    commercial: str
    changes: str
    share_alike: str
    records: int
    sources: tuple[CitedSource, ...]


@dataclass(frozen=True, slots=True)
class LicenceConsequence:
    """What follows from the licences for the use of the file."""

    text_en: str
    text_zh: str


@dataclass(frozen=True, slots=True)
class ZoneCount:
    """A zone of UTM or Gauss-Kruger with its number of records."""

    epsg: int
    records: int


@dataclass(frozen=True, slots=True)
class FileContents:
    """What a file of the records that match holds: licences with what they allow, and the zones of its positions."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    licences: tuple[FileLicence, ...]
    consequences: tuple[LicenceConsequence, ...]
    recordsWithoutPosition: int
    zones: tuple[ZoneCount, ...]


def describe_contents(services: OperationServices, parameters: KindsParameters) -> FileContents:
    """Return what a file of the records that match holds. Raises BadQuery."""
    queries = parameters.resolve_queries(services.find_version)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection) if queries[0].as_of is None else queries[0].as_of
        imported = provenance.read_imported_sources(connection)
        settled = [version_views.settle_query_version(connection, query) for query in queries]
        counts = _count_by_source(connection, settled)
        zones, unplaced = _count_positions(connection, settled)
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in imported:
        if row["name"] in counts:
            groups.setdefault((row["licence"], row["licence_name"]), []).append(row)
    consequences = licences.describe_consequences(licence for licence, _ in groups)
    return FileContents(
        dataset_version=version,
        licences=tuple(_describe_licence(licence, name, sources, counts) for (licence, name), sources in groups.items()),
        consequences=tuple(LicenceConsequence(**put_in_each_language("text", text)) for text in consequences),
        recordsWithoutPosition=unplaced,
        zones=tuple(ZoneCount(code, records) for code, records in sorted(zones.items(), key=_rank_zone)[:MAX_ZONES]),
    )


def _rank_zone(zone: tuple[int, int]) -> tuple[int, int]:
    """Return the sort key of a zone's code and number: the most records first, then the code, so that the order is fixed."""
    code, records = zone
    return -records, code


def _count_by_source(connection: Connection, queries: Iterable[SettledQuery]) -> dict[str, int]:
    """Return the number of records of each source."""
    counts: Counter[str] = Counter()
    for query, earlier in queries:
        counts.update(provenance.count_records_by_source(connection, query, earlier))
    return dict(counts)


def _count_positions(connection: Connection, queries: Iterable[SettledQuery]) -> tuple[Counter[int], int]:
    """Return the number of records in each zone of UTM and Gauss-Kruger by EPSG code, and of those without a position."""
    zones: Counter[int] = Counter()
    unplaced = 0
    for query, earlier in queries:
        table = find_collection(query.collection).table
        lon, lat = func.ST_X(table.c.geom), func.ST_Y(table.c.geom)
        # EPSG:326 and 327 with the zone; EPSG:4513 to 4533 are the three-degree zones 25 to 45
        # least(60, NULL) would be 60; without a position there is no zone
        zone = case((lon.is_not(None), func.least(60, func.floor((lon + 180) / 6) + 1)))
        utm = case((lat < 0, 32_700), else_=32_600) + zone
        gauss = case(((lat > 0) & (lat < 56) & lon.between(73.5, 136.5), 4_488 + func.round(lon / 3)))
        statement = (
            select(utm, gauss, func.count())
            .where(expression.build_where_condition(query.shape(earlier), table))
            .group_by(utm, gauss)
        )
        for first, second, records in connection.execute(statement, expression.bind_query(connection, query, earlier)):
            if first is None:
                unplaced += records
                continue
            zones[int(first)] += records
            if second is not None:
                zones[int(second)] += records
    return zones, unplaced


def _describe_licence(licence: str, name: str, rows: Sequence[Mapping[str, Any]], counts: Mapping[str, int]) -> FileLicence:
    sources = tuple(
        CitedSource(row["name"], row["title_en"], row["title_zh"], row["attribution"], row["citation"], counts[row["name"]])
        for row in rows
    )
    return FileLicence(
        licence=licence,
        name=name,
        url=rows[0]["licence_url"],
        **put_in_each_language("label", _choose_short_name(licence, name)),
        **put_in_each_language("name", translate_source_text(name)),
        **asdict(licences.find_licence_terms(licence)),
        records=sum(source.records for source in sources),
        sources=sources,
    )


def _choose_short_name(licence: str, name: str) -> Translatable:
    """Return the label of a licence of the vocabulary, else its name."""
    terms = load_vocabulary("licence")
    return Label(terms[licence].label("en"), terms[licence].label("zh")) if licence in terms else translate_source_text(name)


CONTENTS = Operation(
    "files.contents",
    "/api/download/contents",
    msg("Content of a file"),
    msg("What a file of the records that match holds: licences with what they allow, zones of the positions"),
    KindsParameters,
    run=describe_contents,
    result=FileContents,
    varies_by=("version",),
)
OPERATIONS = (CONTENTS,)
