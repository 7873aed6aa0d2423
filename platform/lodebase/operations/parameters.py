"""The parameters of an operation as a pydantic model, and what requests, descriptions and commands derive from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from lodebase.errors import BadQuery
from lodebase.field_types import Description, FieldType, Schema
from lodedata.messages import Message

NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OperationParameter:
    """A parameter as descriptions have it: its type, its description, and whether it must be given."""

    name: str
    field_type: FieldType
    text: Message
    required: bool

    @property
    def schema(self) -> Schema:
        """The JSON schema of its value."""
        return self.field_type.schema


class Parameters(BaseModel):
    """The parameters of an operation; each field has one of the types of ``field_types``."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> Self:
        """Return the parameters of a request, command or form; an empty value counts as not given. Raises BadQuery."""
        return cls._validate(values)

    @classmethod
    def _validate(cls, values: Mapping[str, object]) -> Self:
        read_empty = {parameter.name for parameter in cls.described() if parameter.field_type.reads_empty}
        values_given = {
            name: value for name, value in values.items() if not isinstance(value, str) or value.strip() or name in read_empty
        }
        names = {field.alias or name: name for name, field in cls.model_fields.items()}
        try:
            return cls.model_validate({name: value for name, value in values_given.items() if name in names})
        except BadQuery as error:
            # a field is refused by its own name, which is another one if Python reserves that of the parameter
            shown = next((name for name, own in names.items() if own == error.parameter), error.parameter)
            renamed = Message(error.message.template, {**error.message.arguments, "parameter": shown})
            raise BadQuery(shown, error.value, renamed) from None
        except ValidationError as error:
            missing = [str(detail["loc"][0]) for detail in error.errors() if detail["type"] == "missing"]
            if not missing:
                raise
            raise next(parameter.field_type for parameter in cls.described() if parameter.name == missing[0]).refuse_missing(
                missing[0]
            ) from None

    def require_day(self, today: date) -> None:
        """Raise BadQuery for what today does not allow, before a job is accepted; a run checks it as well."""

    @classmethod
    def names(cls, _in_path: Mapping[str, object] = NOTHING) -> tuple[str, ...]:
        """Return the names of the parameters in order; some depend on the values of the path."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())

    @classmethod
    def described(cls) -> Iterator[OperationParameter]:
        """Yield each parameter that has a type, in order."""
        for name, field in cls.model_fields.items():
            field_type, text = _find_type(field), _find_text(field)
            if field_type is not None:
                yield OperationParameter(field.alias or name, field_type, text or field_type.text, field.is_required())

    @classmethod
    def is_begun(cls, values: Mapping[str, object]) -> bool:
        """Return whether values are there to run the operation with: one that is required, if any is."""
        required = [parameter.name for parameter in cls.described() if parameter.required]
        return not required or any(values.get(name) for name in required)


def _find_type(field: FieldInfo) -> FieldType | None:
    """Return the type of a field, which may be optional: ``Day`` or ``Day | None``; None for one that no request has."""
    candidates = [*field.metadata, *(candidate for part in get_args(field.annotation) for candidate in get_args(part))]
    return next((candidate for candidate in candidates if isinstance(candidate, FieldType)), None)


def _find_text(field: FieldInfo) -> Message | None:
    return next((metadata.text for metadata in field.metadata if isinstance(metadata, Description)), None)


class NoParameters(Parameters):
    """No parameters but the general ones."""
