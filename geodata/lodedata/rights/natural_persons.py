"""Natural persons among the names of holders, bidders and officers, whose names the public does not see.

A name is that of a body only if its text says so: by a legal form, an authority or a trade. Every other name is withheld until
an expert decides: the personal information law (个人信息保护法) protects persons, and no body loses by it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lodedata.cells import normal

HolderKind = Literal["organisation", "natural-person", "mixed"]
MASK = "(natural person)"
"""What replaces the name of a person in rows of sources."""
MASKED = frozenset({MASK, "natural person", "自然人", "（自然人）", "(自然人)", "persona física", "persona humana"})
SEPARATOR = "; "

_DOTTED_FORM = re.compile(
    r"(?<=\S)[\s.,(](?:S\.\s?A\.?(?:\s?[A-Z]\.?)*|S\.\s?R\.\s?L\.?|S\.\s?C\.\s?A\.?|S\.\s?P\.\s?A\.?|S/A|SRL|SAPEM|LTDA\.?|LIMITADA|"
    r"EIRELI|"
    r"E\.?I\.?R\.?L\.?|LTD\.?|LIMITED|INC\.?|INCORPORATED|CORP\.?|CORPORATION|L\.?L\.?C\.?|P\.?L\.?C\.?|CO\.|COMPANY|L\.P\.|GMBH|"
    r"PTY\.?|TBK\.?|SDN\.?|BHD\.?|OOO|ООО|ПАО|АО)(?=$|[\s,.;)])",
    re.IGNORECASE,
)
"""Legal forms in any case, with what is before them: a name is never only a form."""
_CAPITAL_FORM = re.compile(r"(?<=\S)[\s,](?:SA|SAU|SAS|SACI|SCA|SPA|SpA|SE|AB|AG|NV|BV|ASA|OYJ|LP)(?=$|[\s,)])")
"""Forms without dots, which in small letters may be a name."""
_BODY = re.compile(
    r"\b(?:MUNICIPALIDAD|MUNICIPIO|PROVINCIA|GOBIERNO|MINISTERIO|SECRETAR[IÍ]A|DIRECCI[OÓ]N|COMISI[OÓ]N|INSTITUTO|"
    r"UNIVERSIDAD|COOPERATIVA|SUCURSAL|SOCIEDAD|COMPA[NÑ][IÍ]A|EMPRESA|CONSORCIO|FUNDACI[OÓ]N|ASOCIACI[OÓ]N|"
    r"UTE|UNI[OÓ]N TRANSITORIA|MINERALS|MINING|RESOURCES|ENERGY|EXPLORATION|HOLDINGS?|GROUP|MINISTRY|GOVERNMENT|AUTHORITY|"
    r"UNIVERSITY|BANK|TRUST)\b",
    re.IGNORECASE,
)
_ESTATE = re.compile(r"\b(?:SUCESI[OÓ]N|SUCESORES|SUC\.|HEREDEROS|ESTATE OF|HEIRS)\b", re.IGNORECASE)
_REPRESENTED = re.compile(r"\b(?:REPRESENTANTE|APODERAD[OA])\b|代表人|负责人|经营者", re.IGNORECASE)
"""What is before the name of a person who acts for a body."""
_CHINESE_BODY = re.compile(
    r"公司|集团|企业|合伙|煤矿|[铜铝锂镍钴锡金银铁铅锌]矿|矿业|合作社|委员会|政府|中心|大学|学院|协会|基金|银行|总队|大队"
)
_CHINESE_ENDING = re.compile(r"[厂厅局院所队站处部署司室矿社店场行](?=$|\()")
"""Signs of a body that are in names of persons too, such as 司马 or 李广厂."""
_CHINESE_PERSON = re.compile(
    r"[\u4e00-\u9fff]{2,3}|(?:欧阳|上官|司马|司徒|司空|诸葛|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木)[\u4e00-\u9fff]{1,2}"
    r"|[\u4e00-\u9fff]{1,8}(?:[·•‧・][\u4e00-\u9fff]{1,8})+"
)
"""Names of two or three characters, with a surname of two, or with a dot as in Uyghur and Tibetan names."""
LEAST_LETTERS = 2
"""A withheld name of fewer letters is not searched in other texts."""
LONGEST_SHORT_NAME = 3
"""Characters of a Chinese name that may always be that of a person."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_PARTS = re.compile(
    r"\s*(?:[;；、，|\r\n]|\s/\s|(?<=\.)\s+(?:Y|AND)\s+|,(?!\s*(?:S\.|INC|LTD|LLC|L\.L\.C|CO\.|SEE)))\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class NameDecisions:
    """Names by their keys that experts decided to be those of bodies and of persons; no sign in a name counts against it."""

    bodies: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()


UNDECIDED = NameDecisions()


@dataclass(frozen=True, slots=True)
class Holders:
    """The public text of a cell of names, what kind of holders it has, and the names that are withheld."""

    public: str | None
    kind: HolderKind
    withheld: tuple[str, ...]

    @property
    def masked(self) -> str:
        """The cell's text with a mask for each withheld name."""
        return SEPARATOR.join(filter(None, (self.public, *(MASK for _ in self.withheld))))


def is_body(name: str) -> bool:
    """Return whether a name is certainly that of a body: a company, an authority, a cooperative."""
    plain = normal(name)
    if _ESTATE.search(plain) or _REPRESENTED.search(plain):
        return False
    if _CHINESE.search(plain):
        return _is_chinese_body(plain)
    return bool(_DOTTED_FORM.search(plain) or _CAPITAL_FORM.search(plain) or _BODY.search(plain))


def _is_chinese_body(name: str) -> bool:
    parts = name.split()
    joined = "".join(parts)
    if len(joined) <= LONGEST_SHORT_NAME or (len(parts) > 1 and any(_CHINESE_PERSON.fullmatch(part) for part in parts)):
        return False
    return bool(_CHINESE_BODY.search(joined) or (_CHINESE_ENDING.search(joined) and not _CHINESE_PERSON.fullmatch(joined)))


def name_key(name: str) -> str:
    """Return the form in which equal names are equal: without case and repeated spaces."""
    return " ".join(name.casefold().split())


def holders(text: str, bodies: frozenset[str] = frozenset(), decided: NameDecisions = UNDECIDED) -> Holders:
    """Return the holders of a cell, which may list several; ``bodies`` are names that a mapping states to be public."""
    public: list[str] = []
    withheld: list[str] = []
    for name in filter(None, _PARTS.split(text.strip())):
        (public if _is_public(name, bodies, decided) else withheld).append(name)
    kind: HolderKind = "organisation" if not withheld else "mixed" if public else "natural-person"
    return Holders(SEPARATOR.join(public) or None, kind, tuple(withheld))


def _is_public(name: str, bodies: frozenset[str], decided: NameDecisions) -> bool:
    key = name_key(name)
    if key in MASKED or key in decided.persons:
        return False
    return key in decided.bodies or name in bodies or is_body(name)


def name_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern of names in any case and spacing, None without names; a Latin name is not part of a longer word.

    Names of fewer letters than two are left out: they would match in unrelated texts.
    """
    long = sorted((name for name in names if sum(map(str.isalpha, name)) >= LEAST_LETTERS), key=len, reverse=True)
    return re.compile("|".join(map(_expression, long)), re.IGNORECASE) if long else None


def _expression(name: str) -> str:
    spaced = r"\s+".join(map(re.escape, name.split()))
    return spaced if _CHINESE.search(name) else rf"(?<!\w){spaced}(?!\w)"
