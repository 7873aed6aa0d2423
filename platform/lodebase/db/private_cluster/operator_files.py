"""Files by which an operator extends the private cluster: more settings, and who else may connect.

They lie in LODE_HOME and are copied into the data folder at each start, as the server's user may not be able to read
LODE_HOME. The first line that the server rejects is reported by file and line.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from lodebase.errors import ClusterTrouble
from lodedata.messages import msg

SETTINGS = "postgresql.extra.conf"
ACCESS = "pg_hba.extra.conf"
NAMES = "pg_ident.extra.conf"
COPY = "lode.extra.conf"
"""The name of the copy of SETTINGS in the data folder."""
ORIGINALS = {COPY: SETTINGS, "pg_hba.conf": ACCESS, "pg_ident.conf": NAMES}

REQUIRED = frozenset(
    {"port", "unix_socket_directories", "data_directory", "config_file", "hba_file", "ident_file", "hot_standby"}
)
"""Settings by which Lode finds its server; a line that sets one is rejected."""

SETTING = re.compile(r"\s*([A-Za-z_][\w.$]*)")
SYNTAX = re.compile(r'(?:LOG|ERROR): +(.+?) in file "([^"]+)" line (\d+)(.*)')
VALUE = re.compile(r'(?:LOG|ERROR|FATAL): +((?:invalid value for parameter|.*?parameter) "([^"]+)".*)')
CONTEXT = re.compile(r'LOG: +(.+)\n(?:.*DETAIL: .*\n)?.*CONTEXT: +line (\d+) of configuration file "([^"]+)"')


class OperatorFiles:
    """The files of one LODE_HOME; each may be missing."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def settings(self) -> str | None:
        """Return the operator's settings. Raise ClusterTrouble for one that only Lode may set."""
        content = self._read(SETTINGS)
        for number, line in enumerate((content or "").splitlines(), 1):
            match = SETTING.match(line)
            if match and match[1].lower() in REQUIRED:
                raise ClusterTrouble(
                    msg(
                        "%(file)s, line %(number)s: Lode sets %(found)s itself; remove the line.",
                        file=self._home / SETTINGS,
                        number=number,
                        found=match[1],
                    )
                )
        return content

    def access(self, before: Iterable[str], after: Iterable[str]) -> str:
        """Return pg_hba.conf: our lines, the operator's, and those that apply if neither matches."""
        return "".join(before) + _list_lines(self._read(ACCESS)) + "".join(after)

    def names(self, ours: Iterable[str]) -> str:
        """Return pg_ident.conf: our lines, then the operator's."""
        return "".join(ours) + _list_lines(self._read(NAMES))

    def find_complaint(self, output: str, ours: dict[str, int]) -> str | None:
        """Return the server's error message about an operator's file, from its output; None if there is none.

        Args:
            output: What the server wrote to its log or to standard error.
            ours: For each file in the data folder the number of Lode's own lines before the operator's.
        """
        for pattern, order in ((SYNTAX, (1, 2, 3, 4)), (CONTEXT, (1, 3, 2, 0))):
            for match in pattern.finditer(output):
                message, path, line, rest = (match[n] if n else "" for n in order)
                name = Path(path).name
                if name in ORIGINALS:
                    return f"{self._home / ORIGINALS[name]}, line {int(line) - ours.get(name, 0)}: {message}{rest}."
        for match in VALUE.finditer(output):
            number = self._find_line(match[2])
            if number is not None:
                return f"{self._home / SETTINGS}, line {number}: {match[1]}."
        return None

    def _find_line(self, setting: str) -> int | None:
        """Return the last line that sets a parameter, as the last one applies."""
        lines = (self._read(SETTINGS) or "").splitlines()
        for number, line in reversed(list(enumerate(lines, 1))):
            match = SETTING.match(line)
            if match and match[1].lower() == setting.lower():
                return number
        return None

    def _read(self, name: str) -> str | None:
        path = self._home / name
        try:
            return path.read_text()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise ClusterTrouble(msg("%(path)s can't be read: %(error)s.", path=path, error=error)) from None


def _list_lines(content: str | None) -> str:
    return "" if not content else content if content.endswith("\n") else f"{content}\n"
