"""The titles of sources on pages, in the language of the request."""

from lodebase.query.reading import reading
from lodeweb.http.database import site
from lodeweb.pages import compare


def read_source_titles() -> dict[str, str]:
    """Return the title of each source in the page's language, by its name."""
    with reading(site().engine) as connection:
        return compare.read_source_titles(connection)
