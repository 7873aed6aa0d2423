"""Natural persons among the names of holders, bidders and officers, whose names the public does not see.

A name is that of a body only if its text says so: by a legal form, an authority or a trade. Every other name is withheld until
an expert decides: the personal information law (个人信息保护法) protects persons, and no body loses by it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lodedata.cells import normalise_cell_text
from lodedata.rights.person_signs import (
    ESTATE,
    GIVEN_FORMS,
    REPRESENTED,
    SOLE_OWNER,
    has_person_signs,
    has_slavic_names,
    is_listed_body,
    is_surname,
)
from lodedata.vocab import fold

HolderKind = Literal["organisation", "natural-person", "mixed"]
MASK = "(natural person)"
"""What replaces the name of a person in rows of sources."""
MASKED = frozenset(
    {MASK, "(name not public)", "natural person", "自然人", "（自然人）", "(自然人)", "persona física", "persona humana"}
)
SEPARATOR = "; "

_DOTTED_FORM = re.compile(
    r"(?<=\S)[\s.,(-](?:S\.\s?A\.?(?:\s?[A-Z]\.?)*|S A|S\.?\s?M\.?\s?R\.?\s?L\.?|"
    r"S\.?\s?[CL]\.?\s?M\.?|SPRL|SARL|A/S|S\.R\.O\.?|D\.O\.O\.?|"
    r"S\.\s?C\.?\s?R\.\s?L\.?|S\.\s?R\.\s?L\.?|"
    r"S\.\s?C\.\s?A\.?|S\.\s?P\.\s?A\.?|S\.\s?L\.?(?:\s?U\.?)?|S/A|SLU|SRL|SAC|SCRL|SAPEM|LTDA\.?|LIMITADA|EIRELI\w{0,3}|E\.?\s?I\.?\s?R\.?\s?L\.?|"
    r"LTD\.?|LIMITED|INC\.?|INCORPORATED|CORP\.?|CORPORATION|L\.?L\.?C\.?|L\.?L\.?P\.?|P\.?L\.?C\.?|CO\.|COMPANY|L\.P\.|"
    r"GMBH|PTY\.?|PTE\.?|TBK\.?|SDN\.?|BHD\.?|P?JSC|[OC]JSC|OOO|[ПЗОН]?АО|[ОТ]ОО)(?=$|[\s,.;)\"])",
    re.IGNORECASE,
)
"""Legal forms in any case, with what is before them: a name is never only a form."""
_CAPITAL_FORM = re.compile(r"(?<=\S)[\s,](?:SA|SAU|SAS|SACI|SCA|SPA|SpA|SE|AB|AG|NV|BV|ASA|OYJ|LP|KG)(?=$|[\s,)])")
"""Forms without dots, which in small letters may be a name."""
_LEADING_FORM = re.compile(
    r"(?:S\.\s?M\.\s?R\.\s?L\.?|S\.?C\.?M|S\.?L\.?M|PT|[ОТ]ОО|[ПЗОН]?АО|OOO|[OPC]?JSC)[\s,.«\"“]+\S", re.IGNORECASE
)
"""Forms that are written before the name; no initials of a person are among them."""
_INITIALS = re.compile(r"[A-Z]\.?\s?[A-Z]\.?", re.IGNORECASE)
"""Forms of two letters, which may be the initials of a person or, as SE, a given name."""
_BODY = re.compile(
    r"\b(?:MUNICIPALIDAD|MUNICIPIO|PROVINCIA|GOBIERNO|MINISTERIO|SECRETAR[IÍ]A|DIRECCI[OÓ]N|COMISI[OÓ]N|INSTITUTO|"
    r"UNIVERSIDAD|COOPERATIVA|SUCURSAL|SOCIEDAD|SOCI[EÉ]T[EÉ]|SINDICATO|GRUPO|COMPA[NÑ][IÍ]A|COMPANHIA|COMPAGNIE|C[IÍ]A|EMPRESA|"
    r"CONSORCIO|CORPORACI[OÓ]N|CORPORA[CÇ][AÃ]O|CORPORATION|FUNDACI[OÓ]N|ASOCIACI[OÓ]N|"
    r"COMUNIDAD (?:CAMPESINA|NATIVA)|UNI[OÓ]N TRANSITORIA|MINISTRY|GOVERNMENT|AUTHORITY|UNIVERSITY)\b"
    r"|\bBANK OF\b|\b(?:SOC|DPTO)\.",
    re.IGNORECASE,
)
_JOINT_VENTURE = re.compile(r"\bUTE\b.*\S\s+-\s+\S")
"""A joint venture of Argentina lists its members; Ute is a given name too."""
_TRADE = re.compile(
    r"(?<=\S)\s(?:MINERALS|MINING|RESOURCES|ENERGY|EXPLORATIONS?|HOLDINGS?|GROUP|BANK|TRUST|CAPITAL|"
    r"MINERA[CÇ][AÃ]O|MINERADORA)(?:\s*\([^)]*\))?$",
    re.IGNORECASE,
)
"""Trades at the end of a name; elsewhere they may be a given name of a person."""
_LEADING_TRADE = re.compile(
    r"(?:MINERA|MINERA[CÇ][AÃ]O|MINERADORA|EXTRATIVA|COMERCIAL|COMERCIALIZADORA|INVERSIONES|SERVICIOS?|CONSTRUCCIONES|"
    r"CONSTRUCTORA|EXPLORACIONES)\s+\S",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
_FORMER = re.compile(r"(?:EX|ANTES|FORMERLY)\s+", re.IGNORECASE)
_LIKE_GIVEN_NAMES = GIVEN_FORMS | {"s a"}
_LISTED_TRADE = re.compile(
    r"transportes|servicios|inversiones|construcciones|construccion|mineria|ingenieria|asesoria|consultoria|comercio|"
    r"exploraciones|negocios|equipos|maquinarias|geologia|arquitectura|y|e",
    re.IGNORECASE,
)
"""Trades that a name of one body lists with commas."""
_REMAINDER = re.compile(r"(?:Y |AND |& )?(?:OTR[OA]S?|OTHERS?|ET AL\.?)|等", re.IGNORECASE)
"""What is written in place of further holders."""
_CHINESE_BODY = re.compile(
    r"公司|集团|企业|合伙|矿业|合作社|委员会|政府"
    r"|(?:煤矿|[铜铝锂镍钴锡金银铁铅锌]矿|中心|大学|学院|协会|基金|银行|总队|大队)(?=$|\()"
)
_CHINESE_ENDING = re.compile(r"[厂厅局院所队站处部署司室矿社店场行](?=$|\()")
"""Signs of a body that are in names of persons too, such as 司马 or 李广厂."""
_CHINESE_PERSON = re.compile(
    r"[\u4e00-\u9fff]{2,3}|(?:欧阳|上官|司马|司徒|司空|诸葛|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木)[\u4e00-\u9fff]{1,2}"
    r"|[\u4e00-\u9fff]{1,8}(?:[·•‧・][\u4e00-\u9fff]{1,8})+"
)
"""Names of two or three characters, with a surname of two, or with a dot as in Uyghur and Tibetan names."""
MIN_LETTERS = 2
"""A withheld name of fewer letters is not searched in other texts."""
MIN_CODE_LENGTH = 8
MAX_SHORT_NAME_LENGTH = 3
"""Characters of a Chinese name that may always be that of a person."""
MAX_PERSON_LENGTH = 4
"""Characters of a name with a surname of two."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_PARTS = re.compile(
    r"\s*(?:[;；、，|\r\n]|\bFilial:|\s/\s|(?<=\.)\s+(?:Y|AND)\s+|,(?!\s*(?:S\.|INC|LTD|LLC|L\.L\.C|CO\.|SEE)))\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NameDecisions:
    """Names by their keys that experts decided to be those of bodies and of persons; no sign in a name counts against it."""

    bodies: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    """Codes of the persons, which identify them under any name."""


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
    plain = normalise_cell_text(name)
    if ESTATE.search(plain) or REPRESENTED.search(plain) or _is_sole_owner(plain) or _is_person_with_brackets(plain):
        return False
    if _CHINESE.search(plain):
        return _is_chinese_body(plain)
    return _has_form(plain) or _has_trade(plain)


