"""Names of governments in one form: ``DRC government`` is the Government of the Democratic Republic of the Congo."""

import re

from lodedata.normal_form import normalise_search_text
from lodedata.vocab import load_vocabulary

_OF = re.compile(
    r"(?P<body>government|gobierno|gouvernement|governo|regierung|state|estado|etat) "
    r"(?:of|de|del|du|des|do|da|di|von|der) (?:the |la |el |los |l )?(?P<area>.+)"
)
_BEHIND = re.compile(r"(?:the )?(?P<area>.+?)(?: state| provincial)? government")
_CHINESE = re.compile(r"(?P<area>.+?)(?:中央|联邦|人民)?政府")
_STATES = frozenset({"state", "estado", "etat"})
"""Terms that are a government only before the name of a country: the State of Georgia is another body."""
_KINDS = frozenset({"local", "central", "federal", "regional", "national", "provincial", "state", "municipal", "district"})
"""What precedes ``government`` without naming an area."""
PREFIX = "government of "


def find_government_name(text: str) -> str | None:
    """Return the comparable name of the government that a text names, such as ``government of cod``; None for another text."""
    chinese = _CHINESE.fullmatch(text.strip())
    if chinese is not None:
        country = load_vocabulary("country").find(chinese["area"])
        return None if country is None else f"{PREFIX}{country.code.lower()}"
    line = normalise_search_text(text)
    of = _OF.fullmatch(line)
    match = of or _BEHIND.fullmatch(line)
    if match is None or match["area"] in _KINDS:
        return None
    area, is_state = match["area"], of is not None and of["body"] in _STATES
    country = load_vocabulary("country").find(area)
    if country is not None and not (is_state and _is_division(area)):
        return f"{PREFIX}{country.code.lower()}"
    return None if is_state else f"{PREFIX}{area}"


def find_governed_country(comparable: str) -> str | None:
    """Return the code of the country whose government a comparable name is, None for another name."""
    code = comparable.removeprefix(PREFIX).upper()
    return code if comparable.startswith(PREFIX) and code in load_vocabulary("country") else None


def _is_division(area: str) -> bool:
    """Return whether a division of some country has this name too."""
    terms = load_vocabulary("division")
    return any(terms.find(area, country) is not None for country in load_vocabulary("country").terms)
