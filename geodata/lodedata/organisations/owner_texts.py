"""Texts in which sources name owners: a body, with the shares of its own owners in brackets behind it.

``Alliance Copper Ltd. (BHP Billiton plc: 50%, Codelco: 50%)`` names three bodies, two of them with a share. Brackets that
belong to a name, such as ``(Pty) Ltd.`` or ``(Chinalco)``, remain in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lodedata.organisations.damaged_names import repair_name
from lodedata.organisations.known_bodies import is_body
from lodedata.organisations.names import derive_comparable_name, ends_in_legal_form, names_nobody, shorten_comparable_name
from lodedata.vocab import load_vocabulary

_OPEN, _CLOSE = "([（【", ")]）】"
_SHARE = r"(?P<share>\d{1,3}(?:\.\d+)?)\s*%"
_SHARED = re.compile(rf"(?P<name>[^%]*?)\s*[:,]?\s*[(\[（]*\s*{_SHARE}[)\]）]*")
"""A name that its share follows: ``A: 51%``, ``A, 51%``, ``A (51%)``."""
_SHARE_BEHIND = re.compile(rf"^(?P<name>.*?)[,:]?\s*[(（]?\s*{_SHARE}\s*[)）]?$", re.DOTALL)
_OWNED_BY = re.compile(rf"^{_SHARE}\s+owned\s+by\s+(?P<name>.+?)(?:\s+and\s+another\b.*)?$", re.IGNORECASE)
_TOGETHER = re.compile(rf"^(?P<name>.+?)\s+\(with (?P<other>[^()]+)\)\s+{_SHARE}\s+in total$", re.IGNORECASE)
_AFTER_PERCENT = re.compile(r"(?<=%)\s+(?:\(leaving\)|(?:in)?directly\b|(?:in)?direct\b|in total\b|interest\b)", re.IGNORECASE)
_REMAINDER = re.compile(r"\s+remainder$", re.IGNORECASE)
_REMARK_AHEAD = re.compile(r"^(?:see page|operator):\s*", re.IGNORECASE)
_SUBSIDIARY = re.compile(
    r"^(?:a\s+)?(?P<wholly>wholly[- ]owned\s+)?subsidiar(?:y|ies)\s+of\s+(?:state-owned\s+)?(?P<name>.+)$", re.IGNORECASE
)
_REMARK = re.compile(
    r"^(?:via|formerly|former|ex|now|a|an|refining|mongolian-russia|guymine)\b|^(?:private|government|state|unit)\b"
    r"|(?:joint venture|government agency|contract)$",
    re.IGNORECASE,
)
"""Remarks in brackets that are no part of a name: (formerly ...), (wholly owned subsidiary of ...), (private)."""
_AFTER_SHARE = re.compile(r"(?<=%)\s*[,;]\s*|(?<=%[)\]）])\s*[,;]\s*")
"""The end of an owner with its share in a list of owners whose names may have brackets."""
_NEXT_OWNER = re.compile(r"^[\s,;:.]*(?:and\s+|&\s+)?", re.IGNORECASE)
_TRADES = (
    "ore",
    "iron",
    "steel",
    "oil",
    "gas",
    "coal",
    "mining",
    "metals",
    "minerals",
    "trading",
    "textiles",
    "petroleum",
    "geology",
)
"""Terms that begin the trade of one body, as in ``Iron and Steel Co.``."""
_AND = "".join(rf"(?<!\b{word})" for word in _TRADES) + r"\s+and\s+"
_JOINT = re.compile(rf",\s+(?:and\s+)?|{_AND}(?=[A-Z])", re.IGNORECASE)
_EVERY_AND = re.compile(r",\s+(?:and\s+)?|\s+and\s+(?=[A-Z])")
_LIST = re.compile(r";\s*|[、，]|(?<=[^\W\d_]{2})/(?=[^\W\d_]{2})|,\s+(?:and\s+)?|\s+\+\s+")
"""What divides the names of a list. The stroke of A/S and S/A does not."""
_LIST_EVERY_AND = re.compile(rf"{_LIST.pattern}|\s+and\s+")
_LIST_AND = re.compile(rf"{_LIST.pattern}|{_AND}", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*\([^()]*\)")
_NO_NAME = re.compile(r"\d|(?:a|an|the|formerly|manager|principal|operator)\b|jr\b", re.IGNORECASE)
"""How a remark behind a name begins."""
_LIST_END = re.compile(
    r",?\s+(?:joint venture|(?:and|\+) (?:others|partners?)|etc\.?|Filial: .*)$|<null>$"
    r"|\s+\((?:cited to|source also names|from)\s[^()]*\)$",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PrintedOwner:
    """A body that a text names, with its share in per cent if the text has one.

    ``of_first`` is whether it is an owner of the body that the text names first.
    """

    name: str
    share_pct: float | None = None
    of_first: bool = False


def read_owners(text: str) -> tuple[PrintedOwner, ...]:
    """Return the bodies that a text names, the first one first; empty if it names nobody.

    Damaged letters are repaired where the word is known (``damaged_names``).
    """
    line = _REMARK_AHEAD.sub("", _LIST_END.sub("", _SPACES.sub(" ", repair_name(text)).strip()))
    owned, together = _OWNED_BY.match(line), _TOGETHER.match(line)
    if owned is not None:
        return _choose_named([PrintedOwner(owned["name"], float(owned["share"]))])
    if together is not None:
        return _choose_named([PrintedOwner(together["name"]), PrintedOwner(together["other"])])
    line = _AFTER_PERCENT.sub("", line)
    listed = _parse_list_with_shares(line)
    if listed is not None:
        return _choose_named(listed)
    first, behind = _cut_brackets(line)
    share = _SHARE_BEHIND.match(first)
    if share is not None:
        bodies = [PrintedOwner(share["name"], float(share["share"]))]
    else:
        alone = next((float(match["share"]) for inside in behind if (match := re.fullmatch(_SHARE, inside))), None)
        bodies = [PrintedOwner(name, alone) for name in _split_bodies(first)]
    return _choose_named([*bodies, *(owner for inside in behind for owner in _find_owners_inside(inside, first))])


def find_principal_name(text: str) -> str:
    """Return the name of the first body of a text, an empty text if it names nobody; other brackets remain in it."""
    line = _LIST_END.sub("", _SPACES.sub(" ", repair_name(text)).strip())
    first, _ = _cut_brackets(line, remarks_only=True)
    share = _SHARE_BEHIND.match(first)
    name = _trim(first if share is None else share["name"])
    return "" if names_nobody(derive_comparable_name(name)) else name


def _choose_named(owners: list[PrintedOwner]) -> tuple[PrintedOwner, ...]:
    """Return the owners whose text is a name, without punctuation at its ends, each body once."""
    seen: dict[str, PrintedOwner] = {}
    for owner in owners:
        name = _trim(owner.name)
        if not names_nobody(derive_comparable_name(name)) and (owner.share_pct is None or owner.share_pct <= 100):
            seen.setdefault(derive_comparable_name(name), PrintedOwner(name, owner.share_pct, owner.of_first))
    return tuple(seen.values())


def _trim(name: str) -> str:
    """Return a name without spaces and separators at its ends and without a bracket that has no partner."""
    name = name.strip(" ,;:" if name.count("[") == name.count("]") else " ,;:[]")
    if name.startswith("[") and name.endswith("]") and "]" not in name[:-1]:
        name = name[1:-1]
    if name.startswith("(") and name.endswith(")") and ")" not in name[:-1]:
        name = name[1:-1]
    return name.removesuffix("(").rstrip(" ,;:") if name.count("(") > name.count(")") else name


def _parse_list_with_shares(line: str) -> list[PrintedOwner] | None:
    """Return the owners of a list in which two or more names have a share at the top level, None for another text."""
    pieces = [piece for piece in re.split(r";\s+", line) if piece]
    if len(pieces) > 1 and all("%" in piece for piece in pieces):
        return [PrintedOwner(match["name"], float(match["share"])) for piece in pieces if (match := _SHARE_BEHIND.match(piece))]
    if len(pieces) > 1 and any("%" in piece for piece in pieces) and not any(bracket in line for bracket in _OPEN):
        shared = [(piece, _SHARE_BEHIND.match(piece)) for piece in pieces]
        return [
            PrintedOwner(_REMAINDER.sub("", piece))
            if share_match is None
            else PrintedOwner(share_match["name"], float(share_match["share"]))
            for piece, share_match in shared
        ]
    pieces = [piece for piece in _AFTER_SHARE.split(line) if piece]
    if len(pieces) > 1 and all(_is_closed(piece) for piece in pieces):
        shares = [
            owner_match for piece in pieces if (owner_match := _SHARE_BEHIND.match(piece)) and "%" not in owner_match["name"]
        ]
        if len(shares) == len(pieces):
            return [PrintedOwner(_NEXT_OWNER.sub("", share["name"]), float(share["share"])) for share in shares]
    bare = re.sub(r"[(（]\s*\d{1,3}(?:\.\d+)?\s*%\s*[)）]", "%", line)
    if bare.count("%") > 1 and not any(bracket in bare for bracket in _OPEN):
        return list(_find_shared_names(line, of_first=False))
    last = re.fullmatch(r"(?P<first>.+\([^()%]+\)),\s+(?P<name>[^()%]+?)\s+\((?P<share>\d+(?:\.\d+)?)\s*%\)", line)
    if last is not None:
        return [PrintedOwner(last["first"]), PrintedOwner(last["name"], float(last["share"]), of_first=True)]
    return None


def _is_closed(text: str) -> bool:
    """Return whether each bracket of a text has its partner in it."""
    return sum(text.count(bracket) for bracket in _OPEN) == sum(text.count(bracket) for bracket in _CLOSE)


def names_several(name: str) -> bool:
    """Return whether a name that was left whole may be a list: it has parts that are not all known as bodies."""
    return len(_split_parts(name, _LIST)) > 1 or (len(pieces := _split_parts(name, _LIST_AND)) > 1 and is_body(pieces[0]))


def _split_bodies(line: str) -> list[str]:
    """Return the names that a text lists without shares, the text itself where a part of it is not known as a body.

    A semicolon or a stroke between spaces always divides names.
    """
    pieces = [piece for piece in re.split(r";\s+|\s+/\s+", line) if piece]
    if len(pieces) > 1:
        return pieces
    pieces = _split_parts(line, _LIST_EVERY_AND)
    return pieces if all(map(is_body, pieces)) else [line]


def _split_parts(line: str, separators: re.Pattern[str]) -> list[str]:
    """Return the parts of a text between separators; a legal form alone (``Oklo, Inc.``) belongs to the part before."""
    parts: list[str] = []
    start = 0
    for match in separators.finditer(line):
        before, behind = line[start : match.start()], line[match.end() :]
        following = _BRACKETED.sub("", separators.split(behind)[0])
        is_apart = bool(following) and not ends_in_legal_form(following, alone=True) and not _NO_NAME.match(following)
        is_apart = is_apart and not _abbreviates(following, before)
        if before.strip() and _is_closed(before) and is_apart:
            parts.append(before.strip())
            start = match.end()
    return [*parts, line[start:].strip()]


def _abbreviates(text: str, name: str) -> bool:
    """Return whether a text in capitals has letters of a name only, in their order: ALPART is Alumina Partners of Jamaica."""
    letters = iter(name.upper())
    return len(text) > 2 and text.isupper() and text.isalpha() and all(letter in letters for letter in text)


def _cut_brackets(line: str, remarks_only: bool = False) -> tuple[str, list[str]]:
    """Return a text without the brackets that are no part of a name, and what is inside those brackets.

    With ``remarks_only`` a second name of several terms remains.
    """
    rest, cut, start = "", [], 0
    for begin, end in _find_top_brackets(line):
        inside = line[begin + 1 : end].strip()
        if _is_separate(inside, at_end=not line[end + 1 :].strip(" .,"), remarks_only=remarks_only):
            rest += line[start:begin]
            cut.append(inside)
            start = end + 1
    rest = _SPACES.sub(" ", rest + line[start:]).strip()
    return (rest.removesuffix(".") if rest.endswith(" .") else rest), cut


def _is_separate(inside: str, at_end: bool, remarks_only: bool) -> bool:
    """Return whether a text in brackets names owners or is a remark, and is no part of the name before it."""
    if "%" in inside or _SUBSIDIARY.match(inside):
        return True
    if re.fullmatch(r"(?i)private|p", inside) or ends_in_legal_form(inside, alone=True):
        return False
    if _REMARK.match(inside):
        return True
    if not at_end or _is_country(inside):
        return False
    return names_nobody(derive_comparable_name(inside)) or (not remarks_only and " " in inside)


def _find_top_brackets(line: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each bracket that is in no other; one that is not closed ends with the text."""
    depth, begin = 0, 0
    for place, character in enumerate(line):
        if character in _OPEN:
            begin = begin if depth else place
            depth += 1
        elif character in _CLOSE and depth:
            depth -= 1
            if depth == 0:
                yield begin, place
    if depth and "%" in line[begin:]:
        yield begin, len(line)


