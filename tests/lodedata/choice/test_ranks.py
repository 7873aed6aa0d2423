"""Ranks of sources, declared in the folder of each."""

from collections import Counter
from pathlib import Path

import pytest

from lodedata import sources
from lodedata.choice.ranks import FIRST_RANK, LAST_RANK, rank, repeats_often, repeats_sometimes
from lodedata.mapping import MappingRefused


def test_reviewed_source_ranks_before_compilation_and_own_table_last() -> None:
    order = ["lode-starter", "icmm-global-mining", "usgs-major-deposits", "usgs-mrds", "a-table-of-a-user"]
    assert sorted(sorted(order), key=rank) == order
    assert rank("lode-starter") == FIRST_RANK
    assert rank("a-table-of-a-user") == rank("../etc/passwd") == LAST_RANK


def test_no_two_sources_have_the_same_rank() -> None:
    ranks = Counter(declared for name in sources.names() if (declared := sources.load_source(name).rank) is not None)
    assert len(ranks) >= 20 and set(ranks.values()) == {1} and max(ranks) < LAST_RANK


def test_source_with_a_row_for_each_product_repeats_often() -> None:
    assert repeats_often("usgs-minfac-world-facilities") and not repeats_sometimes("usgs-minfac-world-facilities")
    assert repeats_sometimes("icmm-global-mining") and not repeats_often("icmm-global-mining")
    assert not repeats_often("a-table-of-a-user") and not repeats_sometimes("a-table-of-a-user")


def test_own_mapping_with_a_rank_is_refused() -> None:
    own = sources.load_source("usgs-major-deposits").model_copy(update={"name": "own-table"})
    with pytest.raises(MappingRefused, match="take them out"):
        sources.require_own(own, Path("own.yml"))
    with pytest.raises(MappingRefused, match="sure_joins"):
        sources.require_own(own.model_copy(update={"rank": None, "repeats": "never", "sure_joins": True}), Path("own.yml"))
    sources.require_own(own.model_copy(update={"rank": None, "repeats": "never"}), Path("own.yml"))
