"""`lode download` takes a file from a site, goes on where it broke off, and checks what came."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.serving import make_server

from lodebase.cli.main import cli


@pytest.fixture
def address(own_app: Callable[..., Flask], tmp_path: Path) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, own_app(LODE_SPOOL=tmp_path / "spool"), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def requested(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["download", *arguments])
    return result.exit_code, f"{result.output}{result.exception or ''}"


def test_a_file_comes_whole_under_the_sites_name(address: str, tmp_path: Path) -> None:
    status, reported = requested("deposits", "csv", "commodity=lithium", "--site", address, "--to", str(tmp_path))
    assert status == 0, reported
    (path,) = tmp_path.glob("*.csv")
    assert path.name.startswith("lode-deposits-") and "SHA-256" in reported
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert not list(tmp_path.glob("*.part*"))


def test_interrupted_download_is_resumed(address: str, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.gpkg", tmp_path / "again.gpkg.part"
    assert requested("deposits", "gpkg", "--site", address, "--to", str(whole))[0] == 0
    content = whole.read_bytes()
    part.write_bytes(content[:5000])
    tag = part.with_name(part.name + ".tag")
    # of another state of the data: thrown away, not gone on with
    tag.write_text('"another"')
    assert requested("deposits", "gpkg", "--site", address, "--to", str(tmp_path / "again.gpkg"))[0] == 0
    assert (tmp_path / "again.gpkg").read_bytes() == content


def test_what_the_site_refuses_is_reported(address: str, tmp_path: Path) -> None:
    status, reported = requested("deposits", "csv", "colour=red", "--site", address, "--to", str(tmp_path))
    assert status != 0 and "colour" in reported
