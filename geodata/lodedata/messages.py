"""Sentences for a reader: an English template, which is the msgid of the gettext catalogue, and its named arguments.

A sentence is made where it leaves Lode, in the reader's language. Each language is one folder of ``translations``.
"""

import gettext
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("translations")
DOMAIN = "messages"
ENGLISH = "en"

_ARGUMENT = re.compile(r"%\((\w+)\)[sr]|%%")


class Translatable(ABC):
    """A text that can be given in each language."""

    __slots__ = ()

    @abstractmethod
    def in_language(self, language: str) -> str:
        """Return the text in a language."""


@dataclass(frozen=True, slots=True)
class Label(Translatable):
    """A text of data, such as the label of a term or the name of a record: in both languages, or in one of them."""

    en: str | None
    zh: str | None

    def __str__(self) -> str:
        """The text in English."""
        return self.in_language(ENGLISH)

    def in_language(self, language: str) -> str:
        """Return the text in a language, in the other one where it is missing."""
        return (self.zh or self.en or "") if language == "zh" else (self.en or self.zh or "")


@dataclass(frozen=True, slots=True)
class Message(Translatable):
    """A template such as ``There is no source %(name)s.`` and its arguments.

    An argument that is translatable is translated too, and those of a list are joined by the comma of the language.
    """

    template: str
    arguments: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """The sentence in English."""
        return self.in_language(ENGLISH)

    def in_language(self, language: str) -> str:
        """Return the sentence in a language, in English where the language or its translation is missing."""
        arguments = {name: _format_value(value, language) for name, value in self.arguments.items()}
        template = load_translations(language).gettext(self.template) if self.template else ""
        return template % arguments

    def filled(self, **arguments: object) -> "Message":
        """Return the message with further arguments, for names that its template may have."""
        return Message(self.template, {**arguments, **self.arguments})

    def as_data(self) -> list[Any]:
        """Return the message as JSON can hold it."""
        return [self.template, {name: _convert_to_data(value) for name, value in self.arguments.items()}]


class MessageError(Exception, Translatable):
    """An error with a sentence for its reader; foreign text stays as it is."""

    def __init__(self, message: Message | str = "") -> None:
        super().__init__(message)
        self.message = message if isinstance(message, Message) else wrap_foreign_text(message) if message else _NONE

    def in_language(self, language: str) -> str:
        """Return the sentence in a language."""
        return self.message.in_language(language)


def msg(template: str, /, **arguments: object) -> Message:
    """Return a message; ``make translations`` collects the templates by the name of this function."""
    return Message(template, arguments)


def in_language(text: Translatable | str, language: str) -> str:
    """Return a message or label in a language, and any other text as it is."""
    return text if isinstance(text, str) else text.in_language(language)


def put_in_each_language(name: str, text: Translatable) -> dict[str, str]:
    """Return a text in each language, as fields such as ``text_en`` and ``text_zh`` of data for all readers."""
    return {f"{name}_{language}": text.in_language(language) for language in list_languages()}


def parse_message_data(data: object) -> Message:
    """Return the message of ``as_data``; the template may come from a process that is not trusted. Raises ValueError."""
    match data:
        case [str(template), dict(arguments)] if "%" not in _ARGUMENT.sub("", template):
            return Message(template, {str(name): _parse_argument(value) for name, value in arguments.items()})
    raise ValueError("not a message")


def join_texts(parts: Iterable[object], language: str) -> str:
    """Return texts, messages and labels in a language, joined by its comma."""
    return load_translations(language).gettext(_COMMA.template).join(str(_format_value(part, language)) for part in parts)


def join_facts(parts: Iterable[object], language: str) -> str:
    """Return different facts about one thing in a language, such as a share and its date; `joined` lists things of one kind."""
    texts = [str(_format_value(part, language)) for part in parts]
    template = load_translations(language).gettext(_AND_FACT.template)
    return reduce(lambda before, after: template % {"before": before, "after": after}, texts) if texts else ""


def wrap_foreign_text(text: str) -> Message:
    """Return foreign text as a message."""
    return Message(text.replace("%", "%%"))


def join_sentences(first: Message, *more: Message) -> Message:
    """Return several sentences as one message."""
    return reduce(lambda before, after: msg("%(before)s %(after)s", before=before, after=after), more, first)


@cache
def list_locales() -> Mapping[str, str]:
    """Return the folder of each language but English, such as ``zh_Hans_CN`` of ``zh``."""
    return {path.name.partition("_")[0]: path.name for path in sorted(FOLDER.iterdir()) if path.is_dir()}


def list_languages() -> tuple[str, ...]:
    """Return the languages that there are, English first."""
    return (ENGLISH, *list_locales())


@cache
def load_translations(language: str) -> gettext.NullTranslations:
    """Return the compiled catalogue of a language, an empty one for English."""
    if language not in list_locales():
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, FOLDER, [list_locales()[language]], fallback=True)


def _format_value(value: object, language: str) -> object:
    # most arguments are plain; the tests of abstract classes are slow
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, Translatable):
        return value.in_language(language)
    if isinstance(value, Sequence):
        return join_texts(value, language)
    return value


def _convert_to_data(value: object) -> object:
    if isinstance(value, Message):
        return value.as_data()
    if isinstance(value, Translatable):
        return value.in_language(ENGLISH)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {"list": [_convert_to_data(element) for element in value]}
    return value if isinstance(value, int | float) else str(value)


def _parse_argument(value: object) -> object:
    if isinstance(value, dict):
        return [_parse_argument(element) for element in value.get("list", ())]
    return parse_message_data(value) if isinstance(value, list) else value


_COMMA = msg(", ")
_AND_FACT = msg("%(before)s, %(after)s")
_NONE = Message("")
