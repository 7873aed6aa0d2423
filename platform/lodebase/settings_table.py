"""The table of settings with their values and origins, secrets masked."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from lodebase.secret_files import FILE_SUFFIX
from lodebase.settings import Settings


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table of settings; a secret's value is masked."""

    variable: str
    value: str
    origin: str
    meaning: str


def list_all_settings(settings: Settings, environment: Mapping[str, str] | None = None) -> Iterator[Setting]:
    """Yield every setting with its variable, value, origin and meaning, in the order of the class."""
    environment = os.environ if environment is None else environment
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias)
        origin = (
            "environment" if environment.get(variable) else "file" if environment.get(variable + FILE_SUFFIX) else "default"
        )
        yield Setting(variable, _format_shown_value(name, getattr(settings, name)), origin, field.description or "")


def _format_shown_value(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return json.dumps([layer.model_dump() for layer in value], ensure_ascii=False)
    if isinstance(value, SecretStr):
        return mask_url_passwords(value.get_secret_value()) if name.endswith("_url") else "***"
    return str(value)


def mask_url_passwords(url: str) -> str:
    """Return a database URL without its passwords, in whichever form they are written."""
    # not parsed as a URL: a password with a character that should be escaped would end up in another part
    outside_query = re.sub(r"(://[^:/@]*):.*@", r"\1:***@", url)
    return re.sub(r"(?i)([?&]\w*password=)[^&]*", r"\1***", outside_query)
