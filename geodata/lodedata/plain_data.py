"""Dataclasses as data of JSON: their fields by name, a text in each language, a day in its ISO form."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any

import orjson

from lodedata.messages import Translatable, list_languages

NOT_IN_DATA: Mapping[str, bool] = MappingProxyType({"not_in_data": True})
"""The metadata of a field that is no part of the data, such as the version of a header: ``field(metadata=NOT_IN_DATA)``."""
NOT_IF_NONE: Mapping[str, bool] = MappingProxyType({"not_if_none": True})
"""The metadata of a field that the data have only if it has a value, such as a distance that some records have."""


def name_field(name: str) -> Mapping[str, str]:
    """Return the metadata of a field that has another name in the data, such as one that Python reserves."""
    return {"name": name}


def convert_to_plain_data(value: object) -> Any:
    """Return a value as data of JSON: of a dataclass its fields, of a text each language, of a day its ISO form."""
    return orjson.loads(encode_plain_json(value))


def encode_plain_json(value: object) -> bytes:
    """Return a value as JSON."""
    # column names are a subclass of str, which orjson accepts as keys only with this option
    return orjson.dumps(value, default=_convert_value, option=orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_NON_STR_KEYS)


def _convert_value(value: object) -> Any:
    if isinstance(value, Translatable):
        return {lang: value.in_language(lang) for lang in list_languages()}
    if is_dataclass(value):
        values = ((field, getattr(value, field.name)) for field in fields(value) if not field.metadata.get("not_in_data"))
        written = ((field, of) for field, of in values if of is not None or not field.metadata.get("not_if_none"))
        return {field.metadata.get("name", field.name): of for field, of in written}
    raise TypeError(f"{type(value).__name__} is no data")
