"""Check that names, comments, docstrings, documentation and page texts use standard terms.

scripts/word-list.toml has each term to avoid with its replacement, the paths that are checked, and the exceptions.

python scripts/check_words.py            check the paths of the list
python scripts/check_words.py PATH ...   check these files or folders, such as those about to be added to the list

Exit status: 0 nothing was found, 1 a word was found or an exception is not needed.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
WORD_LIST = ROOT / "scripts" / "word-list.toml"

Text = tuple[int, str]
"""A line number and a text or name that begins there."""

PARTS_OF_A_NAME = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
NOT_A_TEXT_OF_A_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<script\b.*?</script>|<style\b.*?</style>|<[^>]*>", re.DOTALL)
ATTRIBUTE_FOR_READERS = re.compile(r"\b(?:title|alt|placeholder|aria-label|content)=\"([^\"{]*)\"")
STRING_OR_COMMENT_OF_JAVASCRIPT = re.compile(
    r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?P<comment>//[^\n]*|/\*.*?\*/)", re.DOTALL
)
DECLARATION_OF_JAVASCRIPT = re.compile(
    r"\b(?:const|let|var|class)\s+(?P<name>[A-Za-z_$][\w$]*)"
    r"|\b(?:const|let|var)\s*(?P<pattern>[{\[][^=;]*?[}\]])\s*="
    r"|\b(?!if|for|while|switch|catch)(?P<function>[\w$]+)\s*\((?P<parameters>[^()]*)\)\s*\{"
    r"|\((?P<arrow>[^()]*)\)\s*=>"
    r"|\b(?P<single>[A-Za-z_$][\w$]*)\s*=>"
)
IDENTIFIER_OF_JAVASCRIPT = re.compile(r"(?<![.\w$])[A-Za-z_$][\w$]*(?!\s*:)")


@dataclass(frozen=True, slots=True)
class WordRule:
    """An exception: a word that is right below a path, and why."""

    path: str
    word: str
    reason: str

    def applies(self, path: str, word: str) -> bool:
        """Return whether the exception covers a word in a file."""
        return self.word == word and is_below(path, self.path)


@dataclass(frozen=True, slots=True)
class WordList:
    """The terms to avoid with their replacements, the checked paths and the exceptions."""

    terms: Mapping[str, str]
    checked: tuple[str, ...]
    exceptions: tuple[WordRule, ...]

    @classmethod
    def read(cls, path: Path) -> "WordList":
        """Return the list of a TOML file."""
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        exceptions = tuple(WordRule(**rule) for rule in content.get("exceptions", ()))
        return cls(content["replacements"], tuple(content["checked"]), exceptions)


@dataclass(frozen=True, slots=True)
class Finding:
    """A word to avoid in a line of a file."""

    path: str
    line: int
    word: str

    def sentence(self, terms: Mapping[str, str]) -> str:
        """Return the finding with its place and the replacement."""
        return f"{self.path}:{self.line}: {self.word} -> {terms[self.word]}"


def is_below(path: str, folder: str) -> bool:
    """Return whether a path is the folder itself or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def match_names(names: Iterator[Text], terms: Mapping[str, str]) -> Iterator[Text]:
    """Yield each word of the list that is a part of a snake_case or camelCase name."""
    for line, name in names:
        for part in PARTS_OF_A_NAME.findall(name):
            if part.casefold() in terms:
                yield line, part.casefold()


def match_prose(texts: Iterator[Text], terms: Mapping[str, str]) -> Iterator[Text]:
    """Yield each word of the list in a text, with the line it is in."""
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(terms)})(?!\w)", re.IGNORECASE)
    for line, text in texts:
        for match in pattern.finditer(text):
            yield line + text.count("\n", 0, match.start()), match[0].casefold()


def names_of_python(tree: ast.Module) -> Iterator[Text]:
    """Yield the names that a module defines: classes, functions, parameters, imports under another name, variables."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name, lineno=line) | ast.FunctionDef(name=name, lineno=line):
                yield line, name
            case ast.AsyncFunctionDef(name=name, lineno=line) | ast.arg(arg=name, lineno=line):
                yield line, name
            case ast.Name(id=name, ctx=ast.Store(), lineno=line) | ast.Attribute(attr=name, ctx=ast.Store(), lineno=line):
                yield line, name
            case ast.alias(asname=str(name), lineno=line):
                yield line, name


def prose_of_python(source: str, tree: ast.Module) -> Iterator[Text]:
    """Yield docstrings, those of variables too, and comments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, ast.get_source_segment(source, node) or ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def python(source: str, terms: Mapping[str, str]) -> Iterator[Text]:
    """Yield the terms to avoid in a Python module."""
    tree = ast.parse(source)
    yield from match_names(names_of_python(tree), terms)
    yield from match_prose(prose_of_python(source, tree), terms)


