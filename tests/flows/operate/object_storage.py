"""A server of S3 for tests: moto, in an environment of its own."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

PROGRAMS = Path(__file__).parents[3] / ".venv-programs"
ACCESS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}


@contextmanager
def serve_s3(folder: Path, bucket: str) -> Iterator[str]:
    """Yield the address of a server with an empty bucket."""
    assert PROGRAMS.exists(), "run scripts/setup.sh test"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with (folder / "s3.log").open("wb") as log:
        command = [str(PROGRAMS / "bin/python"), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                requests.put(f"{address}/{bucket}", timeout=10).raise_for_status()
                break
            except requests.ConnectionError:
                assert server.poll() is None and time.monotonic() < deadline, (folder / "s3.log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(10)
