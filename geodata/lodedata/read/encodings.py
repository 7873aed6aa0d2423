"""The encodings that the bytes of a text may have: how plausible each reading is, and what it reads.

A wrong encoding gives capitals within terms, signs within terms, letters of two scripts in one term, or characters that
nobody writes. The encoding is decided if one reading is clearly better than every other one that reads another text.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

MAX_SAMPLE_BYTES = 24_000
"""Bytes of lines that are not ASCII by which encodings are compared."""
MIN_LEAD = 0.12
"""By how much the plausibility (-1 to 1) of a decided reading exceeds that of the next one."""
MIN_PLAUSIBLE = 0.3
MIN_ESCAPED = 0.5
SHOWN_READINGS = 3
SHOWN_CELLS = 3
MAX_SAMPLE_CHARACTERS = 40
ENCODINGS: Mapping[str, str] = {
    "cp1252": "latin",
    "gb18030": "chinese",
    "big5hkscs": "chinese",
    "cp932": "japanese",
    "euc_jp": "japanese",
    "cp949": "korean",
    "cp1251": "cyrillic",
    "koi8_r": "cyrillic",
    "iso8859_5": "cyrillic",
    "cp866": "cyrillic",
    "cp1250": "latin",
    "iso8859_2": "latin",
    "mac_roman": "latin",
    "cp850": "latin",
    "cp437": "latin",
}
"""The encodings that are compared, in order of preference, with the script that their text is mostly in."""
GDAL_NAMES = {"big5hkscs": "BIG5-HKSCS", "euc_jp": "EUC-JP", "koi8_r": "KOI8-R", "mac_roman": "MACINTOSH"}
GDAL_NAMES |= {"iso8859_5": "ISO-8859-5", "iso8859_2": "ISO-8859-2"}
"""Names of encodings that differ in GDAL; others are written in capitals."""
TEXT_ENCODINGS = ("utf-8", *ENCODINGS, "iso2022_jp", "hz", "utf-7")
"""The encodings that messages name; a mapping may state any other that Python has."""
_ESCAPED = (("iso2022_jp", re.compile(rb"\x1b\$[@B]")), ("hz", re.compile(rb"~\{(?:[!-w][!-~])+~\}")))
"""Encodings that have bytes of ASCII alone, by the escape sequences that begin their characters."""
_UTF7 = re.compile(rb"\+[A-Za-z0-9+/]{3,}")
_LANGUAGES = {
    "es": ("áéíóúñü", ("de", "la", "el", "los", "las", "del", "mina", "cerro", "rio", "sociedad")),
    "pt": ("áéíóúâêôãõçà", ("de", "do", "da", "dos", "das", "mina", "serra", "rio")),
    "fr": ("éèêàâîôûçëïùœ", ("de", "la", "le", "les", "du", "des", "mine", "lac")),
    "de": ("äöüß", ("der", "die", "und", "von", "bergwerk", "grube")),
    "nordic": ("åäöøæ", ("och", "og", "gruva", "av")),
    "fi": ("äö", ("kaivos", "ja")),
    "tr": ("çöüâî", ("maden", "ve")),
    "pl": ("ąćęłńóśźż", ("kopalnia", "na", "nad", "zaklad", "sp", "woj", "rudna")),
    "cs": ("áčďéěíňóřšťúůýž", ("dul", "na", "nad", "pod", "lom")),
    "sk": ("áäčďéíĺľňóôšťúýž", ("bana", "na", "nad")),
    "hu": ("áéíóöőúüű", ("banya", "es", "az")),
    "hr": ("čćđšž", ("rudnik", "na")),
    "ro": ("âîăşţ", ("mina", "din", "de")),
}
"""Letters and frequent terms of languages in the Latin script."""
_PAGES = (("es", "pt", "fr", "de", "nordic", "tr"), ("pl", "cs", "sk", "hu", "hr", "ro"))
"""Languages that one table may have together, as one code page has their letters."""
_ODD_PAIRS = re.compile("ń[aeiouáéíóú]|ăo|őe|ŕ\\b")
"""Letters that do not follow each other in Polish, Romanian, Hungarian or Slovak: ñ, ã, õ and à of another code page."""
_MANY_FOREIGN = 3
_SIGNS = frozenset("°ºª’‘“”–—·«»±²³§®©×½¼€№µ¡¿、，。；：（）《》〈〉【】％／．－～　・ー")
_INNER = frozenset("’·–-—·・ー")
"""Signs that may stand between two letters."""


@dataclass(frozen=True, slots=True)
class EncodingReading:
    """A text as one encoding reads it: plausibility (-1 to 1), and some cells with characters beyond ASCII."""

    encoding: str
    plausibility: float
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EncodingChoice:
    """The best encoding of a text, and the readings between which the bytes don't decide; none if they do."""

    encoding: str
    open: tuple[EncodingReading, ...] = ()


