"""OpenRefine matches names with records of the site and adds columns from them, by the steps of the docs."""

import csv
import io
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from tests.clients.conftest import Site

WEBAPP = Path("/usr/share/openrefine/webapp")
LOCALIZER = Path("/usr/share/java/localizer.jar")
"""A library that OpenRefine needs; Debian installs it and leaves it out of the application."""
TABLE = "mine,country\n德兴铜矿,中国\nJiajika,China\n甲基卡,中国\nxqzzvw,\n"
ENGINE = json.dumps({"facets": [], "mode": "row-based"})
WAIT_S = 120


class OpenRefine:
    """A running OpenRefine with one project."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = requests.Session()
        self.project = ""

    def call(self, command: str, data: dict[str, str], **more: Any) -> requests.Response:
        """Send a command as its page does. Raises requests.HTTPError."""
        token = self.session.get(f"{self.address}/command/core/get-csrf-token", timeout=WAIT_S).json()["token"]
        parameters = {"csrf_token": token, "project": self.project} if self.project else {"csrf_token": token}
        url = f"{self.address}/command/core/{command}"
        response = self.session.post(url, params=parameters, data=data, timeout=WAIT_S, allow_redirects=False, **more)
        response.raise_for_status()
        return response

    def run(self, command: str, data: dict[str, str]) -> None:
        """Send a command that runs as a process, and wait for its end."""
        assert self.call(command, data).json()["code"] in ("pending", "ok")
        deadline = time.monotonic() + WAIT_S
        while (state := self._list_processes())["processes"]:
            assert time.monotonic() < deadline, state
            time.sleep(0.1)

    def _list_processes(self) -> Any:
        address = f"{self.address}/command/core/get-processes"
        return self.session.get(address, params={"project": self.project}, timeout=WAIT_S).json()

    def list_judgements(self) -> dict[str, Any]:
        """Return the judgement of each name."""
        read = self.call("get-rows", {"engine": ENGINE, "start": "0", "limit": "100"}).json()
        recons = read["pool"]["recons"]
        return {row["cells"][0]["v"]: recons[row["cells"][0]["r"]] for row in read["rows"]}

    def export(self) -> list[dict[str, str]]:
        """Return the rows of the project with all their columns."""
        text = self.call("export-rows", {"engine": ENGINE, "format": "csv"}).content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def openrefine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRefine]:
    """Yield an OpenRefine of Debian, without a window, with a folder of its own."""
    assert WEBAPP.exists() and LOCALIZER.exists(), "run scripts/setup.sh test"
    folder = tmp_path_factory.mktemp("openrefine")
    (folder / "webapp/WEB-INF/lib").mkdir(parents=True)
    (folder / "data").mkdir()
    libraries = (*(WEBAPP / "WEB-INF/lib").iterdir(), LOCALIZER)
    for path in (*WEBAPP.iterdir(), *(WEBAPP / "WEB-INF").iterdir(), *libraries):
        linked = folder / "webapp" / (Path("WEB-INF/lib") / path.name if path in libraries else path.relative_to(WEBAPP))
        if not linked.exists():
            linked.symlink_to(path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    options: list[str | Path] = [
        "-p",
        port,
        "-i",
        "127.0.0.1",
        "-d",
        folder / "data",
        "-w",
        folder / "webapp",
        "-x",
        "refine.headless=true",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["openrefine", *options],
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + WAIT_S
    try:
        while True:
            assert process.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            try:
                requests.get(f"{address}/command/core/get-version", timeout=1).raise_for_status()
                break
            except requests.RequestException:
                time.sleep(0.2)
        yield OpenRefine(address)
    finally:
        # the command is a shell script, and waits for Java
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(WAIT_S)


def test_openrefine_matches_names_of_both_languages_and_adds_columns(site: "Site", openrefine: OpenRefine) -> None:
    service = f"{site.url}/reconcile"
    options = {"separator": ",", "headerLines": 1, "encoding": "UTF-8"}
    sent = {"project-name": "mines", "format": "text/line-based/*sv", "options": json.dumps(options)}
    made = openrefine.call(
        "create-project-from-upload", sent, files={"project-file": ("mines.csv", TABLE.encode(), "text/csv")}
    )
    openrefine.project = made.headers["Location"].split("project=")[1]
    guessed = openrefine.call("guess-types-of-column", {"columnName": "mine", "service": service}).json()
    assert "deposit" in {kind["id"] for kind in guessed["types"]}
    # what its window sends after *Start reconciling*, with the column of countries as a property
    manifest = requests.get(service, timeout=WAIT_S).json()
    spaces = {name: manifest[name] for name in ("identifierSpace", "schemaSpace")}
    country = {"column": "country", "propertyName": "Country", "propertyID": "country"}
    config = {"mode": "standard-service", "service": service, "type": {"id": "deposit", "name": "Deposits"}, "autoMatch": True}
    config |= {**spaces, "columnDetails": [country], "limit": 5, "batchSize": manifest["batchSize"]}
    openrefine.run("reconcile", {"engine": ENGINE, "columnName": "mine", "config": json.dumps(config)})
    judged = openrefine.list_judgements()
    assert {name: recon["j"] for name, recon in judged.items()} == {
        "德兴铜矿": "matched",
        "Jiajika": "matched",
        "甲基卡": "none",
        "xqzzvw": "none",
    }
    for recon in judged.values():
        if recon["j"] == "matched":
            page = requests.get(manifest["view"]["url"].replace("{{id}}", recon["m"]["id"]), timeout=WAIT_S)
            assert recon["m"]["types"] == ["deposit"] and recon["m"]["name"] in page.text
    assert len(judged["甲基卡"]["c"]) >= 2 and judged["xqzzvw"]["c"] == [], (
        "the first is a part of two names, for a person to choose"
    )
    extension = {"properties": [{"id": "country", "name": "Country"}, {"id": "size_class", "name": "Size class"}]}
    added = {"engine": ENGINE, "baseColumnName": "mine", "endpoint": service, "columnInsertIndex": "1", **spaces}
    openrefine.run("extend-data", {**added, "extension": json.dumps(extension)})
    rows = openrefine.export()
    # OpenRefine writes the matched name in place of the cell, and calls the columns as the service does
    assert [row["mine"] for row in rows] == ["Dexing", "Jiajika", "甲基卡", "xqzzvw"]
    assert [row["Country or area"] for row in rows] == ["China", "China", "", ""]
    assert [row["Size class (DZ/T 0400-2022)"] for row in rows] == ["Large", "Large", "", ""]
