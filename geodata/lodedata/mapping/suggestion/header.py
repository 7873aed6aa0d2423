"""Lines of the header: name, title, publisher, licence, citation, version and date of a table.

Values of other mappings in the table's folder are offered in place of the placeholder.
"""

import re
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.draft import quote_yaml
from lodedata.vocab import fold

MAX_MAPPING_BYTES = 2**20
"""A larger file is no mapping that a person writes."""
MAX_MAPPING_FILES = 100
_TEXTS = {
    "publisher": "who made the table",
    "citation": "how it is cited",
    "version": "such as 2026-11",
    "as_of": "the year or date of the information, such as 2026",
}
_LICENCE = ("id", "name", "url", "attribution")
_EDITION = frozenset({"version", "as_of"})


def derive_source_name(path: Path) -> str:
    """Return the name of the source of a file: that of the file in letters and digits, with a checksum of other scripts."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(path.stem)).strip("-")
    if not fold(path.stem).isascii():
        return "-".join(filter(None, ("table", plain[:40], f"{_compute_checksum(path):08x}")))
    return plain[:60] if len(plain) > 1 else f"table-{plain or 'file'}"


def _compute_checksum(path: Path) -> int:
    # a name that is no UTF-8 has surrogates
    return crc32(fold(path.stem).encode(errors="surrogateescape"))


def write_header_lines(path: Path) -> list[str]:
    """Return the header of the mapping of a file."""
    shown = quote_yaml(path.name)[1:-1]
    others = _read_other_headers(path)
    text = {key: _write_text_line(key, note, others) for key, note in _TEXTS.items()}
    return [
        f"# A mapping for {shown}, suggested from its columns and first rows. Review it before you use it:",
        "#     lode import --mapping THIS_FILE " + shown + " --dry-run",
        '# Replace each "?"; the mapping is refused while one is left.',
        "",
        f"name: {quote_yaml(derive_source_name(path))}",
        f"title_en: {quote_yaml(path.stem)}",
        f"title_zh: {quote_yaml(path.stem)}",
        text["publisher"],
        _write_licence_line(others),
        text["citation"],
        text["version"],
        text["as_of"],
    ]


def _read_other_headers(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the names and contents of the mappings in a file's folder: that of the file's name, then the newest."""
    files = [other for pattern in ("*.yml", "*.yaml") for other in path.parent.glob(pattern) if other.is_file()]
    recent = sorted(files, key=lambda other: (other.stem != path.stem, -other.stat().st_mtime, other.name))[:MAX_MAPPING_FILES]
    return [(other.name, content) for other in recent if (content := _read_mapping(other))]


def _read_mapping(path: Path) -> dict[str, Any]:
    """Return the content of a YAML file that has a header, empty for any other file."""
    try:
        if path.stat().st_size > MAX_MAPPING_BYTES:
            return {}
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return {}
    return content if isinstance(content, dict) and content.keys() & {"publisher", "licence", "citation"} else {}


def _write_text_line(key: str, note: str, others: list[tuple[str, dict[str, Any]]]) -> str:
    for file, content in others:
        value = content.get(key)
        if isinstance(value, str) and value not in ("", PLACEHOLDER):
            edition = "; change it for another edition" if key in _EDITION else ""
            return f"{key}: {quote_yaml(value)}          # from {quote_yaml(file)[1:-1]}{edition}"
    return f'{key}: "{PLACEHOLDER}"          # {note}'


def _write_licence_line(others: list[tuple[str, dict[str, Any]]]) -> str:
    for file, content in others:
        licence = content.get("licence")
        if not isinstance(licence, dict):
            continue
        values = {key: value for key, value in licence.items() if key in _LICENCE and isinstance(value, str)}
        if values.keys() >= {"id", "name"} and PLACEHOLDER not in values.values():
            entries = ", ".join(f"{key}: {quote_yaml(value)}" for key, value in values.items())
            return f"licence: {{{entries}}}          # from {quote_yaml(file)[1:-1]}"
    return f'licence: {{id: "{PLACEHOLDER}", name: "{PLACEHOLDER}"}}          # its licence, such as CC-BY-4.0, or "internal"'