def detect_escaped_encoding(sample: bytes) -> EncodingChoice | None:
    """Return the encoding of a text of ASCII bytes that escape other characters, None for plain ASCII.

    UTF-7 is never certain: ``+AOk-`` may be a code.
    """
    for name, begins in _ESCAPED:
        if begins.search(sample) and (text := _decode_sample(sample, name)) is not None:
            return EncodingChoice(name) if not text.isascii() else None
    text = _decode_sample(sample, "utf-7") if _UTF7.search(sample) else None
    # numbers of telephones decode to characters that nobody writes
    if text is None or max(_compute_plausibility(text, script) for script in _VALUES) <= MIN_ESCAPED:
        return None
    shown = tuple(cell for cell in _split(sample.decode("ascii", "replace")) if _UTF7.search(cell.encode()))[:SHOWN_CELLS]
    return EncodingChoice("utf-8", (EncodingReading("utf-8", 0, shown), _build_reading("utf-7", text, 0)))


def choose_encoding(lines: Iterable[bytes]) -> EncodingChoice:
    """Return the encoding of the lines of a text that is no UTF-8, and the readings if the bytes don't decide it."""
    sample = b"".join(choose_sample_lines(lines))
    reading_by_text: dict[str, EncodingReading] = {}
    for encoding, script in ENCODINGS.items():
        text = _decode_sample(sample, encoding)
        # what two encodings read alike needs no choice
        if text is not None and text not in reading_by_text:
            reading_by_text[text] = _build_reading(encoding, text, _compute_plausibility(text, script))
    ranked = sorted(reading_by_text.values(), key=lambda reading: -reading.plausibility)
    if not ranked:
        return EncodingChoice("cp1252")
    best = ranked[0]
    rivals = [reading for reading in ranked[1:] if best.plausibility - reading.plausibility < MIN_LEAD]
    if best.plausibility >= MIN_PLAUSIBLE and not rivals:
        return EncodingChoice(best.encoding)
    return EncodingChoice(best.encoding, tuple([best, *(rivals or ranked[1:])][:SHOWN_READINGS]))


def choose_sample_lines(lines: Iterable[bytes]) -> list[bytes]:
    """Return the first lines that are not ASCII, and later ones with a byte that none of them has."""
    taken: list[bytes] = []
    size, seen = 0, set(range(128))
    for line in lines:
        if line.isascii() or (size > MAX_SAMPLE_BYTES and seen.issuperset(line)):
            continue
        taken.append(line)
        size += len(line)
        seen.update(line)
    return taken


