"""Files of whole collections made before anybody asks: ``python -m lodeweb.ahead``, which `lode serve` starts after an import.

One at a time, with the lowest claim on the machine, in a place of their own, and none is begun while the site makes one for
somebody. A quarter of the spool is theirs: the smallest formats first, what has no room is made when it is asked for.
"""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from lodebase import settings as settings_module
from lodebase.db import prepared_tables
from lodebase.download import order
from lodebase.download.order import Order
from lodebase.errors import SpoolFull
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.run import reading
from lodedata.write import FORMATS
from lodeweb import downloads, freshness, i18n
from lodeweb.app import create_app
from lodeweb.database import site

SHARE = 4
"""The part of the spool that may hold them is one in so many."""
AGAIN_S = 1.0


def main() -> int:
    """Make them, unless whoever started this goes."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    settings = settings_module.load()
    for _ in made(create_app(settings), settings.url or f"http://{settings.host}:{settings.port}"):
        continue
    return 0


def made(app: Flask, root: str) -> Iterator[Order]:
    """Make the files that citations of a site at ``root`` lead to; each when it is there."""
    with app.test_request_context(base_url=root):
        here, build = site(), freshness.build()
        left = here.spool.most_bytes // SHARE
        for wanted, size in list(_wanted()):
            key = wanted.key(build)
            there = here.spool.size(key, wanted.suffix)
            if there is None and size <= left:
                while here.spool.busy():
                    time.sleep(AGAIN_S)
                task = order.task(here.engine, wanted, here.settings.download_timeout_s)
                # larger than was thought: it is made when it is asked for
                with contextlib.suppress(SpoolFull):
                    here.spool.make(task, key, wanted.suffix, ahead=True).wait(lambda: True)
                there = here.spool.size(key, wanted.suffix)
                if there is not None:
                    yield wanted
            left -= there or 0


def _wanted() -> Iterator[tuple[Order, int]]:
    """The files, each with the bytes that it is likely to have; those in a language too where a format is for people."""
    whole = prepared_tables.collection_state.c
    with reading(site().engine) as connection:
        rows = {row[0]: row[1] for row in connection.execute(select(whole.collection, whole.n))}
    large = [asked for name, asked in COLLECTIONS.items() if rows.get(name, 0) >= site().settings.ahead_from]
    for form in sorted(FORMATS.values(), key=lambda form: form.row_bytes):
        for asked in large:
            for lang in (None, *(i18n.LANGUAGES if form.words else ())):
                arguments = MultiDict({"lang": lang} if lang else {})
                yield downloads.ordered(asked, form.name, arguments), form.row_bytes * rows[asked.name]


def _end_with_parent() -> None:
    with contextlib.suppress(OSError):
        # not by what Python buffers: a thread that waits for that keeps the process from ending
        os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
