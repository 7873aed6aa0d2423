"""The disk of a running site fills up during an import: it is reported, and the site recovers by itself with free space."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from tests.flows.conftest import NOT_DURABLE
from tests.lodebase.conftest import COLUMNS, MAPPING

from lodebase.db.private_cluster.cluster import Cluster

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

ITEMS = "/api/collections/deposits/items?limit=1"
GIVEN_BACK_BYTES = 40 * 2**20
"""Bytes that the site and its log may take more after a refused import; its rows are given back."""
BACK_S = 120.0
"""Time for the server to recover; a sound machine takes seconds."""


def table(tmp_path: Path, size: int) -> tuple[Path, Path]:
    """Return a mapping and a table of so many rows."""
    mapping, path = tmp_path / "mapping.yml", tmp_path / "table.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    named = {"kind": "deposit", "metal": "copper", "lon": "10.1", "lat": "20.4"}
    rows = ({**named, "id": f"r{number}", "name": f"{number:0200}"} for number in range(size))
    lines = [",".join(COLUMNS), *(",".join(row.get(column, "") for column in COLUMNS) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return mapping, path


def features(site: "Serving") -> tuple[int, list[object]]:
    """Return the number of deposits, and the first one."""
    response = site.get(ITEMS)
    assert response.status == 200
    content = json.loads(response.text)
    return content["numberMatched"], content["features"]


@pytest.mark.parametrize(("free_mb", "size"), [(4, 8_000), (40, 20_000)])
def test_a_site_recovers_after_a_full_disk(
    made_home: Path,
    new_home: Path,
    mount: Callable[[Path, str], None],
    serve: Callable[..., "Serving"],
    lode: Callable[..., subprocess.CompletedProcess[str]],
    until: Callable[..., None],
    tmp_path: Path,
    free_mb: int,
    size: int,
) -> None:
    """The rows need more than the free space."""
    new_home.mkdir(exist_ok=True)
    mount(new_home, "size=600m")
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    configuration = Cluster(new_home).data / "postgresql.conf"
    configuration.write_text(configuration.read_text().removesuffix(NOT_DURABLE))
    site = serve(new_home).ready()
    before = features(site)
    used = shutil.disk_usage(new_home).used
    ballast = new_home / "ballast"
    with ballast.open("wb") as stream:
        stream.write(b"\0" * max(shutil.disk_usage(new_home).free - free_mb * 2**20, 0))
    mapping, path = table(tmp_path, size)
    refused = lode(new_home, "import", "--mapping", str(mapping), str(path), "--skip-space-check")
    assert refused.returncode == 2, refused.stderr[-2_000:]
    assert (
        re.search("no space left|is full|connection to the database was lost", refused.stderr.splitlines()[-1])
        and "Traceback" not in refused.stderr
    )
    assert site.process.poll() is None
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=2g", str(new_home)], check=True)
    until(lambda: site.get("/readyz").status == 200, BACK_S)
    assert features(site) == before
    assert shutil.disk_usage(new_home).used < used + GIVEN_BACK_BYTES, "the space of the refused rows is given back"
    done = lode(new_home, "import", "--mapping", str(mapping), str(path), "--json")
    assert done.returncode == 0, done.stderr[-2_000:]
    assert features(site)[0] == before[0] + size


FACETS = "/api/collections/deposits/facets"
READS = (ITEMS, "/", "/metrics", "/readyz", FACETS, "/api/search?q=copper", "/api/sources")


def test_a_full_disk_stops_nothing_that_only_reads(
    made_home: Path,
    new_home: Path,
    mount: Callable[[Path, str], None],
    serve: Callable[..., "Serving"],
    until: Callable[..., None],
) -> None:
    new_home.mkdir(exist_ok=True)
    mount(new_home, "size=600m")
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    site = serve(new_home).ready()
    record = json.loads(site.get(ITEMS).text)["features"][0]["id"]
    form = urlencode({"record": record, "text": "The disk is full while this is sent."}).encode()
    with (new_home / "ballast").open("wb") as stream, suppress(OSError):
        while True:
            stream.write(b"\0" * 2**16)
            stream.flush()
    assert shutil.disk_usage(new_home).free < 2**16
    for _ in range(20):
        assert {path: site.get(path).status for path in READS if site.get(path).status not in (200, 204)} == {}
    sent = site.post("/reports", form, "application/x-www-form-urlencoded")
    # a small row may fit a page that exists; a refusal has a reason and is no error of the site
    assert sent.status in (200, 503, 507), sent.text
    assert sent.status != 507 or "The disk of the database is full" in sent.text
    (new_home / "ballast").unlink()
    until(lambda: site.get("/readyz").status == 200, BACK_S)
    assert site.post("/reports", form, "application/x-www-form-urlencoded").status == 200
    assert features(site)[0] > 0 and "Traceback" not in site.output()
