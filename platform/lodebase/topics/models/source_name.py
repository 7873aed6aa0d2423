"""The parameter that names a source."""

import re
from typing import Annotated

from lodebase.field_types import FieldType
from lodedata.messages import msg

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


def _parse(value: str) -> str:
    if NAME.fullmatch(value) is None:
        raise ValueError
    return value


SourceName = Annotated[
    str,
    FieldType(
        _parse,
        {"type": "string", "maxLength": 100},
        msg('"%(value)s" is not the name of a source. Copy it from /api/sources.'),
        msg("Copy it from /api/sources."),
        msg("The name of a source, such as usgs-vms-minmod: only its figures count."),
    ),
]
