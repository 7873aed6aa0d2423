"""The normal form of names and search texts for comparison."""

import re

from lodedata.vocab import fold

PARTING = '-_/().,;:"+&、，。（）·；：'
"""Characters that separate tokens, as spaces do; the migration of the search terms has the same."""
SILENT = "'’‘`ʻʼ"
"""Characters that are removed."""

_NORMAL = str.maketrans(dict.fromkeys(PARTING, " ") | dict.fromkeys(SILENT))
_PUNCTUATION = re.compile(f"[{re.escape(PARTING + SILENT)}]")


def normalise_search_text(text: str) -> str:
    """Return the normal form of a name or search text: folded, without punctuation."""
    folded = fold(text)
    return " ".join(folded.translate(_NORMAL).split()) if _PUNCTUATION.search(folded) else folded
