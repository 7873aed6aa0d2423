"""Write docs/reference from the tables of the code; reference_pages/reference-texts.yml has the texts that the code lacks.

python docs/generate.py            write the pages
python docs/generate.py --check    write nothing; exit status 1 if a page differs from what would be written
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from reference_pages.api import api_page
from reference_pages.data import checks_page, mapping_page, sources_page, vocabularies_page
from reference_pages.program import commands_page, settings_page
from reference_pages.texts import ROOT, ReferenceTexts, TextError

REFERENCE = ROOT / "docs" / "reference"
NOTE = "<!-- Written by docs/generate.py (`make docs`). Change the code or reference-texts.yml, not this page. -->"
WRITERS: Mapping[str, Callable[[ReferenceTexts], Iterable[str]]] = {
    "settings": settings_page,
    "commands": commands_page,
    "sources": sources_page,
    "vocabularies": vocabularies_page,
    "checks": checks_page,
    "mapping": mapping_page,
    "api": api_page,
}


def pages() -> dict[str, str]:
    """Return the text of each page by the name of its file. Raises TextError."""
    texts = ReferenceTexts()
    written = {f"{name}.md": _page(name, write(texts), texts) for name, write in WRITERS.items()}
    texts.check_all_used()
    return written


def _page(name: str, lines: Iterable[str], texts: ReferenceTexts) -> str:
    page_texts = texts.require("pages", name)
    return "\n".join([f"# {page_texts['title']}", "", NOTE, "", page_texts["intro"].strip(), "", *lines]).rstrip() + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with ``--check`` print those that are stale; return the exit status."""
    try:
        written = pages()
    except TextError as error:
        print(f"docs: {error}", file=sys.stderr)
        return 2
    stale = [name for name, text in written.items() if not _is_current(REFERENCE / name, text)]
    if "--check" in arguments:
        for name in stale:
            print(f"docs/reference/{name} is stale; run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    REFERENCE.mkdir(exist_ok=True)
    for name in stale:
        (REFERENCE / name).write_text(written[name], encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


def _is_current(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
