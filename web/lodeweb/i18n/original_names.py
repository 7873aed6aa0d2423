"""Names that are not held in the language of a page: shown as their source prints them, and marked as such."""

import re

from flask import g
from markupsafe import Markup, escape

from lodeweb.i18n.language import get_language, gettext

HAN = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[^\W\d_]")


def is_original(name: str) -> bool:
    """Return whether a name is not in the script of the language of this request."""
    if get_language() == "zh":
        return HAN.search(name) is None and LATIN.search(name) is not None
    return HAN.search(name) is not None and LATIN.search(HAN.sub("", name)) is None


def mark_original(name: str) -> Markup:
    """Return a name as markup, with a mark if it is not held in the language of the page; the foot explains the mark."""
    if not is_original(name):
        return escape(name)
    g.original_names = True
    title = gettext("as in the source; no name in this language is held")
    return Markup('<span class="original" title="{}">{}</span>').format(title, name)
