"""Names of organisations in forms that can be compared.

Two names are the same name if their comparable forms are equal. A short name, without legal form, may belong to several
organisations: a group and its listed company often share one.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from lodedata.normal_form import normalise_search_text
from lodedata.organisations.governments import find_government_name
from lodedata.vocab import load_vocabulary

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_COUNTRY_BEHIND = re.compile(r"^(?P<name>.{3,}?)\s*[(（](?:the )?(?P<country>[^()（）]+)[)）]\s*$")
_COUNTRY_OF = re.compile(
    r"^(?P<name>.+?\b(?:Ltd|Limited|Inc|plc|S\.?A|AG|A\.G|GmbH|N\.?V|B\.?V|AB|ASA|LLC|S\.?p\.?A)\.?)"
    r"\s+of\s+(?:the\s+)?(?P<country>[A-Z][\w .]+)$",
    re.IGNORECASE,
)
"""A company behind whose legal form its country is printed; the one of Aluminum Corporation of China is a part of its name."""
_LAST_BRACKET = re.compile(r"^(.+?)[(（]([^()（）]+)[)）]\s*$")
_SHARES = re.compile(r"[(（](?:[^()（）]*\d\s*%[^()（）]*|government|private|state|国有|私营)[)）]", re.IGNORECASE)
"""Shares and kinds of owners in brackets, which are no part of a name: (government: 100%)."""
_BRACKETS = re.compile(r"[()（）\[\]【】〔〕]")
_BRANCH = re.compile(r"^(.+公司)(.*(?:分公司|分厂|办事处|代表处))$")
_AUTHORITY = re.compile(
    r"(?:厅|局|委员会|委|部|政府)$|\bgovernment$|^(?:gobierno|governo|gouvernement) "
    r"|^(?:ministry|minister|ministerio|ministere|department|government|state) (?:of|de|des|du|do)\b"
)
_FORM_ZH = re.compile(r"(?:控股|集团|总)?(?:股份有限公司|有限公司|公司|集团|控股)$")
_SUFFIX_ZH = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
MIN_SHORT_ZH = 4
"""Fewest characters of a short name after its province is removed: 云南铜业 is not called 铜业."""

_ONE_FORM = {
    "limited": "ltd",
    "incorporated": "inc",
    "corporation": "corp",
    "company": "co",
    "companies": "co",
    "cia": "co",
    "compania": "co",
    "compagnie": "co",
    "and": "",
    "the": "",
}
"""Parts of a name in Latin letters that are written in several forms."""
_LETTERS = re.compile(
    r"\b(?:s a i c|s p r l|s a r l|s a s|s a c|s a a|s a u|s a e|s c m|s p a|s r l|b s c|l l c|l l p|p l c"
    r"|s a|n v|b v|c v|k k|a s|a g|a b)\b"
)
"""Legal forms whose letters points separate."""


@lru_cache(maxsize=100_000)
def derive_comparable_name(text: str) -> str:
    """Return the form of a name by which equal names are found; the empty text if it has no letter.

    Widths, case, accents, punctuation and brackets do not count. 有限责任公司 is 有限公司; 集团 and 股份 remain, as they
    distinguish a group from its listed company. Limited is Ltd, Incorporated is Inc, S.A. is SA.
    DRC government is the government of the country.
    """
    government = find_government_name(_SHARES.sub(" ", text))
    if government is not None:
        return government
    line = normalise_search_text(_BRACKETS.sub(" ", _SHARES.sub(" ", cut_seat(text)[0])))
    if not any(character.isalnum() for character in line):
        return ""
    if _CHINESE.search(line):
        return _shorten_province("".join(line.split()).replace("有限责任公司", "有限公司"))
    line = _LETTERS.sub(lambda match: match.group().replace(" ", ""), line).replace("sa de cv", "sadecv")
    return " ".join(filter(None, (_ONE_FORM.get(token, token) for token in line.split())))


@lru_cache(maxsize=100_000)
def shorten_comparable_name(text: str) -> str:
    """Return the comparable form of a name without legal form, and without its province if the rest is long enough.

    Names of branches and authorities are not shortened: a branch is an organisation of its own, and each province has an
    authority of the same name.
    """
    name = derive_comparable_name(text)
    if is_branch(text) or is_authority(text):
        return name
    if not _CHINESE.search(name):
        tokens = name.split()
        while len(tokens) > 1 and tokens[-1] in _list_legal_forms(ahead=False):
            tokens.pop()
        if len(tokens) > 1 and tokens[0] in _list_legal_forms(ahead=True):
            tokens = tokens[1:]
        return " ".join(tokens)
    shorter = _FORM_ZH.sub("", _FORM_ZH.sub("", name))
    province = _find_province(shorter)
    rest = shorter.removeprefix(province)
    return rest if len(rest) >= MIN_SHORT_ZH else shorter or name


def cut_seat(text: str) -> tuple[str, str | None]:
    """Return a name without the country printed behind it, and that country's code; None if there is none.

    Inmet Mining Ltd. (Canada) and Glencore International AG of Switzerland have one, Bank of China has none.
    """
    for pattern in (_COUNTRY_BEHIND, _COUNTRY_OF):
        match = pattern.match(text)
        if match is not None:
            term = load_vocabulary("country").find(match["country"])
            if term is not None:
                return match["name"].strip(), term.code
    return text, None


def names_nobody(comparable: str) -> bool:
    """Return whether the comparable form of a text is not that of a name: empty, a number, or a text such as unknown.

    ``no-names.csv`` lists such texts in the languages of the sources.
    """
    return not comparable or not any(map(str.isalpha, comparable)) or _compile_no_names().fullmatch(comparable) is not None


def ends_in_legal_form(text: str, alone: bool = False) -> bool:
    """Return whether a name in Latin letters ends in a legal form, or, ``alone``, is one and no more."""
    tokens = derive_comparable_name(text).split()
    forms = _list_legal_forms(ahead=False)
    return bool(tokens) and (all(token in forms for token in tokens) if alone else tokens[-1] in forms)


def is_branch(text: str) -> bool:
    """Return whether a name is that of a branch (分公司), which is registered on its own."""
    return find_head_office(text) is not None


def is_authority(text: str) -> bool:
    """Return whether a name is that of an authority, such as 江西省自然资源厅 or Ministry of Mines."""
    return bool(_AUTHORITY.search(derive_comparable_name(text)))


def is_chinese(text: str) -> bool:
    """Return whether a name has Chinese characters."""
    return bool(_CHINESE.search(text))


def find_head_office(text: str) -> str | None:
    """Return the comparable name of the organisation whose branch a name is, None if it is no branch."""
    match = _BRANCH.match(derive_comparable_name(text))
    return match.group(1) if match else None


def list_alternative_names(text: str) -> tuple[str, ...]:
    """Return the names in one text: the name, and a second one in brackets at its end unless it is a part of the first.

    云南锡业集团（控股）有限责任公司 is one name; Aluminum Corporation of China (Chinalco) are two. Several terms in Latin
    letters are no second name: they are often those of the owner, as in Konkola Copper Mines plc (Anglo American).
    """
    text = cut_seat(_SHARES.sub(" ", text))[0].strip()
    match = _LAST_BRACKET.match(text)
    if match is None or match.group(2) in ("集团", "控股", "中国") or len(match.group(2)) < 3:
        return (text,)
    if not is_chinese(match.group(2)) and (" " in match.group(2) or ends_in_legal_form(match.group(2), alone=True)):
        return (text,)
    return match.group(1).strip(), match.group(2).strip()


def _shorten_province(name: str) -> str:
    """Return a Chinese name with its province in the short form: 江西省 becomes 江西."""
    province = _find_province(name)
    if not province:
        return name
    rest = name.removeprefix(province)
    suffix = next((ending for ending in _SUFFIX_ZH if rest.startswith(ending)), "")
    return province + rest.removeprefix(suffix)


@cache
def load_legal_forms() -> tuple[Mapping[str, str], ...]:
    """Return the legal forms in Latin letters: ``form``, whether it precedes a name (``ahead``), and its ``countries``.

    A form without countries is used in many.
    """
    text = (files(__package__) / "legal-forms.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def _list_legal_forms(ahead: bool) -> frozenset[str]:
    """Return the legal forms in Latin letters, or only those that precede a name."""
    return frozenset(row["form"] for row in load_legal_forms() if not ahead or row["ahead"] == "true")


@cache
def _compile_no_names() -> re.Pattern[str]:
    """Return the expression of the comparable forms that name nobody."""
    text = (files(__package__) / "no-names.csv").read_text("utf-8")
    return re.compile("|".join(row["comparable"] for row in csv.DictReader(text.splitlines())))


@lru_cache(maxsize=1)
def _list_provinces() -> tuple[str, ...]:
    labels = (term.label_zh for term in load_vocabulary("division") if term.extra.get("country") == "CHN")
    shortened = {re.sub(f"(?:{'|'.join(_SUFFIX_ZH)})$", "", label) for label in labels}
    return tuple(sorted(shortened, key=len, reverse=True))


def _find_province(name: str) -> str:
    return next((province for province in _list_provinces() if name.startswith(province)), "")
