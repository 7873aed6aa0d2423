"""Natural persons among the names of holders, bidders and officers, whose names the public does not see.

A name is that of a body only if its text says so: by a legal form, an authority or a trade. Every other name is withheld until
an expert decides: the personal information law (个人信息保护法) protects persons, and no body loses by it.
"""

import re
from dataclasses import dataclass
from typing import Literal

from lodedata.cells import normal

HolderKind = Literal["organisation", "natural-person", "mixed"]
MASK = "(natural person)"
"""What replaces the name of a person in rows of sources."""
MASKED = frozenset({MASK, "natural person", "自然人", "（自然人）", "(自然人)", "persona física", "persona humana"})
SEPARATOR = "; "

_DOTTED_FORM = re.compile(
    r"(?<=\S)[\s.,(](?:S\.\s?A\.?(?:\s?[A-Z]\.?)*|S\.\s?R\.\s?L\.?|S\.\s?C\.\s?A\.?|S\.\s?P\.\s?A\.?|SRL|SAPEM|LTDA\.?|EIRELI|"
    r"E\.?I\.?R\.?L\.?|LTD\.?|LIMITED|INC\.?|INCORPORATED|CORP\.?|CORPORATION|L\.?L\.?C\.?|P\.?L\.?C\.?|CO\.|COMPANY|L\.P\.|GMBH|"
    r"PTY\.?|TBK\.?|SDN\.?|BHD\.?|OOO|ООО|ПАО|АО)(?=$|[\s,.;)])",
    re.IGNORECASE,
)
"""Legal forms in any case, with what is before them: a name is never only a form."""
_CAPITAL_FORM = re.compile(r"(?<=\S)[\s,](?:SA|SAU|SAS|SACI|SCA|SPA|SE|AB|AG|NV|BV|ASA|OYJ|LP)(?=$|[\s,)])")
"""Forms without dots, which in small letters may be a name."""
_BODY = re.compile(
    r"\b(?:MUNICIPALIDAD|MUNICIPIO|PROVINCIA|GOBIERNO|MINISTERIO|SECRETAR[IÍ]A|DIRECCI[OÓ]N|COMISI[OÓ]N|INSTITUTO|"
    r"UNIVERSIDAD|COOPERATIVA|SUCURSAL|SOCIEDAD|COMPA[NÑ][IÍ]A|EMPRESA|CONSORCIO|FUNDACI[OÓ]N|ASOCIACI[OÓ]N|"
    r"UTE|UNI[OÓ]N TRANSITORIA|MINERALS|MINING|RESOURCES|ENERGY|EXPLORATION|HOLDINGS?|GROUP|MINISTRY|GOVERNMENT|AUTHORITY|"
    r"UNIVERSITY|BANK|TRUST)\b",
    re.IGNORECASE,
)
_ESTATE = re.compile(r"\b(?:SUCESI[OÓ]N|SUCESORES|SUC\.|HEREDEROS|ESTATE OF|HEIRS)\b", re.IGNORECASE)
_CHINESE_BODY = re.compile(
    r"公司|集团|企业|合伙|厂|矿$|煤矿|[铜铝锂镍钴锡金银铁铅锌]矿|矿业|合作社|委员会|政府|厅|局|院|所|队|中心|大学|学院|协会|基金|银行|站|处|部|署|司|室|社$|店$|场$|行$|总队|大队"
)
_CHINESE_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8})+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_PARTS = re.compile(r"\s*(?:[;；、，]|,(?!\s*(?:S\.|INC|LTD|LLC|L\.L\.C|CO\.|SEE)))\s*", re.IGNORECASE)


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
    if _ESTATE.search(plain):
        return False
    if _CHINESE.search(plain):
        return bool(_CHINESE_BODY.search(plain)) and not (_CHINESE_PERSON.fullmatch(plain) and len(plain) <= 3)
    return bool(_DOTTED_FORM.search(plain) or _CAPITAL_FORM.search(plain) or _BODY.search(plain))


def holders(text: str, bodies: frozenset[str] = frozenset()) -> Holders:
    """Return the holders of a cell, which may list several; ``bodies`` are names that an expert decided on."""
    public: list[str] = []
    withheld: list[str] = []
    for name in filter(None, _PARTS.split(text.strip())):
        (public if name in bodies or (name.casefold() not in MASKED and is_body(name)) else withheld).append(name)
    kind: HolderKind = "organisation" if not withheld else "mixed" if public else "natural-person"
    return Holders(SEPARATOR.join(public) or None, kind, tuple(withheld))
