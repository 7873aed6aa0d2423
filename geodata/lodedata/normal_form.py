"""Names and search texts in the form in which they are compared."""

import re

from lodedata.vocab import fold

PARTING = '-_/().,;:"+&、，。（）·；：'
"""Separators of words, as spaces are; the migration of the search terms has the same."""
SILENT = "'’‘`ʻʼ"
"""Characters that are left out."""

_NORMAL = str.maketrans(dict.fromkeys(PARTING, " ") | dict.fromkeys(SILENT))
_PUNCTUATION = re.compile(f"[{re.escape(PARTING + SILENT)}]")


def normal(text: str) -> str:
    """Return a name or search text as it is compared: folded, without punctuation."""
    folded = fold(text)
    return " ".join(folded.translate(_NORMAL).split()) if _PUNCTUATION.search(folded) else folded
