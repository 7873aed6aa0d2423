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
MASKED = frozenset(
    {MASK, "(name not public)", "natural person", "自然人", "（自然人）", "(自然人)", "persona física", "persona humana"}
)
SEPARATOR = "; "

_DOTTED_FORM = re.compile(
    r"(?<=\S)[\s.,(](?:S\.\s?A\.?(?:\s?[A-Z]\.?)*|S\.?\s?M\.?\s?R\.?\s?L\.?|S\.\s?C\.?\s?R\.\s?L\.?|S\.\s?R\.\s?L\.?|"
    r"S\.\s?C\.\s?A\.?|S\.\s?P\.\s?A\.?|S\.\s?L\.?(?:\s?U\.?)?|S/A|SLU|SRL|SAC|SCRL|SAPEM|LTDA\.?|LIMITADA|EIRELI|E\.?\s?I\.?\s?R\.?\s?L\.?|"
    r"LTD\.?|LIMITED|INC\.?|INCORPORATED|CORP\.?|CORPORATION|L\.?L\.?C\.?|L\.?L\.?P\.?|P\.?L\.?C\.?|CO\.|COMPANY|L\.P\.|"
    r"GMBH|PTY\.?|PTE\.?|TBK\.?|SDN\.?|BHD\.?|P?JSC|[OC]JSC|OOO|[ПЗОН]?АО|[ОТ]ОО)(?=$|[\s,.;)])",
    re.IGNORECASE,
)
"""Legal forms in any case, with what is before them: a name is never only a form."""
_CAPITAL_FORM = re.compile(r"(?<=\S)[\s,](?:SA|SAU|SAS|SACI|SCA|SPA|SpA|SE|AB|AG|NV|BV|ASA|OYJ|LP|KG)(?=$|[\s,)])")
"""Forms without dots, which in small letters may be a name."""
_LEADING_FORM = re.compile(r"(?:S\.\s?M\.\s?R\.\s?L\.?|[ОТ]ОО|[ПЗОН]?АО|OOO|[OPC]?JSC)[\s,.«\"“]+\S", re.IGNORECASE)
"""Forms that are written before the name; no initials of a person are among them."""
_INITIALS = re.compile(r"[A-Z]\.?\s?[A-Z]\.?", re.IGNORECASE)
"""Forms of two letters, which may be the initials of a person or, as SE, a given name."""
_SURNAME_ENDING = re.compile(
    r"(?:[oe]v|[oe]va|[kmnt]in|sk[iy]y?|skaya|enko|chuk|shvili|dze|yan|vich|[oe]vić|escu|ez|ssen|sson)$", re.IGNORECASE
)
_SURNAME = re.compile(
    r"kim|lee|park|choi|jung|li|lin|liu|wang|zhang|zhao|zhou|wu|xu|sun|ma|zhu|hu|guo|he|gao|luo|zheng|liang|xie|song|"
    r"tang|deng|feng|yu|dong|xiao|cheng|cao|yuan|fu|shen|zeng|peng|lu|su|jiang|cai|jia|ding|wei|xue|ye|yan|pan|du|"
    r"dai|xia|zhong|tian|ren|fan|silva|santos|souza|costa|pereira|oliveira|lima|almeida|rocha|castro|rojas|diaz|soto|"
    r"vega|mora|cruz|reyes|flores|quispe|mamani|huaman|garcia|rossi|russo|smith|johnson|williams|brown|jones|miller|"
    r"davis|wilson|taylor|moore|martin|white|clark|khan|singh|kumar|patel|nguyen|tran|pham|sato|suzuki|tanaka|ali|"
    r"ahmed|hassan|ibrahim|moussa|diallo|traore",
    re.IGNORECASE,
)
"""Frequent surnames, of which one with two initials is no sign of a body."""
_SOLE_OWNER = re.compile(
    r"\b(?:UNIPERSONAL|SOLE (?:PROPRIETOR(?:SHIP)?|TRADER|OWNER)|EMPRESARI[OA](?: INDIVIDUAL)?|"
    r"PERSONA (?:F[IÍ]SICA|NATURAL|HUMANA)|FIRMA INDIVIDUAL|COMERCIANTE|TRADING AS|T/A|D/?B/?A|"
    r"ИП|ИНДИВИДУАЛЬНЫЙ ПРЕДПРИНИМАТЕЛЬ)\b"
    r"|个体|个人独资|企业主|业主|户主",
    re.IGNORECASE,
)
"""A person who is the firm."""
_BODY = re.compile(
    r"\b(?:MUNICIPALIDAD|MUNICIPIO|PROVINCIA|GOBIERNO|MINISTERIO|SECRETAR[IÍ]A|DIRECCI[OÓ]N|COMISI[OÓ]N|INSTITUTO|"
    r"UNIVERSIDAD|COOPERATIVA|SUCURSAL|SOCIEDAD|COMPA[NÑ][IÍ]A|EMPRESA|CONSORCIO|CORPORACI[OÓ]N|CORPORA[CÇ][AÃ]O|CORPORATION|FUNDACI[OÓ]N|ASOCIACI[OÓ]N|"
    r"COMUNIDAD (?:CAMPESINA|NATIVA)|UTE|UNI[OÓ]N TRANSITORIA|MINISTRY|GOVERNMENT|AUTHORITY|UNIVERSITY)\b|\bBANK OF\b",
    re.IGNORECASE,
)
_TRADE = re.compile(
    r"(?<=\S)\s(?:MINERALS|MINING|RESOURCES|ENERGY|EXPLORATIONS?|HOLDINGS?|GROUP|BANK|TRUST)(?:\s*\([^)]*\))?$", re.IGNORECASE
)
"""Trades at the end of a name; elsewhere they may be a given name of a person."""
_LISTED_TRADE = re.compile(
    r"transportes|servicios|inversiones|construcciones|construccion|mineria|ingenieria|asesoria|consultoria|comercio|"
    r"exploraciones|negocios|equipos|maquinarias|geologia|arquitectura|y|e",
    re.IGNORECASE,
)
"""Trades that a name of one body lists with commas."""
_REMAINDER = re.compile(r"(?:Y |AND |& )?(?:OTR[OA]S?|OTHERS?|ET AL\.?)|等", re.IGNORECASE)
"""What is written in place of further holders."""
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
SHORTEST_CODE = 8
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
    plain = normal(name)
    if _ESTATE.search(plain) or _REPRESENTED.search(plain) or _is_sole_owner(plain):
        return False
    if _CHINESE.search(plain):
        return _is_chinese_body(plain)
    return bool(_has_form(plain) or _BODY.search(plain) or _TRADE.search(plain))