def javascript(source: str, terms: Mapping[str, str]) -> Iterator[Text]:
    """Yield the terms to avoid in declared names and comments of a JavaScript or TypeScript module."""
    comments = []

    def blank(match: re.Match[str]) -> str:
        if match["comment"]:
            comments.append((source.count("\n", 0, match.start()) + 1, match["comment"]))
        return "\n" * match[0].count("\n")

    code = STRING_OR_COMMENT_OF_JAVASCRIPT.sub(blank, source)
    yield from match_prose(iter(comments), terms)
    yield from match_names(names_of_javascript(code), terms)


def names_of_javascript(code: str) -> Iterator[Text]:
    """Yield the names that code without strings and comments declares."""
    for match in DECLARATION_OF_JAVASCRIPT.finditer(code):
        for group in filter(None, match.groups()):
            for identifier in IDENTIFIER_OF_JAVASCRIPT.findall(group):
                yield code.count("\n", 0, match.start()) + 1, identifier


def template(source: str, terms: Mapping[str, str]) -> Iterator[Text]:
    """Yield the terms to avoid in comments, texts and readable attributes of a Jinja template."""
    attributes = [(source.count("\n", 0, m.start()) + 1, m[1]) for m in ATTRIBUTE_FOR_READERS.finditer(source)]
    yield from match_prose(iter(attributes), terms)
    text = NOT_A_TEXT_OF_A_TEMPLATE.sub(lambda match: " " + "\n" * match[0].count("\n"), source)
    yield from match_prose(iter([(1, text)]), terms)


def translations(source: str, terms: Mapping[str, str]) -> Iterator[Text]:
    """Yield the terms to avoid in the English texts of a file of translations."""
    for message in read_po(io.StringIO(source)):
        for text in message.id if isinstance(message.id, list | tuple) else (message.id,):
            yield from ((message.lineno or 1, word) for _, word in match_prose(iter([(1, str(text))]), terms))


def prose(source: str, terms: Mapping[str, str]) -> Iterator[Text]:
    """Yield the terms to avoid in a page of documentation."""
    yield from match_prose(iter([(1, source)]), terms)


READERS: Mapping[str, Callable[[str, Mapping[str, str]], Iterator[Text]]] = {
    ".py": python,
    ".js": javascript,
    ".mjs": javascript,
    ".ts": javascript,
    ".html": template,
    ".po": translations,
    ".md": prose,
}


def find(path: str, source: str, terms: Mapping[str, str]) -> list[Finding]:
    """Return the terms to avoid in a file, in the order of their lines; none in a file of another form."""
    reader = READERS.get(Path(path).suffix)
    if reader is None:
        return []
    module = match_names(iter([(1, Path(path).stem)]), terms) if reader is not prose else iter(())
    return [Finding(path, line, word) for line, word in sorted([*module, *reader(source, terms)])]


def tracked(paths: Sequence[str]) -> list[str]:
    """Return the files below the paths that git has or would add. Raises CalledProcessError for a path that matches none."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--error-unmatch", "--", *paths]
    return sorted(set(subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()))


def main(arguments: Sequence[str]) -> int:
    """Print what is found in the paths and return the exit status."""
    word_list = WordList.read(WORD_LIST)
    found = [
        finding
        for path in tracked(arguments or word_list.checked)
        if (ROOT / path).is_file()
        for finding in find(path, (ROOT / path).read_text(encoding="utf-8", errors="replace"), word_list.terms)
    ]
    used = {rule for finding in found for rule in word_list.exceptions if rule.applies(finding.path, finding.word)}
    left = [f for f in found if not any(rule.applies(f.path, f.word) for rule in used)]
    unused = [] if arguments else [rule for rule in word_list.exceptions if rule not in used]
    for finding in left:
        print(finding.sentence(word_list.terms))
    for rule in unused:
        print(f"{WORD_LIST.relative_to(ROOT)}: the exception for {rule.word} in {rule.path} is not needed")
    return 1 if left or unused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
