"""The threads that make answers.

The pool of ``concurrent.futures`` wakes a second thread for each task, as its queue passes the lock on, and the two then
fight for the interpreter; and it takes the thread that has rested longest. Here the one that finished last goes on: what it
used last, its database connection too, is still at hand.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any

Task = tuple["Future[Any]", Callable[[], Any]]


class Hand:
    """A thread, and the task that it is given while it rests."""

    def __init__(self, task: Task) -> None:
        self.task: Task | None = task
        self.ready = threading.Semaphore(0)


class Crew(Executor):
    """So many threads at most, started as they are needed."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._hands: list[threading.Thread] = []
        self._resting: list[Hand] = []
        self._waiting: deque[Task] = deque()
        self._lock = threading.Lock()
        self._over = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Do something in a thread, as soon as one is free. Raises RuntimeError after the end."""
        task: Task = (Future(), partial(fn, *args, **kwargs))
        with self._lock:
            if self._over:
                raise RuntimeError("the crew has gone")
            if self._resting:
                hand = self._resting.pop()
                hand.task = task
                hand.ready.release()
            elif len(self._hands) < self._size:
                # a thread at its work must not keep the process from ending
                self._hands.append(threading.Thread(target=self._work, args=(Hand(task),), daemon=True))
                self._hands[-1].start()
            else:
                self._waiting.append(task)
        return task[0]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more, and let go of who rests; ``cancel_futures`` gives up what waits."""
        with self._lock:
            self._over = True
            if cancel_futures:
                for future, _ in self._waiting:
                    future.cancel()
                self._waiting.clear()
            for hand in self._resting:
                hand.ready.release()
        if wait:
            for thread in self._hands:
                thread.join()

    def _work(self, hand: Hand) -> None:
        while hand.task is not None:
            _do(*hand.task)
            hand.task = None
            with self._lock:
                if self._waiting:
                    hand.task = self._waiting.popleft()
                    continue
                if self._over:
                    return
                self._resting.append(hand)
            hand.ready.acquire()


def _do(future: "Future[Any]", work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