def _is_sole_owner(name: str) -> bool:
    # a company of limited liability has one owner too, and is a body
    return bool(_SOLE_OWNER.search(name)) and not re.search(r"RESPONSABILIDAD LIMITADA", name, re.IGNORECASE)


def _has_form(name: str) -> bool:
    """Return whether a name has a legal form that can't be the initials of a person."""
    if _LEADING_FORM.match(name):
        return True
    found = _DOTTED_FORM.search(name) or _CAPITAL_FORM.search(name)
    if found is None:
        return False
    before, form = name[: found.start()].strip(), found[0].strip(" ,(")
    alone = len(before.split()) == 1 and not name[found.end() :].strip(" .,)")
    return not (alone and _INITIALS.fullmatch(form) and _is_surname(before))


def _is_surname(word: str) -> bool:
    return bool(_SURNAME.fullmatch(word) or _SURNAME_ENDING.search(word))


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
    for name in _names(text):
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
    return len(_CHINESE.findall(name)) >= LONGEST_SHORT_NAME or len(name.split()) > 1


def name_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern of names and codes in any case and spacing, None without any; a Latin name is not part of a longer word.

    Names of fewer letters than two, and shorter numbers than codes, are left out: they would match in unrelated texts.
    """
    letters = {name: sum(map(str.isalpha, name)) for name in names}
    long = sorted(
        (n for n, count in letters.items() if count >= LEAST_LETTERS or len(n) >= SHORTEST_CODE), key=len, reverse=True
    )
    return re.compile("|".join(map(_expression, long)), re.IGNORECASE) if long else None


def _expression(name: str) -> str:
    spaced = r"\s+".join(map(re.escape, name.split()))
    return spaced if _CHINESE.search(name) else rf"(?<!\w){spaced}(?!\w)"
