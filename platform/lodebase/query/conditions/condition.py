"""What a condition of a Query is: everything that a plan, an SQL text, a count and a facet need to know of it."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection
from sqlalchemy.sql.selectable import FromClause

from lodebase.query.bbox import Bbox
from lodebase.query.collections_ import Collection

Form = TypeVar("Form")
"""What the SQL text of a condition depends on besides its class, hashable and without the values that are bound."""
Selection = tuple[str, tuple[str, ...]]
"""A field and the codes that are selected of it."""


class Condition(ABC, Generic[Form]):
    """A condition on the rows of a collection, immutable and hashable.

    Conditions of one class and form have one SQL text. The members that are not abstract are right for a condition of which
    nothing is prepared: its rows are read and counted one by one.
    """

    __slots__ = ()
    rank: ClassVar[int]
    """The position among the classes of conditions in the SQL text."""
    is_bounded: ClassVar[bool] = False
    """Whether its rows lie in a box, so that ranges of Morton codes contain them."""
    adds_properties: ClassVar[bool] = False
    """Whether features have properties that depend on it."""

    @property
    @abstractmethod
    def form(self) -> Form:
        """Return what its SQL text depends on besides the class."""

    @abstractmethod
    def list_bound_values(self) -> dict[str, Any]:
        """Return the values to bind, by names that no other condition of a query uses."""

    @classmethod
    @abstractmethod
    def build(cls, form: Form, collection: Collection, table: FromClause, walked: bool) -> ColumnElement[bool]:
        """Return the SQL condition on the rows of a table of a collection.

        If ranges of Morton codes are ``walked``, the spatial index is not used: it would be searched for every range.
        """

    @classmethod
    def build_certain(cls, form: Form, table: FromClause) -> ColumnElement[bool] | None:
        """Return whether a point is certainly inside, given the accuracy of its position; None if it has no inside."""
        return None

    @property
    def order_key(self) -> str:
        """Return what orders conditions of one class."""
        return ""

    @property
    def is_in_key(self) -> bool:
        """Return whether the key of the finished features holds all that it compares."""
        return False

    @property
    def selection(self) -> Selection | None:
        """Return the field and the codes that it selects, None if it does not select by codes."""
        return None

    @property
    def needs_accuracy(self) -> bool:
        """Return whether the box of its rows depends on the largest inaccuracy of a position in the collection."""
        return False

    def find_box(self, accuracy_max_m: float) -> Bbox | None:
        """Return a box that contains its rows, None if it does not determine one."""
        return None

    def widen_for_facet(self, field: str, collection: Collection) -> "Condition[Any] | None":
        """Return the condition for the counts by values of a field, None if they do not depend on it."""
        return self

    def check_version(self, connection: Connection, version: int) -> None:
        """Raise BadQuery for an earlier version of which what is compared is not stored."""


AnyCondition = Condition[Any]
