"""The parameters of an operation on the records of a collection: its filters, and parameters of the operation's own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, SkipValidation

from lodebase.operations.parameters import Parameters
from lodebase.query.collections_ import find_collection
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.declarations import OF_ROWS, taken
from lodebase.query.query import Query

AS_OF = "as_of"


class RowParameters(Parameters):
    """Parameters of which those of a collection's filters become a Query; ``as_of`` names its version."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    collection: ClassVar[str]
    query: Annotated[Query, SkipValidation]
    as_of: Annotated[str | None, SkipValidation] = None

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> Self:
        """Return the parameters of a request. Raises BadQuery."""
        arguments = values if isinstance(values, Arguments) else Arguments((name, str(one)) for name, one in values.items())
        query = query_parser.query(find_collection(cls.collection), arguments, OF_ROWS, cls._own_names())
        return cls._validate({**values, "query": query})

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the parameters: the filters, then those of the operation."""
        return (*taken(find_collection(cls.collection), OF_ROWS), *cls._own_names())

    @classmethod
    def _own_names(cls) -> tuple[str, ...]:
        return tuple(one.name for one in cls.described())

    def query_at(self, version: int | None) -> Query:
        """Return the query at a version of the data, None for the last one."""
        return self.query if version is None else replace(self.query, as_of=version)
