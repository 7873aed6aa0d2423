"""The responses of estimates over time: the link to the next page, and files that are sent while they are read."""

from typing import Any

from lodebase.operations.formats import CSV, XLSX
from lodebase.records import estimate_files
from lodebase.topics.estimates.operations import OF_DEPOSIT, OF_DEPOSITS, EstimateRows
from lodeweb.adapter.responses import NamedFile, Presentation, add_links
from lodeweb.http.representation.links import build_next_link
from lodeweb.http.representation.negotiation import JSON


def add_next_link(rows: EstimateRows) -> dict[str, Any]:
    """Return the data of estimates with a link to the next page, if there is one."""
    data = add_links(rows)
    if rows.next_position is not None:
        data["links"].append(build_next_link(rows.next_position, JSON))
    return data


def write_csv(rows: EstimateRows) -> NamedFile:
    """Return the estimates of a deposit as a CSV with its id in the name."""
    return NamedFile(f"{rows.file_name}{CSV.suffix}", "".join(estimate_files.write_estimate_csv(rows.read_all())).encode())


def write_workbook(rows: EstimateRows) -> NamedFile:
    """Return estimates as a workbook, of one deposit with its id in the name."""
    return NamedFile(f"{rows.file_name}{XLSX.suffix}", estimate_files.write_xlsx(rows.read_all()))


PRESENTATIONS = {
    OF_DEPOSIT: Presentation(writers={CSV: write_csv, XLSX: write_workbook}, data=add_next_link),
    OF_DEPOSITS: Presentation(
        writers={
            CSV: lambda rows: (part.encode() for part in estimate_files.write_estimate_csv(rows.read_all())),
            XLSX: write_workbook,
        },
        data=add_next_link,
    ),
}
