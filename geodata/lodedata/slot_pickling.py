"""Pickling of frozen classes with slots, which a confined process sends by the million."""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

Class = TypeVar("Class", bound=type[Any])


def pickle_by_slots(cls: Class) -> Class:
    """Give a frozen data class with slots a state that is read by one call.

    That of the standard library looks the fields of the class up for every value, which takes three times as long.
    """
    names = tuple(field.name for field in fields(cls))
    read: Callable[[Any], Any] = attrgetter(*names)
    write = object.__setattr__

    def __getstate__(self: Any) -> tuple[Any, ...]:
        return (read(self),) if len(names) == 1 else read(self)

    def __setstate__(self: Any, state: tuple[Any, ...]) -> None:
        for name, value in zip(names, state, strict=True):
            write(self, name, value)

    # setattr, as the type of a class says that the state of an object is read without an argument
    setattr(cls, "__getstate__", __getstate__)  # noqa: B010
    setattr(cls, "__setstate__", __setstate__)  # noqa: B010
    return cls
