"""Secrets of settings in files, such as those that container platforms mount."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lodebase.errors import BadSetting
from lodedata.messages import msg

FILE_SUFFIX = "_FILE"
"""The suffix of a secret's variable that names a file containing the secret."""


def read_secret_files(environment: Mapping[str, str], variables: Iterable[str]) -> dict[str, Any]:
    """Return the secrets in the files that ``VARIABLE_FILE`` names for some variables, without the newline at their end.

    Raise BadSetting for a file that cannot be read or is empty, or if the variable itself is also set.
    """
    secret_files = {}
    for variable in variables:
        path = environment.get(variable + FILE_SUFFIX)
        if not path:
            continue
        if environment.get(variable):
            raise BadSetting(
                msg("%(variable)s and %(variable)s%(file)s are both set; set one of them.", variable=variable, file=FILE_SUFFIX)
            )
        try:
            content = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
            raise BadSetting(
                msg(
                    "%(variable)s%(file)s=%(path)r: the file can't be read: %(reason)s.",
                    variable=variable,
                    file=FILE_SUFFIX,
                    path=path,
                    reason=reason,
                )
            ) from None
        if not content:
            raise BadSetting(
                msg(
                    "%(variable)s%(file)s=%(path)r: the file is empty; write the secret into it.",
                    variable=variable,
                    file=FILE_SUFFIX,
                    path=path,
                )
            )
        secret_files[variable] = content
    return secret_files
