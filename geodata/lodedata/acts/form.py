"""The form of an act at the desk: its fields, by the declaration of acts, and its values as tables for an import."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lodedata import sources
from lodedata.kinds import KINDS, Field
from lodedata.mapping import Reading, Tally
from lodedata.mapping.tables import read_table
from lodedata.messages import Message, msg
from lodedata.problems import Problem

SOURCE = "act-form"
NAMES = (
    *("act_type", "number", "title_zh", "title_en", "issuer", "issuer_uscc", "status"),
    *("issued_on", "published_on", "effective_on", "expires_on", "replaces", "country", "division", "url", "text"),
)
FIELDS: tuple[Field, ...] = tuple(field for name in NAMES for field in KINDS["official_act"].fields if field.name == name)
MAX_LINE_CHARACTERS = 1_000
MAX_FORM_TEXT_CHARACTERS = 100_000
MAX_SUBJECTS = 100
Subject = Mapping[str, str]
"""A record that an act concerns: its ``collection``, its identifier ``record``, and the ``role`` of the act."""


@dataclass(frozen=True, slots=True)
class EntryKey:
    """What the desk adds to the values of an act: its key, the identifier of its record, the checksum of its file."""

    key: str
    identity: str
    sha256: str | None


def get_max_length(name: str) -> int:
    """Return how many characters a field may have."""
    return MAX_FORM_TEXT_CHARACTERS if name == "text" else MAX_LINE_CHARACTERS


def find_form_refusals(values: Mapping[str, str], subjects: Sequence[Subject] = ()) -> list[Message | Problem]:
    """Return why values can't be stored as an act: what an import would refuse or leave out, and what the form requires."""
    refusals: list[Message | Problem] = [
        msg(
            "%(field)s is longer than %(longest)s characters. Shorten it.",
            field=field.title,
            longest=f"{get_max_length(field.name):,}",
        )
        for field in FIELDS
        if len(values.get(field.name, "")) > get_max_length(field.name)
    ]
    if not (values.get("title_zh") or values.get("title_en")):
        refusals.append(msg("Enter a title in Chinese or in English."))
    if (url := values.get("url")) and not url.startswith(("https://", "http://")):
        refusals.append(msg("An address begins with https:// or http://."))
    begins, ends = values.get("effective_on") or values.get("issued_on") or "", values.get("expires_on", "")
    if ends and ends < begins[: len(ends)]:
        refusals.append(
            msg("The act ends on %(ends)s, before it begins on %(begins)s. Correct one of the dates.", ends=ends, begins=begins)
        )
    if refusals:
        return refusals
    with TemporaryDirectory(prefix="lode-act-") as folder:
        write(Path(folder), EntryKey("1", "1", None), values, subjects)
        return [problem for reading in read(Path(folder), Tally()) for problem in reading.problems]


def write(folder: Path, entry: EntryKey, values: Mapping[str, str], subjects: Sequence[Subject]) -> None:
    """Write the tables of an act into a folder: the act, and the records that it concerns if there are any."""
    row = {name: values.get(name, "") for name in NAMES}
    row["replaces"] = ";".join(part.strip() for part in row["replaces"].replace("；", ";").replace("\n", ";").split(";"))
    _write_table(folder / "lode-act.csv", [{"key": entry.key, **row, "attachment_sha256": entry.sha256 or ""}])
    if subjects:
        act = values.get("number") or entry.identity
        rows = [{"key": f"{entry.key}/{place}", "act": act, **subject} for place, subject in enumerate(subjects)]
        _write_table(folder / "lode-act-subjects.csv", rows)


def read(folder: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the readings of the tables in a folder."""
    source = sources.load_source(SOURCE)
    for spec in source.tables:
        if (path := folder / spec.file).exists():
            yield from read_table(source, spec, path, tally)


def _write_table(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