def _find_owners_inside(inside: str, first: str) -> Iterator[PrintedOwner]:
    """Yield the owners of the first body that a text in brackets names; another name of that body is none."""
    subsidiary = _SUBSIDIARY.match(inside)
    if subsidiary is not None:
        yield PrintedOwner(subsidiary["name"], 100.0 if subsidiary["wholly"] else None, of_first=True)
    elif "%" in inside:
        yield from _find_shared_names(inside, of_first=True)
    elif not _REMARK.match(inside) and not set(shorten_comparable_name(inside).split()) <= set(
        derive_comparable_name(first).split()
    ):
        names = _split_joint(inside, by_and=True)
        if len(names) > 1 or ends_in_legal_form(inside):
            yield from (PrintedOwner(name, None, of_first=True) for name in names)


def _find_shared_names(line: str, of_first: bool) -> Iterator[PrintedOwner]:
    """Yield the names of a text that shares follow; names that share one figure have none of their own."""
    for match in _SHARED.finditer(line):
        name = _NEXT_OWNER.sub("", match["name"]).strip()
        if re.match(r"(?i)owned by\b", name):
            continue
        names = _split_joint(name, by_and=False)
        share = float(match["share"]) if len(names) == 1 else None
        yield from (PrintedOwner(name, share, of_first) for name in names)


def _split_joint(text: str, by_and: bool) -> list[str]:
    """Return the names of a list without shares, without countries and towns: ``Cambrior, Inc.`` is one name."""
    pieces = [piece for piece in _EVERY_AND.split(text) if piece.strip()] if by_and else []
    if not pieces or not all(map(is_body, pieces)):
        pieces = [piece for piece in _JOINT.split(text) if piece.strip()] if by_and or ", " in text else [text]
    if any(ends_in_legal_form(piece, alone=True) for piece in pieces[1:]):
        return [text]
    if len(pieces) == 2 and ends_in_legal_form(pieces[0]) and " " not in pieces[1].strip():
        return pieces[:1]
    return [piece for piece in pieces if not _is_country(piece)]


def _is_country(text: str) -> bool:
    return load_vocabulary("country").find(text.strip().removeprefix("the ")) is not None
