"""Signs of natural persons in names: titles, initials with a surname, patronymics, given names, a sole owner.

They propose only. Names of holders are withheld unless they are certainly those of bodies; names of owners and operators, which
are mostly short names of companies, are withheld if they have such a sign.
"""

import csv
import re
from functools import cache
from importlib.resources import files

from lodedata.vocab import fold

SOLE_OWNER = re.compile(
    r"\b(?:UNIPERSONAL|SOLE (?:PROPRIETOR(?:SHIP)?|TRADER|OWNER)|EMPRESARI[OA](?: INDIVIDUAL)?|"
    r"PERSONA (?:F[IÍ]SICA|NATURAL|HUMANA)|PESSOA F[IÍ]SICA|PRODUTOR RURAL|FIRMA INDIVIDUAL|COMERCIANTE|"
    r"ENTREPRENEUR INDIVIDUEL|EINZELUNTERNEHMER(?:IN)?|EINZELKAUFMANN|(?<!\.)E\.\s?K\.|TRADING AS|T/A|D/?B/?A|"
    r"ИП|ИНДИВИДУАЛЬНЫЙ ПРЕДПРИНИМАТЕЛЬ|ГЛАВА К\(?Ф\)?Х|САМОЗАНЯТ\w+)(?!\w)"
    r"|个体|个人独资|企业主|业主|户主|（个人）|\(个人\)",
    re.IGNORECASE,
)
"""A person who is the firm."""
ESTATE = re.compile(r"\b(?:SUCESI[OÓ]N|SUCESORES|SUC\.|HEREDEROS|ESTATE OF|HEIRS|ESP[OÓ]LIO|HERDEIROS)(?!\w)", re.IGNORECASE)
REPRESENTED = re.compile(r"\b(?:REPRESENTANTE|APODERAD[OA])\b|代表人|负责人|经营者", re.IGNORECASE)
"""What is before the name of a person who acts for a body."""
_TITLE = re.compile(
    r"(?:mr|mrs|ms|miss|dr|prof|ing|lic|sr|sra|srta)\.?\s+\S|(?:don|dona|herr|frau|mme|mlle|madame|monsieur)\s+\S"
    r"|(?:г-н|г-жа|гр|господин|госпожа)\.?\s+\S"
)
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_CHINESE_TITLE = re.compile(r"[\u4e00-\u9fff]{1,4}(?:先生|女士|小姐)")
_INITIAL = re.compile(r"[^\W\d_](?:[.-]+[^\W\d_])*\.?")
_PATRONYMIC = re.compile(r".{3,}(?:ovich|evich|ovna|evna|ович|евич|овна|евна|ична)")
_SLAVIC = re.compile(
    r".{2,}(?:[oe]v|[oe]va|[knt]in|[knt]ina|sk[iy]y?|skaya|enko|chuk|shvili|dze|vich|[оеё]ва?|[иы]на?|ск[иа][йя]|ская|енко|"
    r"чук|швили|дзе|ян)"
)
_PARTICLES = re.compile(r"d[aeiou]|d[ao]s|des|del|las?|los|le|v[ao]n|der|den|bin|ibn|al|el|ben|[ey]|san")
_PLACES = re.compile(
    r"(?:santa|santo|sao|saint|ste?|mina|mine|cerro|rio|lake|mount|mt|port|fort|cape|puerto|villa|new|nova|nueva|"
    r"north|south|east|west|great|upper|lower|grand|of|and|the|for|et|und|und|pt|cv|ud|tov|pao|oao|ao|ooo|zao|oy|ab|nv|bv|"
    r"\w*(?:company|corp|group|holding|bank|capital|invest|trust|partner|consort|industr|enterpri|work|mine(?:s|r)?$|mineral|mining|"
    r"miner[ao]|smelt|refin|metal|chem|quimic|alum|nickel|niquel|copper|cobre|cobalt|lithium|litio|gold|zinc|steel|energ|power|"
    r"agro|sulph|solution|technolog|system|material|recycl|battery|resource|recurso|explor|develop|engineer|ingenier|constru|transport|servic|"
    r"ministr|govern|gobiern|provinc|municip|universi|institut|bureau|agency|authorit|department|associa|cooperat|sociedad|"
    r"societe|compan|empresa|fabri|factory|plant$|mill$|cement|quarr|tailing|alloy|fertili|export|import|trading|product|"
    r"combine|kombinat|комбинат|завод|рудник|компани|обществ|горно|министер|управлен|холдинг|групп|банк|артель|инвест)\w*)"
)
"""Parts of names of companies, authorities and places."""
_SYLLABLE = (
    r"(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?(?:a|o|e|ai|ei|ao|ou|an|en|ang|eng|ong|i|ia|ie|iao|iu|ian|in|iang|ing|iong|u|ua|uo|"
    r"uai|ui|uan|un|uang|ue)"
)
_KOREAN = (
    r"(?:[bcdghjkmnprstwy]|ch|gw|gy|hw|hy|kw|ky|my|sh)?"
    r"(?:a|ae|e|eo|eu|i|o|oe|oo|ou|u|ui|wa|we|wi|wo|ya|ye|yeo|yo|yu)(?:[klmnpt]|ng|h)?"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CHINESE_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "石廖贾夏韦付方白邹孟熊秦邱侯江尹薛闫段雷龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_COMPOUND = r"(?:欧阳|上官|司马|司徒|司空|诸葛|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木)[\u4e00-\u9fff]{1,2}"
_CHINESE_PERSON = re.compile(rf"{_COMPOUND}|[\u4e00-\u9fff]{{1,8}}(?:[·•‧・][\u4e00-\u9fff]{{1,8}})+")
_CHINESE_NO_PERSON = re.compile(r"[矿铜铝镍锂钴业厂局院所站部社店行材能源科新股钢电集团司时代]$")
"""Ends of short names of companies, such as 江铜 and 万华新材."""
SYLLABLES = {
    "zh-Latn": re.compile(rf"{_SYLLABLE}(?:[-']?{_SYLLABLE})?"),
    "ko": re.compile(rf"{_KOREAN}(?:-?{_KOREAN})?"),
    "vi": re.compile(r"[a-z]{2,6}"),
}
"""Given names behind a surname, by language."""
GIVEN_FORMS = frozenset({"se"})
"""Legal forms that are syllables of given names, such as those of Korea."""
MIN_AROUND_TRADE = 3
MAX_WITH_INITIALS = 3
MAX_NAME_PARTS = 5
"""Tokens of a name of a person at most, without particles."""


def has_person_signs(name: str) -> bool:
    """Return whether a name without a legal form has a sign of a natural person."""
    if SOLE_OWNER.search(name) or ESTATE.search(name) or REPRESENTED.search(name):
        return True
    if is_listed_body(name):
        return False
    if _CHINESE.search(name):
        return _is_chinese_person(name)
    folded = fold(_BRACKETS.sub(" ", name)).strip()
    tokens = re.split(r"[\s,]+", folded.strip(" .,;"))
    parts = [word for word in tokens if word and not _PARTICLES.fullmatch(word)]
    if not parts or len(parts) > MAX_NAME_PARTS or any(not re.fullmatch(r"[^\W\d_][\w.'’-]*", word) for word in parts):
        return False
    plain = [word for word in parts if not _INITIAL.fullmatch(word)]
    if _is_trade_between_names(plain):
        return True
    if any(_PLACES.fullmatch(word) for word in plain):
        return False
    return bool(_TITLE.match(folded)) or _has_names(plain, initials=len(plain) < len(parts))


def has_slavic_names(text: str) -> bool:
    """Return whether a text is a Russian given name and a surname, which initials such as S.A. may follow."""
    tokens = fold(text).split()
    first_names = _names("given-names.csv", "ru-Latn")
    return len(tokens) <= 3 and any(word in first_names for word in tokens) and any(_SLAVIC.fullmatch(word) for word in tokens)


def is_listed_body(name: str) -> bool:
    """Return whether a name that looks like that of a person is listed as that of a body."""
    return " ".join(fold(name).split()) in _load_bodies()


def _has_names(tokens: list[str], initials: bool) -> bool:
    """Return whether the tokens of a name, without initials, are those of a person."""
    first_names, surnames = _names("given-names.csv"), _names("surnames.csv")
    if initials:
        return 0 < len(tokens) <= MAX_WITH_INITIALS and (tokens[0] in first_names or any(map(is_surname, tokens)))
    if len(tokens) < 2:
        return False
    if tokens[-1] in GIVEN_FORMS and len(tokens) == 2:
        return is_surname(tokens[0])
    if (
        tokens[0].split("-")[0] in first_names
        or any(_PATRONYMIC.fullmatch(word) for word in tokens)
        or len(surnames.intersection(tokens)) > 1
    ):
        return True
    if not first_names.isdisjoint(tokens) and any(is_surname(word) for word in tokens if word not in first_names):
        return True
    return any(
        tokens[0] in _names("surnames.csv", language) and all(pattern.fullmatch(word) for word in tokens[1:])
        for language, pattern in SYLLABLES.items()
    )


def is_surname(word: str) -> bool:
    """Return whether a folded word is a frequent surname or ends as surnames in Slavic languages, Georgian and Armenian."""
    return word in _names("surnames.csv") or _SLAVIC.fullmatch(word) is not None


def _is_trade_between_names(tokens: list[str]) -> bool:
    """Return whether a part of names of companies is between a given name and a surname, as in Jane Energy Smith."""
    return len(tokens) >= MIN_AROUND_TRADE and tokens[0] in _names("given-names.csv") and tokens[-1] in _names("surnames.csv")


def _is_chinese_person(name: str) -> bool:
    joined = "".join(name.split())
    if _CHINESE_TITLE.fullmatch(joined) or _CHINESE_PERSON.fullmatch(joined):
        return True
    short = re.fullmatch(r"[\u4e00-\u9fff]{2,3}", joined) is not None
    return short and joined[0] in _CHINESE_SURNAMES and not _CHINESE_NO_PERSON.search(joined)


@cache
def _names(file: str, language: str | None = None) -> frozenset[str]:
    """Return the names of a list, folded; of one language or of all."""
    with files("lodedata.rights").joinpath(file).open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if language in (None, row["language"])]
    return frozenset(fold(name) for row in rows for name in row["names"].split())


@cache
def _load_bodies() -> frozenset[str]:
    with files("lodedata.rights").joinpath("bodies-named-like-persons.csv").open(encoding="utf-8") as stream:
        return frozenset(" ".join(fold(row["name"]).split()) for row in csv.DictReader(stream))