def _decode_sample(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _build_reading(encoding: str, text: str, plausibility: float) -> EncodingReading:
    cells = dict.fromkeys(cell[:MAX_SAMPLE_CHARACTERS] for cell in _split(text) if not cell.isascii())
    return EncodingReading(encoding, round(plausibility, 3), tuple(cells)[:SHOWN_CELLS])


def _split(text: str) -> list[str]:
    return [cell.strip(' "') for cell in re.split(r"[,;\t|\r\n]", text) if cell.strip(' "')]


def _compute_plausibility(text: str, script: str) -> float:
    """Return the mean value (-1 to 1) of the characters beyond ASCII, with a share for the language of Latin text."""
    if any("\x80" <= character <= "\x9f" for character in text):
        return -1.0
    total, count = 0.0, 0
    value = _VALUES[script]
    for match in re.finditer(r"[^\W\d_]+|[^\w\s]|\d", text):
        part = match[0]
        if part.isascii():
            continue
        before, after = text[max(match.start() - 1, 0) : match.start()], text[match.end() : match.end() + 1]
        for character in part:
            if not character.isascii():
                total += value(character, part, before, after)
                count += 1
    if not count:
        return -1.0
    if script == "latin":
        total -= 2 * len(_ODD_PAIRS.findall(text.lower()))
    mean = max(total / count, -1.0)
    language = _rate_language(text) if script == "latin" else None
    return mean if language is None else 0.6 * mean + 0.4 * language


def _sign(character: str, before: str, after: str) -> float:
    if character not in _SIGNS:
        return -1.0
    within = before.isalpha() and after.isalpha() and character not in _INNER
    if character == "°" and before.isdigit():
        return 1.0
    return -1.0 if within else 0.4


def _has_odd_case(word: str) -> bool:
    """Return whether a word is neither in small letters, nor in capitals, nor begins with its only capital: ``QuÈbec``."""
    cased = [character for character in word if character.isupper() or character.islower()]
    return any(c.isupper() for c in cased[1:]) and not all(c.isupper() for c in cased)


def _rate_latin(character: str, word: str, before: str, after: str) -> float:
    if not character.isalpha() or character in "ºª":
        return _sign(character, before, after)
    if not unicodedata.name(character, "").startswith("LATIN") or character == "ƒ":
        return -1.0
    # terms have letters without accents, and no single letter is between figures
    foreign = sum(not c.isascii() for c in word)
    if foreign >= _MANY_FOREIGN and (foreign == len(word) or (len(word) > 4 and foreign > 0.6 * len(word))):
        return -1.0
    if len(word) == 1 and (before.isdigit() or after.isdigit()):
        return -1.0
    return -1.0 if _has_odd_case(word) else 0.4 if character.lower() not in _list_alphabet() else 1.0


def _rate_cyrillic(character: str, word: str, before: str, after: str) -> float:
    if not character.isalpha():
        return _sign(character, before, after)
    if not "\u0400" <= character <= "\u045f" or any(c.isascii() for c in word) or _has_odd_case(word):
        return -1.0
    if len(word) == 1 and (before.isdigit() or after.isdigit()):
        return -1.0
    return 1.0 if character in _list_frequent_characters("cyrillic") else 0.2 if "\u0410" <= character <= "\u044f" else -0.4


def _rate_chinese(character: str, word: str, before: str, after: str) -> float:
    return _rate_ideograph(character, "chinese", word)


def _rate_japanese(character: str, word: str, before: str, after: str) -> float:
    if "\uff61" <= character <= "\uff9f":
        return -0.6
    kana = "\u3041" <= character <= "\u30fe"
    return 0.8 if kana and len(word) > 1 else _rate_ideograph(character, "japanese", word)


def _rate_korean(character: str, word: str, before: str, after: str) -> float:
    if "\uac00" <= character <= "\ud7a3":
        return 1.0 if character in _list_frequent_characters("korean") else 0.2
    return min(_rate_ideograph(character, "korean"), 0.0)


def _rate_ideograph(character: str, script: str, word: str = "") -> float:
    if sum(c.isascii() for c in word) > len(word) / 2:
        return -0.6
    if character in _list_frequent_characters(script):
        return 1.0
    if "\u4e00" <= character <= "\u9fff":
        return 0.35 if _is_common(character) else -0.3
    if character in _SIGNS or "\uff01" <= character <= "\uff5e":
        return 0.3
    return -1.0


@lru_cache(maxsize=20_000)
def _is_common(character: str) -> bool:
    """Return whether an ideograph is on the first level of a national set: of GB 2312, Big5 or JIS X 0208."""
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6), ("euc_jp", 0xB0, 0xCF)):
        try:
            if first <= character.encode(encoding)[0] <= last:
                return True
        except UnicodeEncodeError:
            continue
    return False


@lru_cache(maxsize=8)
def _list_frequent_characters(script: str) -> frozenset[str]:
    """Return the characters that make most of a text of a script."""
    text = (files("lodedata.read") / "frequent-characters.csv").read_text("utf-8")
    return frozenset(next(row["characters"] for row in csv.DictReader(text.splitlines()) if row["script"] == script))


@lru_cache(maxsize=1)
def _list_alphabet() -> frozenset[str]:
    return frozenset("".join(letters for letters, _ in _LANGUAGES.values()))


def _rate_language(text: str) -> float | None:
    """Return how well the letters and terms of a text are those of one language: 0 to 1; None for a text of signs alone."""
    low = text.lower()
    accented = [c for c in low if c.isalpha() and not c.isascii()]
    if not accented:
        return None
    terms = set(re.findall(r"[a-z]+", low))
    best = 0.0
    for most, letters, frequent in _load_languages():
        outside = sum(c not in letters for c in accented) / len(accented)
        hits = min(1.0, len(terms.intersection(frequent)) / 2)
        best = max(best, most * max(0.0, 1 - 4 * outside) * (0.7 + 0.3 * hits))
    return best


@lru_cache(maxsize=1)
def _load_languages() -> list[tuple[float, frozenset[str], frozenset[str]]]:
    """Return the value, the letters and the terms of each language, and of the languages of one code page together."""
    single = [(1.0, frozenset(letters), frozenset(terms)) for letters, terms in _LANGUAGES.values()]
    together = []
    for names in _PAGES:
        letters = frozenset("".join(_LANGUAGES[name][0] for name in names))
        together.append((0.6, letters, frozenset(word for name in names for word in _LANGUAGES[name][1])))
    return single + together


Value = Callable[[str, str, str, str], float]
_VALUES: Mapping[str, Value] = {
    "chinese": _rate_chinese,
    "japanese": _rate_japanese,
    "korean": _rate_korean,
    "cyrillic": _rate_cyrillic,
    "latin": _rate_latin,
}
"""The value of a character of each script: with its word, and the characters before and after the word."""
