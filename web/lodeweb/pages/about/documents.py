"""The documents of the folder ``docs`` as HTML, in the reader's language where they are written in it."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

import lodeweb
from lodebase.errors import NotFound
from lodedata.messages import ENGLISH, msg

ROOT = Path(lodeweb.__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
ROOT_FILES = ("CHANGELOG.md", "SECURITY.md")
HELP = "/help"

_OTHER_LANGUAGE = re.compile(r"^\[[^\]]+\]\([\w.-]+\.md\)\n", re.MULTILINE)
"""The line below a title that leads to the document in the other language."""
_EXAMPLE_SITE = re.compile(r"http://127\.0\.0\.1:8000|https://lode\.example\.org|(?<![\w./])localhost:8000")
"""The addresses that stand for the reader's site in guides."""
_SLUG = re.compile(r"[^\w\- ]")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its title, its HTML without the title, and the language in which it is written."""

    title: str
    html: Markup
    language: str


@lru_cache(maxsize=1)
def list_document_files() -> Mapping[str, PurePosixPath]:
    """Return the English file of each document, relative to the project's folder, by names such as ``data/desk``."""
    return dict(sorted(_list_files()))


def read_document(name: str, language: str) -> Document:
    """Return a document in a language, in English where it is written in English only. Raises NotFound."""
    if name not in list_document_files():
        raise NotFound(msg("There is no document of this name. All documents are listed at %(address)s.", address=HELP))
    return _read_document(name, language)


def adapt_to_site(document: Document, root: str) -> Document:
    """Return a document whose examples have the address of a site, such as ``https://minerals.example/``."""
    address = str(escape(root.rstrip("/")))
    return replace(document, html=Markup(_EXAMPLE_SITE.sub(lambda _: address, document.html)))


@lru_cache(maxsize=256)
def _read_document(name: str, language: str) -> Document:
    english = list_document_files()[name]
    there = english.with_suffix(f".{language}.md")
    path, language = (there, language) if (ROOT / there).is_file() else (english, ENGLISH)
    text = _OTHER_LANGUAGE.sub("", (ROOT / path).read_text(encoding="utf-8"), count=1)
    tokens = _MARKDOWN.parse(text)
    _link(tokens, path.parent)
    first = next(token.content for token in tokens if token.type == "inline")
    body = [token for token in tokens if token.type != "heading_open" or token.tag != "h1"]
    del body[: 2 if len(body) < len(tokens) else 0]
    return Document(first, Markup(_MARKDOWN.renderer.render(body, _MARKDOWN.options, {})), language)


def _list_files() -> Iterator[tuple[str, PurePosixPath]]:
    for path in (ROOT / "docs").rglob("*.md"):
        if ".zh" not in path.suffixes:
            relative = PurePosixPath(path.relative_to(ROOT))
            yield str(relative.relative_to("docs").with_suffix("")), relative
    yield from ((Path(name).stem.lower(), PurePosixPath(name)) for name in ROOT_FILES if (ROOT / name).is_file())


@lru_cache(maxsize=1)
def _names() -> Mapping[PurePosixPath, str]:
    return {file: name for name, file in list_document_files().items()}


def _link(tokens: list[Token], folder: PurePosixPath) -> None:
    """Give headings their anchors as on GitHub, and turn links between files into links between pages."""
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following is not None:
            token.attrSet("id", _SLUG.sub("", following.content.casefold()).replace(" ", "-"))
        for child in token.children or ():
            for attribute in ("href", "src"):
                if attribute in child.attrs:
                    _turn(child, attribute, folder)


def _turn(token: Token, attribute: str, folder: PurePosixPath) -> None:
    address = str(token.attrs[attribute])
    if "://" in address or address.startswith(("#", "/", "mailto:")):
        return
    path, mark, anchor = address.partition("#")
    target = PurePosixPath(os.path.normpath(folder / path))
    english = target.with_name(target.name.replace(".zh.md", ".md"))
    if english in _names():
        token.attrs[attribute] = f"{HELP}/{_names()[english]}{mark}{anchor}"
    elif ROOT / target.parent == IMAGES:
        token.attrs[attribute] = f"{HELP}/images/{target.name}"
    else:
        # a file that the site does not serve, such as a licence: its name stays as text
        del token.attrs[attribute]
