"""A file of a collection at the latest version, written in this process; its name is there when it is complete."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from lodebase.download.job import write_file
from lodebase.download.request import DownloadRequest, build_file_task, compute_version_time, write_file_address
from lodebase.download.task import Assignment
from lodebase.errors import ExportFailed
from lodebase.history.versions import resolve_version
from lodebase.query.collections_ import find_collection
from lodebase.query.query import Query
from lodedata.messages import msg
from lodedata.write import FORMATS

TIMEOUT_S = 3_600
UNLIMITED = 1 << 62


def export_file(engine: Engine, collection: str, form: str, path: Path, root: str, lang: str | None = None) -> int:
    """Write all records of a collection in a format and return their number.

    ``root`` is the address of the site that the file cites. Raise NotFound for an unknown collection, ExportFailed if the
    file can't be written.
    """
    source = find_collection(collection)
    if source.geometry is None and FORMATS[form].needs_geometry:
        title = FORMATS[form].title
        raise ExportFailed(msg("%(name)s have no geometry, and %(form)s needs one.", name=source.name, form=title))
    version = resolve_version(engine, None)
    address = write_file_address(root, source.name, form, {}, version.number)
    moment = compute_version_time(version.committed_at)
    request = DownloadRequest(Query(source.name), form, version.number, moment, address, "", lang)
    with complete_file(path) as part:
        outcome = write_file(Assignment(build_file_task(engine, request, TIMEOUT_S), part, UNLIMITED))
        if outcome.error is not None:
            raise ExportFailed(msg("%(path)s can't be written: %(reason)s", path=path, reason=outcome.reason))
    return outcome.rows.get(source.name, 0)


@contextmanager
def complete_file(path: Path) -> Iterator[Path]:
    """Yield a path in the same folder that becomes the file at the end; an error removes it. Raise ExportFailed."""
    # the ending stays, as libraries choose a format by it
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        part.unlink(missing_ok=True)
        yield part
        part.replace(path)
    except OSError as error:
        raise ExportFailed(msg("%(path)s can't be written: %(reason)s", path=path, reason=error.strerror or error)) from None
    finally:
        part.unlink(missing_ok=True)
