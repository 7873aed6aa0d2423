"""No module holds a sentence in Chinese: sentences are messages of the one catalogue (decision 058).

A module may hold Chinese text that it parses or that labels a declaration; each such path is listed with its reason.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

DECLARED = "labels of declarations"
PARSED = "texts that are recognised in input"
PUNCTUATION = "characters of Chinese text"
EXAMPLE = "an example of a Chinese text in every language"
DOCUMENT = "typefaces and numerals of an official document"
ALLOWED = {
    "geodata/lodedata/acts/form.py": PUNCTUATION,
    "geodata/lodedata/cells.py": PARSED,
    "geodata/lodedata/dates.py": PARSED,
    "geodata/lodedata/entries/record_forms.py": DECLARED,
    "geodata/lodedata/figures/compounds.py": PARSED,
    "geodata/lodedata/geography/crs.py": PARSED,
    "geodata/lodedata/geography/position_text.py": PARSED,
    "geodata/lodedata/ground/bedrock.py": PARSED,
    "geodata/lodedata/ground/default_pack.py": DECLARED,
    "geodata/lodedata/kinds": DECLARED,
    "geodata/lodedata/layout/feedstock.py": DECLARED,
    "geodata/lodedata/layout/products.py": DECLARED,
    "geodata/lodedata/topics/lists/reading_checks.py": PARSED,
    "geodata/lodedata/topics/lists/workbook.py": DECLARED,
    "geodata/lodedata/mapping/column_usage.py": PARSED,
    "geodata/lodedata/mapping/declared.py": PARSED,
    "geodata/lodedata/mapping/loading.py": PARSED,
    "geodata/lodedata/mapping/model.py": PARSED,
    "geodata/lodedata/mapping/suggestion": PARSED,
    "geodata/lodedata/mapping/summary_rows.py": PARSED,
    "geodata/lodedata/mapping/values/internal.py": PARSED,
    "geodata/lodedata/matching/names/name_parts.py": PARSED,
    "geodata/lodedata/normal_form.py": PUNCTUATION,
    "geodata/lodedata/organisations/governments.py": PARSED,
    "geodata/lodedata/organisations/names.py": PARSED,
    "geodata/lodedata/organisations/owner_texts.py": PARSED,
    "geodata/lodedata/organisations/seats.py": PARSED,
    "geodata/lodedata/read": PARSED,
    "geodata/lodedata/topics/recycling/workbook.py": PARSED,
    "geodata/lodedata/topics/recovery/inputs.py": DECLARED,
    "geodata/lodedata/rights": PARSED,
    "geodata/lodedata/rules/quantities.py": DECLARED,
    "geodata/lodedata/rules/regions.py": PARSED,
    "geodata/lodedata/sources/condition_list_workbook/reader.py": PARSED,
    "geodata/lodedata/topics/schedule/ledger.py": PARSED,
    "geodata/lodedata/sources/india_cpcb_nonferrous_reprocessors_2011/reader.py": DECLARED,
    "geodata/lodedata/starter/gazetteer.py": PARSED,
    "geodata/lodedata/statistics/periods.py": PARSED,
    "geodata/lodedata/statistics/printed_values.py": PARSED,
    "geodata/lodedata/statistics/table_spec.py": PARSED,
    "geodata/lodedata/write/formula.py": PUNCTUATION,
    "platform/lodebase/ingest/jobs/import_job.py": PUNCTUATION,
    "platform/lodebase/db/act_keys.py": PARSED,
    "platform/lodebase/desk/decisions/proposals.py": PARSED,
    "platform/lodebase/ingest/entered/decided_persons.py": PARSED,
    "platform/lodebase/ingest/linking/links.py": PARSED,
    "platform/lodebase/layout/planned/flat.py": PARSED,
    "platform/lodebase/layout/planned/named_places.py": PARSED,
    "platform/lodebase/layout/reports/report_summary.py": PUNCTUATION,
    "platform/lodebase/search/filter_phrase.py": PARSED,
    "platform/lodebase/search/text_variants.py": PARSED,
    "platform/lodebase/topics/search/operations.py": EXAMPLE,
    "platform/lodebase/topics/reconciliation/candidates.py": PARSED,
    "platform/lodebase/topics/drilling/parameters.py": PARSED,
    "platform/lodebase/topics/schedule/operations.py": PUNCTUATION,
    "platform/lodebase/topics/tract/filter_parameters.py": PARSED,
    "geodata/lodedata/geography/division_names.py": PARSED,
    "geodata/lodedata/layout/capacity_text.py": PARSED,
    "geodata/lodedata/rules/model.py": EXAMPLE,
    "platform/lodebase/layout/planned/candidate.py": EXAMPLE,
    "platform/lodebase/layout/reports/report_head.py": PUNCTUATION,
    "platform/lodebase/topics/lists/firm_results.py": PUNCTUATION,
    "platform/lodebase/topics/lists/firm_table.py": PARSED,
    "platform/lodebase/search/gazetteer.py": PARSED,
    "platform/lodebase/typesetting/word.py": DOCUMENT,
    "web/lodeweb/topics/layout/form.py": PARSED,
    "platform/lodebase/topics/layout/sites.py": PARSED,
    "geodata/lodedata/figures/qualified_number.py": PARSED,
    "geodata/lodedata/mapping/cell_problems.py": EXAMPLE,
    "geodata/lodedata/mapping/templates.py": DECLARED,
    "geodata/lodedata/sources/plants_and_milestones_2026/reader.py": PARSED,
    "geodata/lodedata/statistics/leagues.py": DECLARED,
    "platform/lodebase/topics/lists/extract_pdf.py": PUNCTUATION,
    "platform/lodebase/field_types.py": PARSED,
    "platform/lodebase/topics/companies/comparison.py": PARSED,
    "platform/lodebase/typesetting/document.py": DOCUMENT,
}


def chinese_texts(source: str) -> Iterator[str]:
    """Yield the string literals with Chinese characters; docstrings are left out."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings)
    yield from (text for text in texts if isinstance(text, str) and CHINESE.search(text))


def modules_with_chinese() -> list[str]:
    """Return the paths of the product's modules that have a Chinese string literal."""
    listed = [
        "git",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "geodata/*.py",
        "platform/*.py",
        "web/lodeweb/*.py",
    ]
    paths = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    there = (path for path in paths if (ROOT / path).is_file())
    return [path for path in there if next(chinese_texts((ROOT / path).read_text(encoding="utf-8")), None) is not None]


def covers(listed: str, path: str) -> bool:
    """Return whether a listed path is the path itself or a folder above it."""
    return path == listed or path.startswith(f"{listed}/")


def test_no_module_holds_a_pair_of_languages() -> None:
    found = modules_with_chinese()
    assert [path for path in found if not any(covers(one, path) for one in ALLOWED)] == []
    assert [one for one in ALLOWED if not any(covers(one, path) for path in found)] == []


@pytest.mark.parametrize("source", ['text = ("met", "符合")', 'f"{value}，"', "def label():\n    return '在产'"])
def test_a_chinese_text_is_found(source: str) -> None:
    assert list(chinese_texts(source))


@pytest.mark.parametrize("source", ['"""中文"""', "# 中文\nx = 1", 'def label():\n    """Return 在产."""'])
def test_docstrings_and_comments_are_not_texts(source: str) -> None:
    assert list(chinese_texts(source)) == []
