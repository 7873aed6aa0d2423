"""The parameters of an operation on the records of a collection: its filters, and parameters of the operation's own."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, SkipValidation

from lodebase.errors import BadQuery
from lodebase.field_types import MAX_QUOTED_CHARACTERS
from lodebase.operations.parameters import NOTHING, Parameters
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.declarations import OF_ROWS, list_taken_parameters
from lodebase.query.parameters.parameter import Group
from lodebase.query.query import Query
from lodedata.messages import msg

AS_OF = "as_of"


class RowParameters(Parameters):
    """Parameters of which those of a collection's filters become a Query; ``as_of`` names its version."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    collection: ClassVar[str]
    groups: ClassVar[tuple[Group, ...]] = OF_ROWS
    """The groups of the collection's parameters that it accepts."""
    needs_radius: ClassVar[bool] = False
    """Whether a search around a place needs a radius, as the order of the records does not matter."""
    query: Annotated[Query, SkipValidation]
    as_of: Annotated[str | None, SkipValidation] = None

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> Self:
        """Return the parameters of a request. Raises BadQuery."""
        arguments = values if isinstance(values, Arguments) else Arguments((name, str(value)) for name, value in values.items())
        query = query_parser.parse_query_arguments(cls.find_collection(values), arguments, cls.groups, cls._list_own_names())
        if cls.needs_radius and query.requests_nearest:
            sentence = msg("nearest excludes no record. Give near and radius_km.")
            raise BadQuery("nearest", str(values.get("nearest", ""))[:MAX_QUOTED_CHARACTERS], sentence)
        return cls._validate({**values, "query": query})

    @classmethod
    def find_collection(cls, _values: Mapping[str, object]) -> Collection:
        """Return the collection that has the filters."""
        return find_collection(cls.collection)

    @classmethod
    def names(cls, in_path: Mapping[str, object] = NOTHING) -> tuple[str, ...]:
        """Return the names of the parameters: the filters, then those of the operation."""
        return (*list_taken_parameters(cls.find_collection(in_path), cls.groups), *cls._list_own_names())

    @classmethod
    def _list_own_names(cls) -> tuple[str, ...]:
        return tuple(parameter.name for parameter in cls.described())

    def query_at(self, version: int | None) -> Query:
        """Return the query at a version of the data, None for the last one."""
        return self.query if version is None else replace(self.query, as_of=version)

    def resolve_query(self, find_version: Callable[[str], int]) -> Query:
        """Return the query at the version that ``as_of`` names. Raises BadQuery if there is none."""
        return self.query_at(None if self.as_of is None else find_version(self.as_of))


class CollectionRowParameters(RowParameters):
    """Parameters of an operation on any collection: the path names it."""

    name: Annotated[str, SkipValidation]
    """The collection."""

    @classmethod
    def find_collection(cls, values: Mapping[str, object]) -> Collection:
        """Return the collection that the path names. Raises NotFound if there is none."""
        return find_collection(str(values["name"]))

    @classmethod
    def _list_own_names(cls) -> tuple[str, ...]:
        return ("name", *super()._list_own_names())
