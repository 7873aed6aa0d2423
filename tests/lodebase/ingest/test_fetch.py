"""A publisher's file fetched over HTTP from servers that stall, break off, change their mind, redirect or send rubbish."""

import hashlib
import io
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lodebase.errors import DiskFull, FetchFailed
from lodebase.ingest import fetch as fetch_module
from lodebase.ingest.fetch import CHUNK_BYTES, fetch
from lodedata.mapping.model import Fetch

BODY = b"id,name\n" + b"".join(b"%d,Site %d\n" % (n, n) for n in range(55_000))
HALF = len(BODY) // 2
STALL_S = 0.7

Response = Callable[[BaseHTTPRequestHandler], None]


class Publisher(ThreadingHTTPServer):
    """An HTTP server on loopback: each request gets the next of the test's responses, the last one again and again."""

    daemon_threads = True

    def __init__(self) -> None:
        self.responses: list[Response] = []
        self.requested: list[dict[str, str]] = []
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/table.csv"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is what some tests want."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Publisher

    def do_GET(self) -> None:
        self.close_connection = True
        self.server.requested.append({"path": self.path, **self.headers})
        responses = self.server.responses
        (responses.pop(0) if len(responses) > 1 else responses[0])(self)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    server = Publisher()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def sends(body: bytes, *, status: int = 200, declared: int | None = -1, upto: int | None = None, **headers: str) -> Response:
    """A response with a body; ``declared`` is the length it claims (None for none), ``upto`` where it breaks off."""

    def response(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        if declared is not None:
            request.send_header("Content-Length", str(len(body) if declared == -1 else declared))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(body[:upto])

    return response


def resumes(body: bytes, tag: str, upto: int | None = None) -> Response:
    """A response that resumes at the requested byte if the tag is right; else the complete body."""

    def response(request: BaseHTTPRequestHandler) -> None:
        requested = request.headers.get("Range")
        if requested is None or request.headers.get("If-Range") != tag:
            sends(body, upto=upto, ETag=tag)(request)
            return
        start = int(requested.removeprefix("bytes=").removesuffix("-"))
        span = f"bytes {start}-{len(body) - 1}/{len(body)}"
        left = None if upto is None else upto - start
        sends(body[start:], status=206, upto=left, ETag=tag, Content_Range=span)(request)

    return response


def stalls(after: bytes = b"", declared: int = len(BODY)) -> Response:
    """A response that sends nothing more until the test is over."""

    def response(request: BaseHTTPRequestHandler) -> None:
        if after:
            sends(after, declared=declared, ETag='"one"')(request)
            request.wfile.flush()
        assert isinstance(request.server, Publisher)
        request.server.over.wait(20)

    return response


def redirects(to: str, status: int = 302) -> Response:
    return sends(b"", status=status, Location=to)


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return made.getvalue()


def get(publisher: Publisher, folder: Path, stall_s: float = 20, **about: object) -> Path:
    said = {"url": publisher.url, "save_as": "table.csv", "max_mb": 1, **about}
    return fetch(Fetch.model_validate(said), folder, stall_s=stall_s)


def refusal(publisher: Publisher, folder: Path, stall_s: float = 20, **about: object) -> str:
    """The sentence of a fetch that fails, without the address it begins with; an earlier file is unchanged."""
    folder.mkdir(exist_ok=True)
    (folder / "table.csv").write_bytes(b"earlier")
    with pytest.raises(FetchFailed) as caught:
        get(publisher, folder, stall_s, **about)
    assert {entry.name: entry.read_bytes() for entry in folder.iterdir()} == {"table.csv": b"earlier"}
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.startswith("http")
    return sentence.partition("/table.csv: ")[2]


def first_byte(requested: dict[str, str]) -> int:
    """The byte from which a request requested the rest."""
    return int(requested["Range"].removeprefix("bytes=").removesuffix("-"))


# --- what goes well --------------------------------------------------------------------------------------------------


def test_a_file_is_fetched_whole_and_takes_the_place_of_an_earlier_one(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [sends(BODY)]
    (tmp_path / "table.csv").write_bytes(b"earlier")
    (tmp_path / "table.csv.part").write_bytes(b"left by a process that died")
    assert get(publisher, tmp_path) == tmp_path / "table.csv"
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"table.csv": BODY}
    assert publisher.requested[0]["User-Agent"].startswith("lode")
    assert "Range" not in publisher.requested[0]


def test_the_folder_is_made(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [sends(BODY)]
    assert get(publisher, tmp_path / "downloads" / "source").read_bytes() == BODY


def test_progress_is_reported_with_the_whole_size_where_it_is_known(publisher: Publisher, tmp_path: Path) -> None:
    reported: list[tuple[int, int | None]] = []
    what = Fetch(url=publisher.url, save_as="table.csv")
    for declared, whole in ((len(BODY), len(BODY)), (None, None)):
        publisher.responses = [sends(BODY, declared=declared)]
        fetch(what, tmp_path, lambda *far: reported.append(far))
        assert reported[-1] == (len(BODY), whole)


def test_the_right_checksum_is_accepted(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [sends(BODY)]
    assert get(publisher, tmp_path, sha256=hashlib.sha256(BODY).hexdigest()).read_bytes() == BODY


def test_a_redirect_is_followed(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [redirects("/elsewhere.csv", 301), redirects("/there.csv", 307), sends(BODY)]
    assert get(publisher, tmp_path).read_bytes() == BODY
    assert [requested["path"] for requested in publisher.requested] == ["/table.csv", "/elsewhere.csv", "/there.csv"]


def test_a_zip_is_unpacked_next_to_itself(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [sends(zipped(a__csv=b"1", b__csv=b"2"))]
    assert get(publisher, tmp_path, save_as="tables.zip", unpack=True).name == "tables.zip"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.csv", "b.csv", "tables.zip"]


# --- resuming --------------------------------------------------------------------------------------------------------


def test_a_transfer_that_breaks_off_goes_on_from_where_it_was(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [resumes(BODY, '"one"', HALF), resumes(BODY, '"one"')]
    assert get(publisher, tmp_path).read_bytes() == BODY
    assert HALF - CHUNK_BYTES < first_byte(publisher.requested[1]) <= HALF
    assert publisher.requested[1]["If-Range"] == '"one"'
    assert len(publisher.requested) == 2


def test_a_transfer_may_break_off_as_often_as_it_brings_something_new(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [resumes(BODY, '"one"', len(BODY) * n // 12) for n in range(1, 12)] + [resumes(BODY, '"one"')]
    assert get(publisher, tmp_path).read_bytes() == BODY
    assert len(publisher.requested) == 12


def test_a_date_serves_where_there_is_no_tag(publisher: Publisher, tmp_path: Path) -> None:
    date = "Mon, 05 Jan 2026 10:00:00 GMT"
    publisher.responses = [sends(BODY, upto=HALF, Last_Modified=date), resumes(BODY, date)]
    assert get(publisher, tmp_path).read_bytes() == BODY
    assert publisher.requested[1]["If-Range"] == date
    assert first_byte(publisher.requested[1]) > 0


def test_a_stalled_transfer_goes_on_too(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [stalls(BODY[:HALF]), resumes(BODY, '"one"')]
    assert get(publisher, tmp_path, STALL_S).read_bytes() == BODY
    assert HALF - CHUNK_BYTES < first_byte(publisher.requested[1]) <= HALF


def test_a_file_that_changed_between_two_tries_is_taken_from_its_beginning(publisher: Publisher, tmp_path: Path) -> None:
    newer = BODY.replace(b"Site", b"Mine")
    publisher.responses = [resumes(BODY, '"one"', HALF), resumes(newer, '"two"')]
    assert get(publisher, tmp_path).read_bytes() == newer
    publisher.responses = [resumes(BODY, '"one"', HALF), resumes(newer, '"two"', HALF), resumes(newer, '"two"')]
    assert get(publisher, tmp_path).read_bytes() == newer
    assert publisher.requested[-1]["If-Range"] == '"two"'


def test_a_server_without_tags_never_gets_a_range(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [sends(BODY, upto=HALF), sends(BODY)]
    assert get(publisher, tmp_path).read_bytes() == BODY
    assert "Range" not in publisher.requested[1]


def test_a_server_that_goes_on_elsewhere_is_not_believed(publisher: Publisher, tmp_path: Path) -> None:
    wrong = sends(BODY[7:], status=206, Content_Range=f"bytes 7-{len(BODY) - 1}/{len(BODY)}", ETag='"one"')
    publisher.responses = [resumes(BODY, '"one"', HALF), wrong, resumes(BODY, '"one"')]
    assert get(publisher, tmp_path).read_bytes() == BODY


def test_a_server_that_refuses_a_range_gets_a_complete_request(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [resumes(BODY, '"one"', HALF), sends(b"", status=416), resumes(BODY, '"one"')]
    assert get(publisher, tmp_path).read_bytes() == BODY
    assert "Range" not in publisher.requested[2]


# --- what fails, each in a sentence ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_server_that_never_responds(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [stalls()]
    said = refusal(publisher, tmp_path, STALL_S)
    assert said == "the server sent nothing for 1 s; download it yourself and name the file."
    assert len(publisher.requested) == 4


@pytest.mark.slow
def test_a_server_that_stalls_again_and_again_at_one_place(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [stalls(BODY[:HALF]), stalls()]
    said = refusal(publisher, tmp_path, STALL_S)
    assert said == "the server sent nothing for 1 s; download it yourself and name the file."
    assert len(publisher.requested) == 5


@pytest.mark.parametrize("response", [sends(BODY, upto=HALF), resumes(BODY, '"one"', HALF)])
def test_a_transfer_that_breaks_off_at_one_place_for_ever(publisher: Publisher, tmp_path: Path, response: Response) -> None:
    publisher.responses = [response]
    said = refusal(publisher, tmp_path)
    assert said == "the transfer broke off again and again; download it yourself and name the file."


def test_refused_connection_is_reported(publisher: Publisher, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/table.csv"
    assert refusal(publisher, tmp_path, url=url) == "the server can't be reached; download it yourself and name the file."


def test_a_server_that_does_not_even_connect(publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_module, "CONNECT_S", 0.2)
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/table.csv"
        assert refusal(publisher, tmp_path, url=url) == "the server can't be reached; download it yourself and name the file."


def test_a_name_that_is_no_server(publisher: Publisher, tmp_path: Path) -> None:
    said = refusal(publisher, tmp_path, url="http://nowhere.invalid/table.csv")
    assert said == "the server can't be reached; download it yourself and name the file."


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "404 Not Found"), (403, "403 Forbidden"), (503, "503 Service Unavailable")]
)
def test_a_server_that_says_no(publisher: Publisher, tmp_path: Path, status: int, reason: str) -> None:
    publisher.responses = [sends(b"<html>no</html>", status=status)]
    said = refusal(publisher, tmp_path)
    assert said == f"the server returned {reason}; is the address still right? Download the file yourself and name it."
    assert len(publisher.requested) == 1


@pytest.mark.parametrize(
    "page",
    [b"<!DOCTYPE html>\n<html><body>Oops</body></html>", b"\n\n  <HTML lang='en'>", b"<?xml version='1.0'?><html xmlns='x'>"],
)
def test_an_error_page_that_pretends_to_be_a_table(publisher: Publisher, tmp_path: Path, page: bytes) -> None:
    publisher.responses = [sends(page, Content_Type="text/csv")]
    assert refusal(publisher, tmp_path) == "sent a web page (perhaps an error page) instead of table.csv."


@pytest.mark.parametrize("declared", [-1, None])
def test_empty_body_is_refused(publisher: Publisher, tmp_path: Path, declared: int | None) -> None:
    publisher.responses = [sends(b"", declared=declared)]
    assert refusal(publisher, tmp_path) == "sent an empty file."


def test_a_body_that_says_it_is_larger_than_the_limit_is_not_even_begun(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [sends(b"", declared=7 * 2**20)]
    assert refusal(publisher, tmp_path) == "the file has 7 MB, more than the 1 MB that are fetched."


def test_a_body_that_does_not_say_how_large_it_is_ends_at_the_limit(publisher: Publisher, tmp_path: Path) -> None:
    sent = 0

    def endless(request: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        sends(b"", declared=None)(request)
        while sent < 64 * 2**20:
            request.wfile.write(bytes(2**16))
            sent += 2**16

    publisher.responses = [endless]
    assert refusal(publisher, tmp_path) == "the file is larger than the 1 MB that are fetched."
    assert sent < 32 * 2**20


def test_a_body_that_grows_past_the_limit_try_by_try(publisher: Publisher, tmp_path: Path) -> None:
    long = bytes(3 * 2**20)
    first = sends(long, declared=2**20, upto=2**19, ETag='"one"')
    publisher.responses = [first, resumes(long, '"one"')]
    assert refusal(publisher, tmp_path) == "the file has 3 MB, more than the 1 MB that are fetched."


def test_wrong_checksum_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [sends(BODY)]
    found, wanted = hashlib.sha256(BODY).hexdigest(), "0" * 64
    assert refusal(publisher, tmp_path, sha256=wanted) == (
        f"the checksum is {found}, {wanted} was expected; nothing was saved."
    )


def test_redirects_in_a_circle(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [redirects("/table.csv")]
    assert "redirects" in refusal(publisher, tmp_path)


def test_a_redirect_to_the_disk_is_not_followed(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [redirects("file:///etc/passwd")]
    assert "No connection adapters" in refusal(publisher, tmp_path)


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        (zipped(**{"../outside": b"1"}), "table.csv: the zip contains the path '../outside', which leads out of its folder."),
        (
            zipped(**{"/etc/outside": b"1"}),
            "table.csv: the zip contains the path '/etc/outside', which leads out of its folder.",
        ),
        (zipped(a=b"1" * 999)[:-30], "table.csv: the zip is damaged or cut short (File is not a zip file)."),
        (zipped(a=b"1" * 999).replace(b"111", b"101", 1), "table.csv: 'a' in the zip is damaged."),
        (b"no zip at all", "table.csv: the zip is damaged or cut short (File is not a zip file)."),
    ],
    # the time in a zip would make the names of the tests differ between workers
    ids=["relative path", "absolute path", "cut short", "damaged", "no zip"],
)
def test_a_zip_that_can_not_be_unpacked(publisher: Publisher, tmp_path: Path, body: bytes, reported: str) -> None:
    publisher.responses = [sends(body)]
    assert refusal(publisher, tmp_path / "inside", unpack=True) == reported
    assert [entry.name for entry in tmp_path.iterdir()] == ["inside"]


def test_a_folder_that_can_not_be_made(publisher: Publisher, tmp_path: Path) -> None:
    publisher.responses = [sends(BODY)]
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FetchFailed, match=r"/table.csv: .*Not a directory"):
        get(publisher, tmp_path / "file" / "downloads")


def test_a_disk_without_space(publisher: Publisher, tmp_path: Path, mount: Callable[[Path, str], None]) -> None:
    mount(tmp_path, "size=64k")
    publisher.responses = [sends(BODY)]
    (tmp_path / "table.csv").write_bytes(b"earlier")
    with pytest.raises(DiskFull) as caught:
        get(publisher, tmp_path)
    assert str(caught.value) == f"There is no space for table.csv in {tmp_path}; free some and try again."
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"table.csv": b"earlier"}
