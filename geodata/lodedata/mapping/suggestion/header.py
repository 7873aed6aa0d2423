"""Lines of the header: name, title, publisher, licence, citation, version and date of a table."""

import re
from pathlib import Path

from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.draft import quoted
from lodedata.vocab import fold


def header_lines(path: Path) -> list[str]:
    """Return the header of the mapping of a file."""
    name = re.sub(r"[^a-z0-9]+", "-", fold(path.stem)).strip("-") or "my-table"
    shown = quoted(path.name)[1:-1]
    return [
        f"# A mapping for {shown}, suggested from its columns and first rows. Review it before you use it:",
        "#     lode import --mapping THIS_FILE " + shown + " --dry-run",
        '# Replace each "?"; the mapping is refused while one is left.',
        "",
        f"name: {quoted(name[:60] if len(name) > 1 else 'table-' + name)}",
        f"title_en: {quoted(path.stem)}",
        f"title_zh: {quoted(path.stem)}",
        f'publisher: "{PLACEHOLDER}"          # who made the table',
        f'licence: {{id: "{PLACEHOLDER}", name: "{PLACEHOLDER}"}}     # its licence, such as CC-BY-4.0, or "internal"',
        f'citation: "{PLACEHOLDER}"',
        f'version: "{PLACEHOLDER}"            # such as 2026-11',
        f'as_of: "{PLACEHOLDER}"              # the year or date of the information, such as 2026',
    ]
