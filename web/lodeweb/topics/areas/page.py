"""Reading of area files: few at a time, so that those of one client leave others a reader."""

from collections.abc import Iterator
from contextlib import contextmanager

from lodebase.operations.formats import convert_result_to_data
from lodebase.topics.areas.operations import READ
from lodeweb.adapter.responses import Presentation
from lodeweb.http.access.admission import Gate
from lodeweb.http.access.client_address import list_client_networks

MAX_FILES_AT_ONCE = 4
"""Files that one process of the site reads at a time, one of each client."""
MAX_FILES_WAITING = 32
WAIT_S = 5.0
READERS = Gate(MAX_FILES_AT_ONCE, MAX_FILES_WAITING, WAIT_S, 1 / MAX_FILES_AT_ONCE)


@contextmanager
def admit_reader() -> Iterator[None]:
    """Hold a place among those who read files. Raises Overloaded if too many wait."""
    client = list_client_networks()
    READERS.enter(client=client)
    try:
        yield
    finally:
        READERS.leave(client)


PRESENTATIONS = {READ: Presentation(data=convert_result_to_data, guard=admit_reader)}
