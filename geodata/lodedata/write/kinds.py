"""Files of the records of several kinds: one workbook, one GeoPackage, or CSV files with a readme in one archive."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from lodedata import licences
from lodedata.messages import Message, msg
from lodedata.write import archive, csv_, xlsx
from lodedata.write.content import FileContent, Rows
from lodedata.write.vector import geopackage

Kinds = Sequence[tuple[FileContent, Rows]]
PARTS = ".parts"
SUFFIXES: Mapping[str, str] = {"xlsx": ".xlsx", "gpkg": ".gpkg", "csv": ".csv.zip"}
"""The formats of such files, with the end of their names."""
README = (
    msg("Records of several kinds, each with its related rows in files of their own."),
    msg("Filter: %(filter)s"),
    msg("URL of the same file: %(address)s"),
    msg(
        '"; " separates the parts of a list, and a text that a spreadsheet would read as a formula has an apostrophe before it.'
    ),
)


def write(kinds: Kinds, path: Path, form: str) -> None:
    """Write the file of a format."""
    if form == "xlsx":
        xlsx.write_kinds(kinds, path)
    elif form == "gpkg":
        for content, rows in kinds:
            geopackage.write(content, rows, path)
    else:
        _write_archive(kinds, path)


def _write_archive(kinds: Kinds, path: Path) -> None:
    folder = path.with_suffix(PARTS)
    folder.mkdir()
    for content, rows in kinds:
        for table in content.tables:
            csv_.write_table(content, rows, folder / f"{table.name}.csv", table, content.lang)
    parts = [folder / f"{table.name}.csv" for content, _ in kinds for table in content.tables]
    readme = folder / "README.txt"
    readme.write_text("\n".join(_write_readme(kinds[0][0], parts[-1])) + "\n", encoding="utf-8-sig")
    archive.pack(path, {part.name: part for part in (readme, *parts)}, kinds[0][0].moment)


def _write_readme(content: FileContent, sources: Path) -> list[str]:
    """Return the lines of the readme in both languages; the sources of the file are in the last table."""
    names = {line.split(",", 1)[0].strip('"') for line in sources.read_text(encoding="utf-8-sig").splitlines()[1:]}
    present = [origin for origin in content.origins if origin.name in names]
    follows = tuple(licences.describe_consequences(origin.licence for origin in present))
    lines: list[str] = []
    for language in ("en", "zh"):
        messages: tuple[Message, ...] = (*README, *follows)
        lines += [
            message.filled(filter=content.filter or msg("all"), address=content.address).in_language(language)
            for message in messages
        ]
        lines += [
            f"- {origin.title.in_language(language)}: {origin.licence_name} ({origin.licence}). {origin.citation}"
            for origin in present
        ]
        lines.append("")
    return lines
