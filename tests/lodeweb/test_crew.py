"""The threads that make answers: bounded, in turn, and the one that finished last goes on."""

import threading

import pytest

from lodeweb.crew import Crew


def test_no_more_than_so_many_work_at_a_time_and_the_others_wait_their_turn() -> None:
    crew, gate, started = Crew(3), threading.Event(), threading.Semaphore(0)
    order: list[int] = []

    def work(number: int) -> int:
        started.release()
        assert gate.wait(10)
        order.append(number)
        return number

    futures = [crew.submit(work, number) for number in range(8)]
    for _ in range(3):
        assert started.acquire(timeout=10)
    assert not started.acquire(timeout=0.1)
    gate.set()
    assert [future.result(10) for future in futures] == list(range(8))
    crew.shutdown()


def test_the_thread_that_finished_last_goes_on() -> None:
    crew, both = Crew(2), threading.Barrier(2)
    first, second = (crew.submit(lambda: (both.wait(10), threading.get_ident())[1]) for _ in range(2))
    idents = {first.result(10), second.result(10)}
    assert len(idents) == 2
    last = crew.submit(threading.get_ident).result(10)
    for _ in range(20):
        # a result is known a moment before its thread rests
        following = crew.submit(threading.get_ident).result(10)
        assert following in idents
    assert last in idents
    crew.shutdown()


def test_an_error_is_the_tasks_own() -> None:
    crew = Crew(1)
    with pytest.raises(ZeroDivisionError):
        crew.submit(lambda: 1 / 0).result(10)
    assert crew.submit(pow, 2, 5).result(10) == 32
    crew.shutdown()


def test_the_end_lets_go_of_who_rests_and_takes_no_more() -> None:
    crew, gate = Crew(1), threading.Event()
    crew.submit(gate.wait, 10)
    waiting = crew.submit(pow, 2, 2)
    crew.shutdown(wait=False, cancel_futures=True)
    assert waiting.cancelled()
    with pytest.raises(RuntimeError):
        crew.submit(pow, 2, 2)
    gate.set()
    crew.shutdown()