def _is_sole_owner(name: str) -> bool:
    # a company of limited liability has one owner too, and is a body
    return bool(SOLE_OWNER.search(name)) and not re.search(r"RESPONSABILIDAD LIMITADA", name, re.IGNORECASE)


def _is_person_with_brackets(name: str) -> bool:
    """Return whether a person is named in brackets, or before brackets in which a body is named."""
    inside = [text.strip() for text in _BRACKETS.findall(name)]
    if any(has_person_signs(_FORMER.sub("", text)) and not _has_form(text) for text in inside):
        return True
    former = [text[match.end() :] for text in inside if (match := _FORMER.match(text))]
    if any(len(text.split()) > 1 and not is_body(text) for text in former):
        return True
    outside = _BRACKETS.sub(" ", name).strip()
    return bool(inside) and has_person_signs(outside) and not _has_form(outside)


def _has_form(name: str) -> bool:
    """Return whether a name has a legal form that can't be the initials of a person."""
    if _LEADING_FORM.match(name):
        return True
    match = _DOTTED_FORM.search(name) or _CAPITAL_FORM.search(name)
    if match is None:
        return False
    before, form = name[: match.start()].strip(), match[0].strip(" ,(-")
    if name[match.end() :].strip(" .,)") or not _INITIALS.fullmatch(form):
        return True
    if len(before.split()) == 1:
        return is_listed_body(name) or not is_surname(fold(before))
    return not (form.lower() in _LIKE_GIVEN_NAMES and has_person_signs(before)) and not has_slavic_names(before)


