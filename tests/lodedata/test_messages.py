"""Messages: a sentence in each language; arguments are translated with it."""

import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from lodedata import messages
from lodedata.messages import (
    Label,
    Message,
    MessageError,
    join_facts,
    join_sentences,
    msg,
    parse_message_data,
    put_in_each_language,
    wrap_foreign_text,
)


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Install a French message catalogue as the only one."""
    catalog = Catalog(locale="fr")
    catalog.add("There is no %(thing)s in %(places)s.", "Il n'y a pas de %(thing)s dans %(places)s.")
    catalog.add("copper", "cuivre")
    catalog.add(", ", " ou ")
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as stream:
        write_mo(stream, catalog)
    monkeypatch.setattr(messages, "FOLDER", tmp_path)
    for cached in (messages.list_locales, messages.load_translations):
        cached.cache_clear()
    yield
    monkeypatch.undo()
    for cached in (messages.list_locales, messages.load_translations):
        cached.cache_clear()


def test_a_language_is_one_folder(french: None) -> None:
    said = Message("There is no %(thing)s in %(places)s.", {"thing": Message("copper"), "places": ("A", Message("copper"))})
    assert messages.list_languages() == ("en", "fr")
    assert str(said) == "There is no copper in A, copper."
    assert said.in_language("fr") == "Il n'y a pas de cuivre dans A ou cuivre."
    assert said.in_language("de") == str(said)
    assert Message("no translation").in_language("fr") == "no translation"


def test_chinese_joins_lists_and_sentences_in_its_own_manner() -> None:
    said = join_sentences(Message("%(names)s.", {"names": ["a", "b"]}), Message("c"))
    assert (str(said), said.in_language("zh")) == ("a, b. c", "a、b.c")


@pytest.mark.parametrize(
    ("parts", "en", "zh"),
    [
        ((Label("owner", "权属单位"), "65 %", 2026), "owner, 65 %, 2026", "权属单位，65 %，2026"),
        (("100 %",), "100 %", "100 %"),
        ((), "", ""),
    ],
)
def test_facts_are_joined_with_the_comma_of_the_language(parts: tuple[object, ...], en: str, zh: str) -> None:
    assert (join_facts(parts, "en"), join_facts(parts, "zh")) == (en, zh)


@pytest.mark.parametrize(
    ("label", "en", "zh"),
    [(Label("copper", "铜"), "copper", "铜"), (Label("copper", None), "copper", "copper"), (Label("", "铜"), "铜", "铜")],
)
def test_a_label_is_translated_as_an_argument(label: Label, en: str, zh: str) -> None:
    assert put_in_each_language("text", msg("%(name)s", name=label)) == {"text_en": en, "text_zh": zh}


def test_an_error_is_translated_as_an_argument() -> None:
    error = MessageError(msg("%(names)s", names=["a", Label("copper", "铜")]))
    assert put_in_each_language("text", msg("%(error)s", error=error)) == {"text_en": "a, copper", "text_zh": "a、铜"}


@pytest.mark.parametrize("text", ["", "100 %", "%(name)s", "%d %% %"])
def test_foreign_text_stays_as_it_is(text: str) -> None:
    assert str(wrap_foreign_text(text)) == wrap_foreign_text(text).in_language("zh") == text
    assert str(MessageError(text)) == MessageError(text).in_language("zh") == text


def test_a_message_survives_a_process(french: None) -> None:
    said = Message("There is no %(thing)s in %(places)s.", {"thing": Message("copper"), "places": ["A", Message("copper")]})
    assert parse_message_data(said.as_data()).in_language("fr") == said.in_language("fr")
    assert pickle.loads(pickle.dumps(MessageError(said))).in_language("fr") == said.in_language("fr")


@pytest.mark.parametrize(
    "data", [None, "text", ["%(a)1000000000d", {"a": 1}], ["%s", {}], ["%(a)", {"a": 1}], [1, {}], ["a"], ["a", []], ["%", {}]]
)
def test_a_template_of_another_process_can_only_name_arguments(data: object) -> None:
    with pytest.raises(ValueError, match="not a message"):
        parse_message_data(data)


def test_the_arguments_of_an_error_are_in_its_sentence() -> None:
    assert re.search("copper", str(MessageError(msg("%(name)s", name="copper"))))
