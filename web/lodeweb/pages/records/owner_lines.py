"""Owners and operators of a project as lines of text: role, share and date."""

from collections.abc import Mapping
from typing import Any

from lodedata.messages import join_facts
from lodedata.vocab import load_vocabulary
from lodeweb.i18n.language import get_language, gettext

IN_OR_BEFORE = "in-or-before"


def format_owner_date(date: str | None, basis: str | None) -> str:
    """Return the date of an ownership, such as ``2008 or before``; an empty text without a date."""
    if not date:
        return ""
    if basis != IN_OR_BEFORE:
        return date
    return str(gettext("%(year)s or before", year=date) if date.isdigit() else gettext("%(date)s or before", date=date))


def format_owner_line(owner: Mapping[str, Any]) -> str:
    """Return the role, share and date of an owner, such as ``former owner, 51 %, 2008 or before``."""
    roles = load_vocabulary("owner-role")
    role = roles[owner["role"]].label(get_language()) if owner["role"] in roles else owner["role"]
    share = "" if owner.get("share_pct") is None else f"{round(owner['share_pct'], 3):g} %"
    date = format_owner_date(owner.get("information_date"), owner.get("date_basis")) or gettext("date not stated")
    return join_facts(filter(None, (role, share, date)), get_language())