def _has_trade(name: str) -> bool:
    """Return whether a name without a legal form states what a body is or does."""
    outside = _BRACKETS.sub(" ", name).strip()
    others = (text for text in _BRACKETS.findall(name) if not _FORMER.match(text))
    if any(len(text.split()) > 1 and not is_body(text) for text in others):
        return False
    if _BODY.search(outside) or _JOINT_VENTURE.search(outside) or _LEADING_TRADE.match(outside):
        return True
    trade = _TRADE.search(outside)
    return trade is not None and not has_person_signs(outside[: trade.start()])


def _is_chinese_body(name: str) -> bool:
    parts = name.split()
    joined = "".join(parts)
    short = len(joined) <= MAX_SHORT_NAME_LENGTH or (_CHINESE_PERSON.fullmatch(joined) and len(joined) <= MAX_PERSON_LENGTH)
    if short or (len(parts) > 1 and any(_CHINESE_PERSON.fullmatch(part) for part in parts)):
        return False
    return bool(_CHINESE_BODY.search(joined) or (_CHINESE_ENDING.search(joined) and not _CHINESE_PERSON.fullmatch(joined)))


def name_key(name: str) -> str:
    """Return the form in which equal names are equal: without case and repeated spaces."""
    return " ".join(name.casefold().split())


def parse_holders(text: str, bodies: frozenset[str] = frozenset(), decided: NameDecisions = UNDECIDED) -> Holders:
    """Return the holders of a cell, which may list several; ``bodies`` are names that a mapping states to be public."""
    public: list[str] = []
    withheld: list[str] = []
    for name in dict.fromkeys(_names(text)):
        (public if _is_public(name, bodies, decided) else withheld).append(name)
    kind: HolderKind = "organisation" if not withheld else "mixed" if public else "natural-person"
    return Holders(SEPARATOR.join(public) or None, kind, tuple(withheld))


def _names(text: str) -> list[str]:
    """Return the names of a cell; trades that a name lists with commas do not divide it."""
    names: list[str] = []
    trades: list[str] = []
    for part in filter(None, _PARTS.split(text.strip())):
        if all(_LISTED_TRADE.fullmatch(word) for word in part.split()):
            trades.append(part)
            continue
        names.append(", ".join((*trades, part)))
        trades = []
    return names + trades


def _is_public(name: str, bodies: frozenset[str], decided: NameDecisions) -> bool:
    key = name_key(name)
    if key in MASKED or key in decided.persons:
        return False
    return key in decided.bodies or name in bodies or is_body(name) or bool(_REMAINDER.fullmatch(name))


def is_distinct(name: str) -> bool:
    """Return whether a name is long enough to be that of its person wherever it is written, also in texts."""
    return len(_CHINESE.findall(name)) >= MAX_SHORT_NAME_LENGTH or len(name.split()) > 1


def name_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern of names and codes in any case and spacing, None without any; a Latin name is not part of a longer word.

    Names of fewer letters than two, and shorter numbers than codes, are left out: they would match in unrelated texts.
    """
    letters = {name: sum(map(str.isalpha, name)) for name in names}
    long = sorted(
        (n for n, count in letters.items() if count >= MIN_LETTERS or len(n) >= MIN_CODE_LENGTH), key=len, reverse=True
    )
    return re.compile("|".join(map(_write_name_expression, long)), re.IGNORECASE) if long else None


def _write_name_expression(name: str) -> str:
    spaced = r"\s+".join(map(re.escape, name.split()))
    return spaced if _CHINESE.search(name) else rf"(?<!\w){spaced}(?!\w)"
