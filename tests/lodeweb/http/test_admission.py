"""So many requests ask the database at a time, in their order; so many wait; one more is rejected at once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lodebase.errors import ClientOverloaded, Overloaded
from lodeweb.http.access.admission import Gate
from lodeweb.http.access.client_address import list_address_networks

ITEMS = "/api/collections/deposits/items"


def waiting(gate: Gate, count: int) -> None:
    """Return when so many wait."""
    deadline = time.monotonic() + 10
    while len(gate._waiting) != count:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_those_who_wait_come_in_in_their_order() -> None:
    gate, came, threads = Gate(1, 20, 10), list[int](), list[threading.Thread]()

    def come(number: int) -> None:
        gate.enter()
        came.append(number)
        gate.leave()

    gate.enter()
    for number in range(20):
        threads.append(threading.Thread(target=come, args=(number,)))
        threads[-1].start()
        waiting(gate, number + 1)
    gate.leave()
    for thread in threads:
        thread.join(10)
    assert came == list(range(20))
    gate.enter(wait_s=0)


def test_one_more_than_may_wait_is_refused_at_once() -> None:
    gate = Gate(1, 0, 10)
    gate.enter()
    # a request that waits in vain has another sentence
    with pytest.raises(Overloaded, match="The site has too many requests"):
        gate.enter()


def test_a_wait_has_an_end_and_leaves_no_trace() -> None:
    gate = Gate(1, 5, 0.05)
    gate.enter()
    with pytest.raises(Overloaded, match="waited too long"):
        gate.enter()
    gate.leave()
    gate.enter(wait_s=0)
    with pytest.raises(Overloaded):
        gate.enter(wait_s=0)


def test_many_threads_never_are_more_inside_than_places_and_all_places_come_back() -> None:
    gate, lock = Gate(3, 1_000, 30), threading.Lock()
    inside, most, refused = 0, 0, 0

    def come() -> None:
        nonlocal inside, most, refused
        for turn in range(50):
            try:
                gate.enter(wait_s=0 if turn % 5 == 0 else 0.001 if turn % 5 == 1 else None)
            except Overloaded:
                refused += 1
                continue
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.0001)
            with lock:
                inside -= 1
            gate.leave()

    threads = [threading.Thread(target=come) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most == 3 and refused > 0
    for _ in range(3):
        gate.enter(wait_s=0)
    with pytest.raises(Overloaded):
        gate.enter(wait_s=0)


def enter(gate: Gate, client: str, admitted: list[str], refused: list[str]) -> threading.Thread:
    """Start a request of a client that stays admitted."""

    def come() -> None:
        try:
            gate.enter(client=(client,))
            admitted.append(client)
        except ClientOverloaded:
            refused.append(client)

    thread = threading.Thread(target=come, daemon=True)
    thread.start()
    return thread


def test_one_client_holds_at_most_its_share_of_places_and_queue_and_others_overtake_it() -> None:
    gate, admitted, refused = Gate(4, 8, 30, share=0.5), list[str](), list[str]()
    threads = [enter(gate, "greedy", admitted, refused) for _ in range(20)]
    waiting(gate, 4)
    for thread in threads:
        thread.join(0.01)
    until(lambda: len(refused) == 14)
    assert admitted == ["greedy"] * 2
    for other in ("b", "c"):
        gate.enter(client=(other,), wait_s=0)
    # all places are taken: the next client waits, and is admitted before the requests of the greedy one that came earlier
    enter(gate, "d", admitted, refused)
    waiting(gate, 5)
    gate.leave(("b",))
    until(lambda: "d" in admitted)
    assert admitted == ["greedy", "greedy", "d"]
    gate.leave(("c",))
    gate.leave(("d",))
    assert admitted == ["greedy", "greedy", "d"]
    for _ in range(4):
        gate.leave(("greedy",))
    until(lambda: admitted.count("greedy") == 6)


def test_a_client_of_which_nobody_keeps_count_may_take_all_places() -> None:
    gate = Gate(2, 0, 1, share=0.5)
    gate.enter()
    gate.enter()
    with pytest.raises(Overloaded):
        gate.enter(wait_s=0)


def until(reached: Callable[[], bool]) -> None:
    """Return when a condition holds."""
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_48_connections_of_one_client_leave_places_for_another(own_app: Callable[..., Flask]) -> None:
    app, go = own_app(LODE_THREADS=2, LODE_QUEUE=16, LODE_QUEUE_WAIT=30), threading.Event()

    @app.get("/takes-long")
    def takes_long() -> str:
        go.wait(60)
        return "done"

    statuses: list[int] = []

    def attack() -> None:
        response = app.test_client().get("/takes-long", environ_base={"REMOTE_ADDR": "203.0.113.66"})
        statuses.append(response.status_code)

    threads = [threading.Thread(target=attack) for _ in range(48)]
    for thread in threads:
        thread.start()
    until(lambda: len(statuses) == 48 - 1 - 8)
    assert set(statuses) == {429}
    for _ in range(5):
        response = app.test_client().get(ITEMS, environ_base={"REMOTE_ADDR": "203.0.113.10"})
        assert response.status_code == 200
    go.set()
    for thread in threads:
        thread.join(60)
    assert statuses.count(200) == 9


def test_one_long_request_of_a_client_is_handled_at_a_time_and_short_ones_pass_it(own_app: Callable[..., Flask]) -> None:
    app, go = own_app(LODE_THREADS=4, LODE_QUEUE=16, LODE_QUEUE_WAIT=30), threading.Event()
    inside: list[str] = []

    @app.get("/takes-long")
    def takes_long() -> str:
        inside.append(threading.current_thread().name)
        go.wait(60)
        return "done"

    statuses: list[int] = []

    def send(number: int) -> None:
        response = app.test_client().get(f"/takes-long?q={'x' * 1_500}&n={number}", environ_base={"REMOTE_ADDR": "203.0.113.1"})
        statuses.append(response.status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(1, 4)]
    for thread in threads:
        thread.start()
    until(lambda: len(inside) == 1)
    for _ in range(5):
        assert app.test_client().get(ITEMS).status_code == 200
    assert len(inside) == 1
    go.set()
    for thread in threads:
        thread.join(60)
    assert (statuses, len(inside)) == ([200, 200, 200], 3)


def test_long_requests_of_one_address_leave_the_long_requests_of_others_a_place(own_app: Callable[..., Flask]) -> None:
    app, go = own_app(LODE_THREADS=4, LODE_QUEUE=16, LODE_QUEUE_WAIT=1), threading.Event()
    inside: list[int] = []

    @app.get("/takes-long")
    def takes_long() -> str:
        inside.append(1)
        go.wait(60)
        return "done"

    def hold() -> None:
        app.test_client().get(f"/takes-long?q={'x' * 1_500}", environ_base={"REMOTE_ADDR": "203.0.113.66"})

    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: len(inside) == 1)
    long_filter = f"{ITEMS}?limit=1&filter={' OR '.join(f'discovery_year={year}' for year in range(1900, 1950))}"
    for _ in range(3):
        assert app.test_client().get(long_filter, environ_base={"REMOTE_ADDR": "203.0.113.10"}).status_code == 200
    go.set()
    for thread in threads:
        thread.join(60)


@pytest.mark.parametrize(("last", "most"), [("2001:db8:1:2::{}", 4), ("2001:db8:1:{}::1", 4), ("2001:db8:1:{}00::1", 6)])
def test_networks_of_one_subscriber_share_its_places(last: str, most: int) -> None:
    gate, admitted = Gate(8, 0, 1, share=0.5), 0
    for number in range(1, 9):
        with suppress(Overloaded):
            gate.enter(client=list_address_networks(last.format(number)), wait_s=0)
            admitted += 1
    assert admitted == most
    gate.enter(client=list_address_networks("2001:db8:2::1"), wait_s=0)


@pytest.fixture
def small(own_app: Callable[..., Flask]) -> Iterator[tuple[Flask, threading.Event]]:
    """A site where one may ask and one may wait, and a route that takes as long as the event is not set."""
    app, go = own_app(LODE_THREADS=1, LODE_QUEUE=1, LODE_QUEUE_WAIT=5), threading.Event()

    @app.get("/takes-long")
    def takes_long() -> str:
        go.wait(20)
        return "done"

    yield app, go
    go.set()


@contextmanager
def asking(app: Flask, path: str, count: int) -> Iterator[list[int]]:
    """So many ask meanwhile; their statuses are there at the end."""
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(app.test_client().get(path).status_code)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield statuses
    for thread in threads:
        thread.join(30)


def test_overload_is_503_at_once_while_health_figures_and_files_respond(small: tuple[Flask, threading.Event]) -> None:
    app, go = small
    gate = app.extensions["lode"].gate
    client = app.test_client()
    with asking(app, "/takes-long", 2) as statuses:
        waiting(gate, 1)
        for path in (ITEMS, "/readyz", "/", "/api/collections"):
            reply = client.get(path)
            assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5"), path
            assert reply.get_json(force=True)["title"] == "Too many requests at once"
        for path in ("/healthz", "/metrics", "/static/dist/manifest.json"):
            with client.get(path) as found:
                assert found.status_code == 200, path
        shown = client.get("/metrics").get_data(as_text=True)
        for line in ("lode_requests_shed_total 4.0", "lode_database_in_use 1.0", "lode_database_waiting 1.0"):
            assert line in shown
        go.set()
    assert statuses == [200, 200]
    assert client.get(ITEMS).status_code == 200


@pytest.mark.parametrize("path", ["/nosuch", f"{ITEMS}?limit=0", f"{ITEMS}/nosuch", "/a%00b"])
def test_a_place_comes_back_however_a_request_ends(small: tuple[Flask, threading.Event], path: str) -> None:
    client = small[0].test_client()
    for _ in range(3):
        assert client.get(path).status_code in (400, 404)
    assert client.get(ITEMS).status_code == 200


def test_a_place_comes_back_after_an_unforeseen_error(own_app: Callable[..., Flask]) -> None:
    app = own_app()

    @app.get("/fails")
    def fails() -> str:
        raise ValueError

    for _ in range(20):
        assert app.test_client().get("/fails").status_code == 500
    assert app.test_client().get(ITEMS).status_code == 200


@pytest.mark.parametrize(
    ("address", "part", "shown"),
    [
        ("/a%00b", "path", "%00"),
        (f"{ITEMS}/%00", "path", "%00"),
        (f"{ITEMS}?country=%c3%28", "query", "%C3"),
        (f"{ITEMS}?%ed%b0%80=1", "query", "%ED"),
        (f"{ITEMS}?country=a%f4%90%80%80", "query", "%F4"),
    ],
)
def test_an_address_that_is_no_text_is_400(client: FlaskClient, address: str, part: str, shown: str) -> None:
    reply = client.get(address)
    assert reply.status_code == 400
    reported = reply.get_json(force=True)
    assert (reported["parameter"], reported["value"]) == (part, shown)
